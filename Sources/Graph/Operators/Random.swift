import OrderedCollections

extension OperatorFamily {
  /// Operators that draw numbers, and the one that drops them.
  static let random = OperatorFamily(
    "Random",
    ["RandomNormal", "RandomUniform"].map { name in
      Operator(name) { context in
        let type = try context.elementType(named: "dtype", fallback: .float32)
        context.setOutput(0, type, context.node.ints("shape").map { Shape($0) })
      }
    }
      + ["RandomNormalLike", "RandomUniformLike", "Bernoulli"].map { name in
        Operator(name) { context in
          let type = try context.elementType(named: "dtype", fallback: context.elementType(0) ?? .float32)
          context.setOutput(0, type, context.shape(0))
        }
      } + [
        Operator("Multinomial") { context in
          let type = try context.elementType(named: "dtype", fallback: .int32)
          let batch = context.shape(0)?.dimensions.first ?? .unknown
          context.setOutput(0, type, [batch, .fixed(context.node.int("sample_size") ?? 1)])
        },
        Operator("Dropout", upgrade: { try upgradeDropout($0, &$1) }) { context in
          context.copyType()
          context.setOutput(1, .bool, context.shape(0))
        },
      ])

  /// Ratio and mode were attributes before version 12. Up to version 6 training was the default and `is_test`
  /// ended it; up to version 9 the mask was of the input's type.
  private static func upgradeDropout(_ node: Node, _ context: inout UpgradeContext) throws -> [Node] {
    guard context.sinceVersion < 12, let input = node.input(0) else { return [node] }
    var node = node
    if let ratio = node.float("ratio") {
      node.attributes["ratio"] = nil
      node.setInput(1, context.constant(try Tensor([ratio], shape: []), "ratio"))
    }
    if context.sinceVersion < 7, (node.int("is_test") ?? 0) == 0 {
      node.setInput(2, context.constant(try Tensor([true], shape: []), "training_mode"))
    }
    node.attributes["is_test"] = nil
    guard context.sinceVersion < 10, let mask = node.output(1) else { return [node] }
    let fresh = context.freshName("mask")
    node.outputs[1] = fresh
    return [node, Node("CastLike", inputs: [fresh, input], outputs: [mask])]
  }
}
