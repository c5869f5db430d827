import OrderedCollections

extension OperatorFamily {
  /// Operators that find elements by their order or difference.
  static let ordering = OperatorFamily(
    "Ordering",
    [
      Operator("TopK", upgrade: { node, context in [try upgradeTopK(node, &context)] }) {
        try inferTopK(&$0)
      },
      Operator("Unique") { try inferUnique(&$0) },
      Operator("NonZero") { context in
        context.setOutput(0, .int64, [context.rank(0).map { .fixed($0) } ?? .unknown, .unknown])
      },
    ])

  /// `k` was an attribute in version 1.
  private static func upgradeTopK(_ node: Node, _ context: inout UpgradeContext) throws -> Node {
    guard context.sinceVersion < 10, let count = node.int("k") else { return node }
    var node = node
    node.attributes["k"] = nil
    node.setInput(1, try context.constant([count], "k"))
    return node
  }

  private static func inferTopK(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else {
      context.setOutput(0, context.elementType(0), nil)
      return context.setOutput(1, .int64, nil)
    }
    let axis = try context.normalizedAxis(context.node.int("axis") ?? -1, rank: shape.rank)
    var result = shape
    result.dimensions[axis] = context.dimensionValues(1)?.first ?? .unknown
    if case .fixed(let count) = result.dimensions[axis] {
      guard count >= 0, count <= shape.dimensions[axis].fixedValue ?? count else {
        throw context.failure("\(count) elements are wanted of axis \(axis) of \(shape)")
      }
    }
    context.setOutput(0, context.elementType(0), result)
    context.setOutput(1, .int64, result)
  }

  private static func inferUnique(_ context: inout InferenceContext) throws {
    var result: Shape? = [.unknown]
    if let axis = context.node.int("axis") {
      result = context.shape(0)
      if let rank = result?.rank {
        result?.dimensions[try context.normalizedAxis(axis, rank: rank)] = .unknown
      }
    }
    context.setOutput(0, context.elementType(0), result)
    for output in 1..<4 { context.setOutput(output, .int64, [.unknown]) }
  }
}
