extension OperatorFamily {
  /// Linear models and support vector machines (domain `ai.onnx.ml`).
  static let linearModels = OperatorFamily(
    "LinearModels",
    [
      Operator("LinearRegressor", domain: classicalDomain) { context in
        let rows = context.shape(0).map { $0.rank == 2 ? $0.dimensions[0] : 1 } ?? .unknown
        context.setOutput(0, .float32, [rows, .fixed(context.node.int("targets") ?? 1)])
      },
      Operator("LinearClassifier", domain: classicalDomain) {
        inferClassifier(&$0, integers: "classlabels_ints")
      },
      Operator("SVMRegressor", domain: classicalDomain) { context in
        context.setOutput(
          0, .float32, [context.shape(0).map { $0.rank == 2 ? $0.dimensions[0] : 1 } ?? .unknown, 1])
      },
      // With k classes there are k scores, or one for each of their k(k − 1)/2 pairs.
      Operator("SVMClassifier", domain: classicalDomain) { context in
        inferClassifier(&context, integers: "classlabels_ints")
        context.setOutput(
          1, .float32, [context.outputTypes.first??.shape?.dimensions.first ?? .unknown, .unknown])
      },
    ])
}
