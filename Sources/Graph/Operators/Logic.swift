extension OperatorFamily {
  /// Logic on `bool`.
  static let logic = OperatorFamily(
    "Logic",
    ["And", "Or", "Xor"].map { name in
      Operator(name, upgrade: { try $1.aligningSecondInput(of: $0) }) {
        try $0.inferBroadcast(elementType: .bool)
      }
    } + [Operator("Not") { $0.copyType() }])
}
