extension OperatorFamily {
  /// Logic and shifts on the bits of integers.
  static let bitwise = OperatorFamily(
    "Bitwise",
    ["BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor"].map { name in
      Operator(name) { try $0.inferBroadcast(elementType: $0.elementType(0)) }
    } + [Operator("BitwiseNot") { $0.copyType() }])
}
