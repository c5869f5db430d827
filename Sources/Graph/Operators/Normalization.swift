import OrderedCollections

extension OperatorFamily {
  /// Operators that bring activations to a common scale.
  static let normalization = OperatorFamily(
    "Normalization",
    [
      Operator(
        "BatchNormalization", upgrade: { node, context in try upgradeBatchNormalization(node, &context) }
      ) { context in
        context.copyType()
        for output in 1..<max(1, context.node.outputs.count) {
          context.copyType(ofInput: output + 2, toOutput: output)
        }
      },
      Operator("InstanceNormalization", upgrade: { node, _ in [withoutLegacy(node)] }) { $0.copyType() },
      Operator(
        "GroupNormalization", upgrade: { node, context in try upgradeGroupNormalization(node, &context) }
      ) { $0.copyType() },
      Operator("LayerNormalization") { try inferLayerNormalization(&$0) },
      Operator("RMSNormalization") { context in
        context.setOutput(0, context.elementType(1), context.shape(0))
      },
      Operator("MeanVarianceNormalization") { $0.copyType() },
      Operator("LpNormalization") { $0.copyType() },
      Operator("LRN") { $0.copyType() },
    ])

  private static func withoutLegacy(_ node: Node) -> Node {
    var node = node
    for name in ["consumed_inputs", "is_test", "spatial"] { node.attributes[name] = nil }
    return node
  }

  /// Before version 14 more than one output meant training, and gave the batch's own statistics as well; before
  /// version 9 statistics could be of each place instead of each channel.
  private static func upgradeBatchNormalization(
    _ node: Node, _ context: inout UpgradeContext
  ) throws -> [Node] {
    guard context.sinceVersion < 14 else { return [node] }
    let isSpatial = node.int("spatial") != 0
    var main = withoutLegacy(node)
    let isTraining = node.outputs.dropFirst().contains { !$0.isEmpty }
    if isTraining { main.attributes["training_mode"] = .int(1) }
    main.outputs = Array(node.outputs.prefix(3))
    var before: [Node] = []
    var after: [Node] = []
    if !isSpatial, node.inputs.count == 5 {
      // Every place is a channel of its own in [N, C · D1 · …].
      let (shape, flat) = (context.freshName("shape"), context.freshName("flat"))
      before += [
        Node("Shape", inputs: [node.inputs[0]], outputs: [shape]),
        Node("Flatten", inputs: [node.inputs[0]], outputs: [flat], attributes: ["axis": .int(1)]),
      ]
      main.inputs[0] = flat
      let row = try context.constant([-1], "row")
      for index in 1..<5 {
        main.inputs[index] = context.freshName("row")
        before.append(Node("Reshape", inputs: [node.inputs[index], row], outputs: [main.inputs[index]]))
      }
      for (index, output) in main.outputs.enumerated() where !output.isEmpty {
        main.outputs[index] = context.freshName("row")
        let target = index == 0 ? shape : context.freshName("shape")
        if index > 0 { after.append(Node("Shape", inputs: [node.inputs[index + 2]], outputs: [target])) }
        after.append(Node("Reshape", inputs: [main.outputs[index], target], outputs: [output]))
      }
    }
    var result = before + [main] + after
    if node.output(3) != nil || node.output(4) != nil {
      guard isSpatial else {
        throw GraphError.shape(
          node: node.label, reason: "saved statistics of each place are no output of today's standard")
      }
      // Running statistics without momentum are the batch's own.
      var saved = main
      saved.name = ""
      saved.attributes["momentum"] = .float(0)
      saved.outputs = [context.freshName("unused"), node.output(3) ?? "", node.output(4) ?? ""]
      result.append(saved)
    }
    return result
  }

  /// Before version 21 there was a scale for each group, now there is one for each channel.
  private static func upgradeGroupNormalization(
    _ node: Node, _ context: inout UpgradeContext
  ) throws -> [Node] {
    guard context.sinceVersion < 21, let groups = node.int("num_groups"), node.inputs.count == 3 else {
      return [node]
    }
    var node = node
    let (channels, perGroup, target) = (
      context.freshName("channels"), context.freshName("size"), context.freshName("shape")
    )
    let count = try context.constant([groups], "groups")
    var nodes = [
      Node(
        "Shape", inputs: [node.inputs[0]], outputs: [channels],
        attributes: ["start": .int(1), "end": .int(2)]),
      Node("Div", inputs: [channels, count], outputs: [perGroup]),
      Node("Concat", inputs: [count, perGroup], outputs: [target], attributes: ["axis": .int(0)]),
    ]
    let (column, row) = (try context.constant([1], "axis"), try context.constant([-1], "row"))
    for index in 1...2 {
      let (upright, wide, flat) = (
        context.freshName("column"), context.freshName("wide"), context.freshName("row")
      )
      nodes += [
        Node("Unsqueeze", inputs: [node.inputs[index], column], outputs: [upright]),
        Node("Expand", inputs: [upright, target], outputs: [wide]),
        Node("Reshape", inputs: [wide, row], outputs: [flat]),
      ]
      node.inputs[index] = flat
    }
    return nodes + [node]
  }

  private static func inferLayerNormalization(_ context: inout InferenceContext) throws {
    context.copyType()
    let type = ElementType(rawValue: Int32(truncatingIfNeeded: context.node.int("stash_type") ?? 1))
    var reduced = context.shape(0)
    if let shape = context.shape(0) {
      let axis = try context.normalizedAxis(context.node.int("axis") ?? -1, rank: shape.rank)
      for index in axis..<shape.rank { reduced?.dimensions[index] = .fixed(1) }
    }
    context.setOutput(1, type, reduced)
    context.setOutput(2, type, reduced)
  }
}
