extension OperatorFamily {
  /// Arithmetic on two or more tensors with NumPy's broadcasting.
  static let elementwise = OperatorFamily(
    "Elementwise",
    ["Add", "Sub", "Mul", "Div"].map { name in
      Operator(name) { context in
        context.setOutput(
          0, context.elementType(0), try context.broadcast([context.shape(0), context.shape(1)]))
      }
    })
}
