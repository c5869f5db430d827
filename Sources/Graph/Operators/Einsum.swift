extension OperatorFamily {
  /// Sums of products named by an equation.
  static let einsum = OperatorFamily("Einsum", [Operator("Einsum") { try inferEinsum(&$0) }])

  private static func inferEinsum(_ context: inout InferenceContext) throws {
    let shapes = context.node.inputs.indices.compactMap { context.shape($0) }
    guard shapes.count == context.node.inputs.count else {
      return context.setOutput(0, context.elementType(0), nil)
    }
    let equation = try EinsumEquation(node: context.node, ranks: shapes.map(\.rank))
    var extents: [Int: Dimension] = [:]
    for (labels, shape) in zip(equation.inputs, shapes) {
      for (label, dimension) in zip(labels, shape.dimensions) {
        let known = extents[label] ?? .fixed(1)
        if case .fixed(let one) = known, case .fixed(let other) = dimension, one != 1, other != 1,
          one != other
        {
          throw context.failure(
            "extents \(one) and \(other) meet in '\(context.node.string("equation") ?? "")'")
        }
        // A number says more than a name, a name more than nothing.
        let isBetter = known.fixedValue == nil && dimension.fixedValue != nil && dimension != .fixed(1)
        if known == .fixed(1) || (known == .unknown && dimension != .fixed(1)) || isBetter {
          extents[label] = dimension
        }
      }
    }
    context.setOutput(0, context.elementType(0), Shape(equation.output.map { extents[$0] ?? .fixed(1) }))
  }
}

/// The equation of an `Einsum` node, each axis of each operand under a number that equal labels share.
public struct EinsumEquation: Sendable, Equatable {
  /// Labels of each operand's axes.
  public let inputs: [[Int]]
  /// Labels of the result's axes.
  public let output: [Int]

  /// The equation of `node` for operands of these ranks (ONNX Einsum-12). Labels of letters are their ASCII
  /// codes; those that an ellipsis stands for are negative, the last dimension being -1.
  ///
  /// - Throws: `GraphError.shape` where the equation can't be read or does not fit the ranks.
  public init(node: Node, ranks: [Int]) throws {
    let text = node.string("equation") ?? ""
    func failure(_ reason: String) -> GraphError {
      .shape(node: node.label, reason: "equation '\(text)': \(reason)")
    }
    let sides = text.filter { $0 != " " }.utf8.split(
      separator: UInt8(ascii: ">"), omittingEmptySubsequences: false)
    guard sides.count == 1 || (sides.count == 2 && sides[0].last == UInt8(ascii: "-")) else {
      throw failure("has more than one arrow")
    }
    let left = sides.count == 2 ? sides[0].dropLast() : sides[0]
    let terms = left.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard terms.count == ranks.count else {
      throw failure("\(terms.count) terms for \(ranks.count) operands")
    }

    /// The labels of one term, with `nil` where the ellipsis stands.
    func labels(_ term: Substring.UTF8View) throws -> [Int?] {
      var result: [Int?] = []
      var rest = term
      while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
          result.append(Int(byte))
        case UInt8(ascii: ".") where rest.prefix(2).elementsEqual("..".utf8) && !result.contains(nil):
          rest = rest.dropFirst(2)
          result.append(nil)
        default: throw failure("unexpected '\(Character(UnicodeScalar(byte)))'")
        }
      }
      return result
    }
    func expand(_ labels: [Int?], hidden: Int) -> [Int] {
      labels.flatMap { $0.map { [$0] } ?? Array(-hidden..<0) }
    }

    var operands: [[Int]] = []
    var hiddenRank = 0
    for (term, rank) in zip(terms, ranks) {
      let found = try labels(term)
      let named = found.count { $0 != nil }
      let hidden = rank - named
      guard found.contains(nil) ? hidden >= 0 : hidden == 0 else {
        throw failure("the term '\(Substring(term))' does not fit rank \(rank)")
      }
      hiddenRank = max(hiddenRank, hidden)
      operands.append(expand(found, hidden: hidden))
    }
    inputs = operands
    let used = operands.joined()
    if sides.count == 2 {
      let result = expand(try labels(sides[1]), hidden: hiddenRank)
      guard Set(result).count == result.count, Set(result.filter { $0 > 0 }).isSubset(of: used) else {
        throw failure("the result's labels must occur on the left, each once")
      }
      output = result
    } else {
      let counts = used.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      output = Array(-hiddenRank..<0) + counts.filter { $0.key > 0 && $0.value == 1 }.keys.sorted()
    }
  }
}
