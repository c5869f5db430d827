extension OperatorFamily {
  /// Choosing among boxes that a detector proposes.
  static let detection = OperatorFamily(
    "Detection",
    [
      // How many boxes survive is known only by running.
      Operator("NonMaxSuppression") { $0.setOutput(0, .int64, [.unknown, 3]) }
    ])
}
