extension OperatorFamily {
  /// Ensembles of decision trees (domain `ai.onnx.ml`).
  static let trees = OperatorFamily(
    "Trees",
    [
      Operator("TreeEnsemble", domain: classicalDomain) { context in
        context.setOutput(0, context.elementType(0), [rows(context), targets(context)])
      },
      Operator("TreeEnsembleRegressor", domain: classicalDomain) { context in
        context.setOutput(0, .float32, [rows(context), targets(context)])
      },
      Operator("TreeEnsembleClassifier", domain: classicalDomain) {
        inferClassifier(&$0, integers: "classlabels_int64s")
      },
    ])

  private static func rows(_ context: InferenceContext) -> Dimension {
    guard let input = context.shape(0) else { return .unknown }
    return input.rank == 2 ? input.dimensions[0] : 1
  }

  private static func targets(_ context: InferenceContext) -> Dimension {
    context.node.int("n_targets").map { .fixed($0) } ?? .unknown
  }

  /// Labels `[N]` of the type that the attributes list, and scores `[N, classes]`, of which a classifier with one
  /// label has one or two.
  static func inferClassifier(_ context: inout InferenceContext, integers: String) {
    let strings = context.node.strings("classlabels_strings") ?? []
    let count = max(strings.count, context.node.ints(integers)?.count ?? 0)
    context.setOutput(0, strings.isEmpty ? .int64 : .string, [rows(context)])
    context.setOutput(1, .float32, [rows(context), count > 1 ? .fixed(count) : .unknown])
  }
}
