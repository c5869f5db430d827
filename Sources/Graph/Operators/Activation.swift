extension OperatorFamily {
  /// Functions of one element that networks put after a layer.
  static let activation = OperatorFamily(
    "Activation",
    ["Relu", "Sigmoid"].map { Operator($0) { $0.copyType() } })
}
