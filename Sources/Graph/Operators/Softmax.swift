import OrderedCollections

extension OperatorFamily {
  /// Functions that turn scores along an axis into a distribution.
  static let softmax = OperatorFamily(
    "Softmax",
    ["Softmax", "LogSoftmax", "Hardmax"].map { name in
      Operator(name, upgrade: { upgrade($0, &$1) }) { context in
        if let rank = context.rank(0) {
          _ = try context.normalizedAxis(context.node.int("axis") ?? -1, rank: rank)
        }
        context.copyType()
      }
    })

  /// Before version 13 all dimensions from `axis` (by default 1) on were one.
  private static func upgrade(_ node: Node, _ context: inout UpgradeContext) -> [Node] {
    guard context.sinceVersion < 13, let input = node.input(0), let output = node.output(0) else {
      return [node]
    }
    let axis = node.int("axis") ?? 1
    var inner = node
    inner.attributes["axis"] = .int(-1)
    if axis == -1 { return [inner] }
    let shape = context.freshName("shape")
    let flat = context.freshName("flat")
    let result = context.freshName("result")
    inner.inputs[0] = flat
    inner.outputs[0] = result
    return [
      Node("Shape", inputs: [input], outputs: [shape]),
      Node("Flatten", inputs: [input], outputs: [flat], attributes: ["axis": .int(Int64(axis))]),
      inner,
      Node("Reshape", inputs: [result, shape], outputs: [output], attributes: ["allowzero": .int(1)]),
    ]
  }
}
