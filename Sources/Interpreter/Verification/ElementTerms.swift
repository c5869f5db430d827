import Graph

/// What one element of a node's result is made of: the part of the input that it sees and the terms of its sum.
public struct ElementTerms: Sendable {
  /// One product, or one operand.
  public struct Term: Sendable {
    /// Where the factors stand, such as `x[0, 3, 1, 1] · w[5, 3, 0, 0]`.
    public let label: String
    /// What it adds, exactly.
    public let value: Double
  }

  /// The part of the first input that the element depends on, such as `[0, 0…63, 3…5, 7…9]`.
  public let field: String
  /// The terms, the largest first.
  public let terms: [Term]

  /// The terms of the element of `node`'s first output at `position`, or `nil` for operators that are no sums.
  ///
  /// - Throws: where the inputs don't fit the node.
  public init?(_ node: Node, inputs: [Tensor?], position: [Int]) throws {
    guard node.domain.isEmpty, let x = inputs.first ?? nil else { return nil }
    var field = position.map { "\($0)" }
    var terms: [Term] = []
    func at(_ tensor: Tensor, _ values: [Double], _ place: [Int]) -> Double {
      values[zip(place, Strides.rowMajor(tensor.shape)).reduce(0) { $0 + $1.0 * $1.1 }]
    }
    func name(_ index: Int, _ place: [Int]) -> String {
      "\(node.inputs[index])[\(place.map(String.init).joined(separator: ", "))]"
    }
    let values = try x.doubles()
    switch node.operatorType {
    case "Conv":
      guard inputs.count > 1, let w = inputs[1], position.count == x.rank else { return nil }
      let weights = try w.doubles()
      let window = try Window(node: node, kernel: Array(w.shape[2...]), spatial: Array(x.shape[2...]))
      let groups = max(1, node.int("group") ?? 1)
      let first = position[1] / max(1, w.shape[0] / groups) * w.shape[1]
      field = ["\(position[0])", Self.range(first, first + w.shape[1] - 1)]
      let starts = x.shape[2...].indices.map { axis -> Int in
        position[axis] * window.strides[axis - 2] - window.padsBegin[axis - 2]
      }
      for (axis, start) in starts.enumerated() {
        let last = start + (window.kernel[axis] - 1) * window.dilations[axis]
        field.append(Self.range(max(0, start), min(x.shape[axis + 2] - 1, last)))
      }
      for tap in Strides.places(Array(w.shape[1...])) {
        let place =
          [position[0], first + tap[0]]
          + zip(starts.indices, tap.dropFirst()).map { starts[$0] + $1 * window.dilations[$0] }
        guard zip(place, x.shape).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
        let kernel = [position[1]] + tap
        terms.append(
          Term(
            label: "\(name(0, place)) · \(name(1, kernel))",
            value: at(x, values, place) * at(w, weights, kernel)))
      }
      if inputs.count > 2, let bias = inputs[2] {
        terms.append(Term(label: name(2, [position[1]]), value: try bias.doubles()[position[1]]))
      }
    case "MatMul" where x.rank >= 2 && inputs.count > 1 && position.count >= 2,
      "Gemm" where x.rank == 2 && inputs.count > 1 && position.count == 2:
      guard let w = inputs[1], w.rank == 2 || w.rank == x.rank else { return nil }
      let weights = try w.doubles()
      let isGemm = node.operatorType == "Gemm"
      let (turnA, turnB) = (isGemm && node.int("transA") == 1, isGemm && node.int("transB") == 1)
      let scale = isGemm ? Double(node.float("alpha") ?? 1) : 1
      let (row, column) = (position[position.count - 2], position[position.count - 1])
      let outer = Array(position.dropLast(2))
      let inner = turnA ? x.shape[0] : x.shape[x.rank - 1]
      field =
        outer.map(String.init)
        + (turnA ? [Self.range(0, inner - 1), "\(row)"] : ["\(row)", Self.range(0, inner - 1)])
      for step in 0..<inner {
        let left = outer + (turnA ? [step, row] : [row, step])
        let right = (w.rank == 2 ? [] : outer) + (turnB ? [column, step] : [step, column])
        guard left.count == x.rank, zip(right, w.shape).allSatisfy({ $0 < $1 }) else { return nil }
        terms.append(
          Term(
            label: "\(name(0, left)) · \(name(1, right))",
            value: scale * at(x, values, left) * at(w, weights, right)))
      }
      if inputs.count > 2, let c = inputs[2] {
        let place = zip([row, column].suffix(c.rank), c.shape).map { $1 == 1 ? 0 : $0 }
        let factor = Double(node.float("beta") ?? 1)
        terms.append(Term(label: name(2, place), value: factor * at(c, try c.doubles(), place)))
      }
    case "GlobalAveragePool", "GlobalMaxPool":
      guard position.count == x.rank else { return nil }
      field = position.prefix(2).map(String.init) + x.shape[2...].map { Self.range(0, $0 - 1) }
      let count = node.operatorType == "GlobalMaxPool" ? 1 : Double(x.shape[2...].reduce(1, *))
      for place in Strides.places(Array(x.shape[2...])) {
        let all = Array(position.prefix(2)) + place
        terms.append(
          Term(label: name(0, all) + (count > 1 ? " / \(Int(count))" : ""), value: at(x, values, all) / count)
        )
      }
    case "MaxPool", "AveragePool":
      guard position.count == x.rank, let kernel = node.ints("kernel_shape"), kernel.count == x.rank - 2
      else { return nil }
      let window = try Window(node: node, kernel: kernel, spatial: Array(x.shape[2...]))
      field = position.prefix(2).map(String.init)
      for axis in kernel.indices {
        let start = position[axis + 2] * window.strides[axis] - window.padsBegin[axis]
        let last = start + (kernel[axis] - 1) * window.dilations[axis]
        field.append(Self.range(max(0, start), min(x.shape[axis + 2] - 1, last)))
      }
      for tap in Strides.places(kernel) {
        let place =
          Array(position.prefix(2))
          + kernel.indices.map {
            position[$0 + 2] * window.strides[$0] - window.padsBegin[$0] + tap[$0] * window.dilations[$0]
          }
        guard zip(place, x.shape).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
        terms.append(Term(label: name(0, place), value: at(x, values, place)))
      }
    default:
      // Operands of the same extents, or repeated to them.
      for (index, input) in inputs.enumerated() {
        guard let input, input.elementType.isFloatingPoint, input.rank <= position.count else { continue }
        let place = zip(position.suffix(input.rank), input.shape).map { $1 == 1 ? 0 : $0 }
        guard zip(place, input.shape).allSatisfy({ $0 < $1 }) else { continue }
        terms.append(Term(label: name(index, place), value: at(input, try input.doubles(), place)))
      }
      if terms.isEmpty { return nil }
    }
    self.field = "[" + field.joined(separator: ", ") + "]"
    self.terms = terms.sorted { $0.value.magnitude > $1.value.magnitude }
  }

  private static func range(_ first: Int, _ last: Int) -> String {
    first == last ? "\(first)" : "\(first)…\(last)"
  }
}

extension Strides {
  /// All places of a shape, row-major.
  static func places(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { places, extent in places.flatMap { place in (0..<extent).map { place + [$0] } } }
  }
}
