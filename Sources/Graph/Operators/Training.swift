extension OperatorFamily {
  /// One step of an optimizer (domain `ai.onnx.preview.training`).
  static let training = OperatorFamily(
    "Training",
    [
      Operator("Adagrad", domain: trainingDomain) { inferStep(&$0, groups: 3, kept: [0, 2]) },
      Operator("Adam", domain: trainingDomain) { inferStep(&$0, groups: 4, kept: [0, 2, 3]) },
      // `Model.upgraded()` replaces it by the nodes that compute it.
      Operator("Gradient", domain: trainingDomain) { context in
        for index in context.outputTypes.indices { context.copyType(ofInput: index, toOutput: index) }
      },
      Operator("Momentum", domain: trainingDomain) { inferStep(&$0, groups: 3, kept: [0, 2]) },
    ])

  static let trainingDomain = "ai.onnx.preview.training"

  /// Inputs are a rate, a count, and `groups` groups of as many tensors each; outputs are the groups `kept`, renewed.
  private static func inferStep(_ context: inout InferenceContext, groups: Int, kept: [Int]) {
    let count = (context.node.inputs.count - 2) / groups
    for (position, group) in kept.enumerated() {
      for index in 0..<max(0, count) {
        context.copyType(ofInput: 2 + group * count + index, toOutput: position * count + index)
      }
    }
  }
}
