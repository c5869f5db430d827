extension OperatorFamily {
  /// Operators that bring activations to a common scale.
  static let normalization = OperatorFamily(
    "Normalization",
    [
      Operator("BatchNormalization") { context in
        context.copyType()
        for output in 1..<max(1, context.node.outputs.count) {
          context.copyType(ofInput: output + 2, toOutput: output)
        }
      }
    ])
}
