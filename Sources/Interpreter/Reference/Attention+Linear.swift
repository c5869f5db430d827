import Graph
import Numerics

/// Attention with a state of fixed size, and rotary positions.
extension ReferenceFamily {
  /// Q `[N, L, Hq · D]`, K `[N, L, H · D]`, V `[N, L, H · Dv]`: each head of K and V keeps a state S `[D, Dv]`, which
  /// every token decays, corrects and adds to before the query reads it (ONNX LinearAttention-27).
  static func attendLinearly(_ call: inout ReferenceCall) throws {
    let (query, key, value) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    let (queryHeads, heads) = (call.node.int("q_num_heads") ?? 0, call.node.int("kv_num_heads") ?? 0)
    guard heads > 0, queryHeads > 0, queryHeads % heads == 0, query.rank == 3, key.rank == 3, value.rank == 3,
      query.shape[2] % queryHeads == 0, value.shape[2] % heads == 0,
      key.shape[2] == query.shape[2] / queryHeads * heads,
      key.shape[..<2] == query.shape[..<2], value.shape[..<2] == query.shape[..<2]
    else {
      throw call.failure(
        "Q \(query.shape), K \(key.shape) and V \(value.shape) don't fit \(queryHeads) and \(heads) heads")
    }
    let (batch, length) = (query.shape[0], query.shape[1])
    let (size, valueSize) = (query.shape[2] / queryHeads, value.shape[2] / heads)
    let rule = call.node.string("update_rule") ?? "gated_delta"
    guard ["linear", "gated", "delta", "gated_delta"].contains(rule) else {
      throw call.failure("update_rule '\(rule)' is not known")
    }
    let decay = try call.tokens(
      4, isWanted: rule.hasPrefix("gated"), [batch, length], [heads, heads * size])
    let beta = try call.tokens(5, isWanted: rule.hasSuffix("delta"), [batch, length], [heads, 1])
    let stateShape = [batch, heads, size, valueSize]
    let past = try call.optionalTensor(3)
    if let past, past.shape != stateShape {
      throw call.failure("past_state is \(past.shape), needs \(stateShape)")
    }
    var state = try past?.doubles() ?? Array(repeating: 0, count: try call.checkedCount(of: stateShape))
    let declared = call.number("scale", 0)
    let scale = declared == 0 ? 1 / Double(size).squareRoot() : declared
    let (q, k, v) = (try query.doubles(), try key.doubles(), try value.doubles())
    var result = Array(repeating: 0.0, count: batch * length * queryHeads * valueSize)
    for token in 0..<(batch * length) {
      for head in 0..<heads {
        let own = (token / length * heads + head) * size * valueSize
        let keyStart = (token * heads + head) * size
        if let decay {
          for row in 0..<size {
            let gate =
              decay.width == heads ? decay.values[token * heads + head] : decay.values[keyStart + row]
            for column in 0..<valueSize { state[own + row * valueSize + column] *= .exp(gate) }
          }
        }
        for column in 0..<valueSize {
          var added = v[(token * heads + head) * valueSize + column]
          if let beta {
            // What the state already answers for this key.
            let known = (0..<size).reduce(0) { $0 + state[own + $1 * valueSize + column] * k[keyStart + $1] }
            let rate = beta.values[beta.width == heads ? token * heads + head : token]
            added = rate * (added - known)
          }
          for row in 0..<size { state[own + row * valueSize + column] += k[keyStart + row] * added }
        }
        for reader in (head * (queryHeads / heads))..<((head + 1) * (queryHeads / heads)) {
          let source = (token * queryHeads + reader) * size
          for column in 0..<valueSize {
            let sum = (0..<size).reduce(0) { $0 + q[source + $1] * state[own + $1 * valueSize + column] }
            result[(token * queryHeads + reader) * valueSize + column] = scale * sum
          }
        }
      }
    }
    call.set(
      0, try Tensor(doubles: result, as: query.elementType, shape: [batch, length, queryHeads * valueSize]))
    call.set(1, try Tensor(doubles: state, as: past?.elementType ?? query.elementType, shape: stateShape))
  }

  /// Pairs of elements turned by an angle that depends on the token's position: X `[N, H, L, D]` or `[N, L, H · D]`
  /// (ONNX RotaryEmbedding-23).
  static func embedRotary(_ call: inout ReferenceCall) throws {
    let (input, cosines, sines) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    let isFlat = input.rank == 3
    let heads = isFlat ? call.node.int("num_heads") ?? 0 : input.rank == 4 ? input.shape[1] : 0
    guard heads > 0, !isFlat || input.shape[2] % heads == 0 else {
      throw call.failure("needs X [N, H, L, D], or [N, L, H · D] and num_heads, found \(input.shape)")
    }
    let (batch, length) = (input.shape[0], isFlat ? input.shape[1] : input.shape[2])
    let size = isFlat ? input.shape[2] / heads : input.shape[3]
    let declared = call.node.int("rotary_embedding_dim") ?? 0
    let turned = declared == 0 ? size : declared
    guard turned > 0, turned <= size, turned % 2 == 0 else {
      throw call.failure("can't turn \(turned) of \(size) elements in pairs")
    }
    let half = turned / 2
    let positions = try call.optionalTensor(3)
    let rows: Int
    if let positions {
      guard cosines.rank == 2, positions.shape == [batch, length] else {
        throw call.failure("position_ids \(positions.shape) need the caches to be matrices")
      }
      rows = cosines.shape[0]
    } else {
      guard cosines.rank == 3, Array(cosines.shape[..<2]) == [batch, length] else {
        throw call.failure("without position_ids the caches must be [N, L, D / 2], found \(cosines.shape)")
      }
      rows = batch * length
    }
    guard cosines.shape.last == half, sines.shape == cosines.shape else {
      throw call.failure("caches \(cosines.shape), \(sines.shape) don't fit \(turned) turned elements")
    }
    let isInterleaved = call.node.int("interleaved") ?? 0 != 0
    let (cos, sin) = (try cosines.doubles(), try sines.doubles())
    let ids = try positions?.integers()
    var values = try input.doubles()
    for image in 0..<batch {
      for token in 0..<length {
        let row = ids.map { $0[image * length + token] } ?? Int64(image * length + token)
        guard row >= 0, row < rows else { throw call.failure("position \(row) is out of range for \(rows)") }
        for head in 0..<heads {
          let start =
            isFlat
            ? ((image * length + token) * heads + head) * size
            : ((image * heads + head) * length + token) * size
          for pair in 0..<half {
            let first = start + (isInterleaved ? 2 * pair : pair)
            let second = isInterleaved ? first + 1 : first + half
            let (c, s) = (cos[Int(row) * half + pair], sin[Int(row) * half + pair])
            (values[first], values[second]) = (
              c * values[first] - s * values[second], s * values[first] + c * values[second]
            )
          }
        }
      }
    }
    call.set(0, try Tensor(doubles: values, as: input.elementType, shape: input.shape))
  }
}

extension ReferenceCall {
  /// An input with a row of one of the `widths` for each token, which some update rules need and others forbid.
  fileprivate func tokens(
    _ index: Int, isWanted: Bool, _ shape: [Int], _ widths: [Int]
  ) throws -> (values: [Double], width: Int)? {
    let rule = node.string("update_rule") ?? "gated_delta"
    guard let input = try optionalTensor(index) else {
      if isWanted { throw failure("update_rule '\(rule)' needs input \(index)") }
      return nil
    }
    guard isWanted else { throw failure("update_rule '\(rule)' forbids input \(index)") }
    guard input.rank == 3, Array(input.shape[..<2]) == shape, let width = input.shape.last,
      widths.contains(width)
    else { throw failure("input \(index) is \(input.shape), needs \(shape) by one of \(widths)") }
    return (try input.doubles(), width)
  }
}
