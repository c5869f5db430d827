import Graph
import Numerics
import OrderedCollections

extension ReferenceFamily {
  /// Attention, and what gives it a sense of position.
  static let attention = ReferenceFamily(
    "Attention",
    [
      ReferenceOperator("Attention") { call in try attend(&call) },
      ReferenceOperator("FlexAttention", domain: "ai.onnx.preview") { call in try attendFlexibly(&call) },
      ReferenceOperator("LinearAttention") { call in try attendLinearly(&call) },
      ReferenceOperator("RotaryEmbedding") { call in try embedRotary(&call) },
    ])

  /// `softmax(scale · Q · Kᵀ + mask) · V` of each head (ONNX Attention-25).
  private static func attend(_ call: inout ReferenceCall) throws {
    let query = try call.heads(0, "q_num_heads")
    let isFlat = try call.tensor(0).rank == 3
    let (pastKey, pastValue) = (try call.optionalTensor(4), try call.optionalTensor(5))
    guard (pastKey == nil) == (pastValue == nil) else {
      throw call.failure("past_key and past_value must be given together")
    }
    func extended(_ past: Tensor?, _ index: Int) throws -> Tensor {
      let own = try call.heads(index, "kv_num_heads")
      guard let past else { return own }
      return try Tensor.joined([past, own], axis: 2, reporting: call.failure)
    }
    let (key, value) = (try extended(pastKey, 1), try extended(pastValue, 2))
    call.set(1, key)
    call.set(2, value)

    let heads = try AttentionHeads(call, query: query, key: key, value: value)
    var scores = heads.scores(
      try query.doubles(), try key.doubles(),
      scale: call.node.float("scale").map { Double($0) } ?? 1 / Double(heads.headSize).squareRoot())
    let mode = call.node.int("qk_matmul_output_mode") ?? 0
    guard (0...3).contains(mode) else { throw call.failure("qk_matmul_output_mode is \(mode), needs 0 to 3") }
    let raw = scores
    let softcap = call.number("softcap", 0)
    if softcap > 0 { scores = scores.map { softcap * .tanh($0 / softcap) } }
    let capped = scores
    let bias = try attentionBias(
      call, heads, pastLength: pastKey.map { $0.shape[2] })
    for index in scores.indices { scores[index] += bias[index] }
    let probabilities = heads.distributions(scores, bias: bias)
    if call.node.output(3) != nil {
      let shown = [raw, capped, scores, probabilities][mode]
      call.set(3, try Tensor(doubles: shown, as: query.elementType, shape: heads.scoreShape))
    }
    let result = heads.weighted(probabilities, try value.doubles())
    let output = try Tensor(doubles: result, as: query.elementType, shape: heads.resultShape)
    call.set(0, isFlat ? try output.headsFlattened() : output)
  }

  /// What masks add to each score, `-infinity` where a query must not see a key.
  private static func attentionBias(
    _ call: ReferenceCall, _ heads: AttentionHeads, pastLength: Int?
  ) throws -> [Double] {
    let shape = heads.scoreShape
    var bias = Array(repeating: 0.0, count: shape.reduce(1, *))
    if let mask = try call.optionalTensor(3) {
      let numbers = try mask.doubles()
      var values = mask.elementType == .bool ? numbers.map { $0 == 0 ? -Double.infinity : 0 } : numbers
      var maskShape = mask.shape
      // A shorter mask hides the keys beyond it.
      if let length = maskShape.last, length < heads.keys {
        let hidden = Array(repeating: -Double.infinity, count: heads.keys - length)
        let rows = maskShape.dropLast().reduce(1, *)
        values = (0..<rows).flatMap { values[($0 * length)..<(($0 + 1) * length)] + hidden }
        maskShape[maskShape.count - 1] = heads.keys
      }
      guard Broadcasting.shape([maskShape, shape]) == shape else {
        throw call.failure("the mask \(mask.shape) does not broadcast to \(shape)")
      }
      bias = Broadcasting.expand(values, from: maskShape, to: shape)
    }
    let lengths = try call.optionalInts(6)
    if let lengths {
      guard pastLength == nil else { throw call.failure("nonpad_kv_seqlen can't be given with past_key") }
      guard lengths.count == heads.batch, lengths.allSatisfy({ $0 >= 0 && $0 <= heads.keys }) else {
        throw call.failure("lengths \(lengths) don't fit a batch of \(heads.batch) with \(heads.keys) keys")
      }
    }
    let isCausal = call.node.int("is_causal") ?? 0 != 0
    let (left, right) = (call.node.int("left_window_size") ?? -1, call.node.int("right_window_size") ?? -1)
    guard left >= -1, right >= -1 else { throw call.failure("a window of \(left), \(right) is none") }
    var index = 0
    for image in 0..<heads.batch {
      // Valid keys before the first query.
      let start = pastLength ?? lengths.map { $0[image] - heads.queries } ?? 0
      for _ in 0..<heads.queryHeads {
        for query in 0..<heads.queries {
          for key in 0..<heads.keys {
            let distance = start + query - key
            let isHidden = (isCausal && distance < 0) || key >= (lengths?[image] ?? heads.keys)
            let isOutside = (left >= 0 && distance > left) || (right >= 0 && -distance > right)
            if isHidden || isOutside { bias[index] = -.infinity }
            index += 1
          }
        }
      }
    }
    return bias
  }

  /// Attention whose scores and probabilities subgraphs may change (ONNX FlexAttention-1 of `ai.onnx.preview`).
  private static func attendFlexibly(_ call: inout ReferenceCall) throws {
    let (query, key, value) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    let heads = try AttentionHeads(call, query: query, key: key, value: value)
    let precision =
      call.node.attributes["softmax_precision"] == nil
      ? (query.elementType == .float64 ? .float64 : .float32)
      : try call.elementType(named: "softmax_precision")
    func modified(_ values: [Double], _ name: String) throws -> [Double] {
      let tensor = try Tensor(doubles: values, as: precision, shape: heads.scoreShape)
      guard let graph = call.node.graph(name) else { return try tensor.doubles() }
      let outputs = try call.runSubgraph(graph, [.tensor(tensor)])
      guard let result = outputs.first??.tensor, result.shape == heads.scoreShape else {
        throw call.failure("\(name) must return one tensor of its input's shape \(heads.scoreShape)")
      }
      return try result.doubles()
    }
    let scale = call.node.float("scale").map { Double($0) } ?? 1 / Double(heads.headSize).squareRoot()
    let scores = try modified(
      heads.scores(try query.doubles(), try key.doubles(), scale: scale), "score_mod")
    let probabilities = try modified(heads.distributions(scores, bias: nil), "prob_mod")
    let result = heads.weighted(probabilities, try value.doubles())
    call.set(0, try Tensor(doubles: result, as: query.elementType, shape: heads.resultShape))
  }
}

/// The geometry of attention: Q `[N, Hq, L, D]`, K `[N, H, S, D]`, V `[N, H, S, Dv]`; each of the H is shared by
/// neighbouring ones of the Hq.
struct AttentionHeads {
  let (batch, queryHeads, queries, headSize): (Int, Int, Int, Int)
  let (keyHeads, keys, valueSize): (Int, Int, Int)

  var scoreShape: [Int] { [batch, queryHeads, queries, keys] }
  var resultShape: [Int] { [batch, queryHeads, queries, valueSize] }

  init(_ call: ReferenceCall, query: Tensor, key: Tensor, value: Tensor) throws {
    guard query.rank == 4, key.rank == 4, value.rank == 4,
      key.shape[0] == query.shape[0], value.shape[0] == query.shape[0], key.shape[3] == query.shape[3],
      value.shape[1] == key.shape[1], value.shape[2] == key.shape[2], key.shape[1] > 0,
      query.shape[1] % key.shape[1] == 0
    else { throw call.failure("Q \(query.shape), K \(key.shape) and V \(value.shape) don't fit each other") }
    (batch, queryHeads, queries, headSize) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3])
    (keyHeads, keys, valueSize) = (key.shape[1], key.shape[2], value.shape[3])
    _ = try call.checkedCount(of: scoreShape)
    _ = try call.checkedCount(of: resultShape)
  }

  /// The head of K and V that goes with each head of Q, counted over the batch.
  private func partner(_ head: Int) -> Int {
    head / queryHeads * keyHeads + head % queryHeads / (queryHeads / keyHeads)
  }

  /// `scale · Q · Kᵀ`.
  func scores(_ query: [Double], _ key: [Double], scale: Double) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(scoreShape.reduce(1, *))
    for head in 0..<(batch * queryHeads) {
      for row in 0..<queries {
        let source = (head * queries + row) * headSize
        for column in 0..<keys {
          let other = (partner(head) * keys + column) * headSize
          var sum = 0.0
          for index in 0..<headSize { sum += query[source + index] * key[other + index] }
          result.append(sum * scale)
        }
      }
    }
    return result
  }

  /// The softmax of each row; a row that `bias` hides entirely is zero.
  func distributions(_ scores: [Double], bias: [Double]?) -> [Double] {
    guard keys > 0 else { return scores }
    var result = scores
    for start in stride(from: 0, to: scores.count, by: keys) {
      let row = start..<(start + keys)
      if let bias, bias[row].allSatisfy({ $0 == -.infinity }) {
        for index in row { result[index] = 0 }
        continue
      }
      let largest = scores[row].reduce(-Double.infinity, ReferenceFamily.larger)
      for index in row { result[index] = .exp(scores[index] - largest) }
      let total = result[row].reduce(0, +)
      for index in row { result[index] /= total }
    }
    return result
  }

  /// The values averaged by each row of probabilities.
  func weighted(_ probabilities: [Double], _ value: [Double]) -> [Double] {
    var result = Array(repeating: 0.0, count: resultShape.reduce(1, *))
    for head in 0..<(batch * queryHeads) {
      for row in 0..<queries {
        let target = (head * queries + row) * valueSize
        for column in 0..<keys {
          let share = probabilities[(head * queries + row) * keys + column]
          // A key that is not seen must not let its infinity or NaN through.
          if share == 0 { continue }
          let source = (partner(head) * keys + column) * valueSize
          for index in 0..<valueSize { result[target + index] += share * value[source + index] }
        }
      }
    }
    return result
  }
}

extension ReferenceCall {
  /// An input `[N, H, L, D]`, or `[N, L, H · D]` with the number of heads in an attribute, brought into the first
  /// form.
  fileprivate func heads(_ index: Int, _ attribute: String) throws -> Tensor {
    let input = try tensor(index)
    if input.rank == 4 { return input }
    guard input.rank == 3, let heads = node.int(attribute), heads > 0, input.shape[2] % heads == 0 else {
      throw failure(
        "input \(index) is \(input.shape), which \(attribute) \(node.int(attribute) ?? 0) does not divide")
    }
    return try input.reshaped(to: [input.shape[0], input.shape[1], heads, input.shape[2] / heads])
      .transposed([0, 2, 1, 3])
  }
}

extension Tensor {
  /// `[N, H, L, D]` as `[N, L, H · D]`.
  fileprivate func headsFlattened() throws -> Tensor {
    try transposed([0, 2, 1, 3]).reshaped(to: [shape[0], shape[2], shape[1] * shape[3]])
  }
}
