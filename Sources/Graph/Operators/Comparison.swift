extension OperatorFamily {
  /// Questions about elements, answered in `bool`.
  static let comparison = OperatorFamily(
    "Comparison",
    [
      comparison("Equal", ==), comparison("Less", <), comparison("LessOrEqual", <=),
      comparison("Greater", >), comparison("GreaterOrEqual", >=),
      Operator("IsNaN") { $0.setOutput(0, .bool, $0.shape(0)) },
      Operator("IsInf") { $0.setOutput(0, .bool, $0.shape(0)) },
      Operator("Where") { context in
        try context.inferBroadcast(elementType: context.elementType(1))
        context.combineValues { values in
          guard values.count == 3, let chosen = values[0].fixedValue else { return .unknown }
          return chosen == 0 ? values[2] : values[1]
        }
      },
    ])

  private static func comparison(
    _ name: String, _ function: @escaping @Sendable (Int, Int) -> Bool
  ) -> Operator {
    Operator(name, upgrade: { try $1.aligningSecondInput(of: $0) }) { context in
      try context.inferBroadcast(elementType: .bool)
      context.combineValues { $0[0].combined($0[1]) { function($0, $1) ? 1 : 0 } }
    }
  }
}
