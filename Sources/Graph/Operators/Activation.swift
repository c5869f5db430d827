import OrderedCollections

extension OperatorFamily {
  /// Functions of one element that networks put after a layer.
  static let activation = OperatorFamily(
    "Activation",
    [
      "Relu", "Sigmoid", "LeakyRelu", "ThresholdedRelu", "Elu", "Celu", "Gelu", "Swish", "Mish",
      "HardSigmoid",
      "HardSwish", "Softplus", "Softsign", "Shrink",
    ].map { Operator($0) { $0.copyType() } } + [
      Operator("Selu", upgrade: { upgradeSelu($0, $1) }) { $0.copyType() },
      Operator("PRelu", upgrade: { try upgradePRelu($0, &$1) }) { context in
        context.copyType()
        if let input = context.shape(0), let slope = context.shape(1) {
          _ = try context.broadcast([input, slope])
        }
      },
      Operator("SwiGLU") { context in
        let (gate, linear) = (context.shape(0), context.shape(1))
        if let one = gate?.fixedExtents, let other = linear?.fixedExtents, one != other {
          throw context.failure("gate \(Shape(one)) and linear input \(Shape(other)) differ")
        }
        context.setOutput(0, context.elementType(0), gate?.fixedExtents == nil ? linear ?? gate : gate)
      },
    ])

  /// Version 1 had the constants to four digits.
  private static func upgradeSelu(_ node: Node, _ context: UpgradeContext) -> [Node] {
    var node = node
    if context.sinceVersion < 6 {
      if node.float("alpha") == nil { node.attributes["alpha"] = .float(1.6732) }
      if node.float("gamma") == nil { node.attributes["gamma"] = .float(1.0507) }
    }
    return [node]
  }

  /// Before version 7 the slope was a vector along the channels.
  private static func upgradePRelu(_ node: Node, _ context: inout UpgradeContext) throws -> [Node] {
    guard context.sinceVersion < 7, node.inputs.count == 2 else { return [node] }
    var node = node
    let aligned = try context.aligning(node.inputs[1], with: node.inputs[0], axis: 1)
    node.inputs[1] = aligned.name
    return aligned.nodes + [node]
  }
}
