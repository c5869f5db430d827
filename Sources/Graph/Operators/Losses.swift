extension OperatorFamily {
  /// What training minimises.
  static let losses = OperatorFamily(
    "Losses",
    [
      Operator("NegativeLogLikelihoodLoss") { inferLoss(&$0) },
      Operator("SoftmaxCrossEntropyLoss") { context in
        inferLoss(&context)
        context.copyType(ofInput: 0, toOutput: 1)
      },
    ])

  private static func inferLoss(_ context: inout InferenceContext) {
    let isReduced = (context.node.string("reduction") ?? "mean") != "none"
    context.setOutput(0, context.elementType(0), isReduced ? [] : context.shape(1))
  }
}
