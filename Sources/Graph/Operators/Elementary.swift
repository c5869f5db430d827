extension OperatorFamily {
  /// Elementary functions of one element.
  static let elementary = OperatorFamily(
    "Elementary",
    [
      "Abs", "Neg", "Sign", "Ceil", "Floor", "Round", "Reciprocal", "Sqrt", "Exp", "Log", "Erf", "Sin", "Cos",
      "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh",
    ].map { name in
      Operator(name) { context in
        context.copyType()
        if name == "Neg" { context.combineValues { .fixed(0) - $0[0] } }
      }
    })
}
