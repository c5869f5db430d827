extension OperatorFamily {
  /// Operators that write updates into a copy of a tensor.
  static let scattering = OperatorFamily(
    "Scattering",
    [
      // The old name of ScatterElements, withdrawn in version 11.
      Operator(
        "Scatter",
        upgrade: { node, _ in
          var node = node
          node.operatorType = "ScatterElements"
          return [node]
        }, infer: { $0.copyType() }),
      Operator("ScatterElements") { context in
        if let data = context.shape(0), let indices = context.shape(1), data.rank != indices.rank {
          throw context.failure("data \(data) and indices \(indices) differ in rank")
        }
        context.copyType()
      },
      Operator("ScatterND") { context in
        if let data = context.shape(0), let depth = context.shape(1)?.dimensions.last?.fixedValue,
          depth > data.rank
        {
          throw context.failure("indices of \(depth) coordinates don't fit data \(data)")
        }
        context.copyType()
      },
      Operator("TensorScatter") { $0.copyType() },
    ])
}
