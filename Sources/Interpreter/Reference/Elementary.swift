import Graph
import Numerics

extension ReferenceFamily {
  /// Elementary functions of one element.
  static let elementary = ReferenceFamily(
    "Elementary",
    [
      ReferenceOperator("Abs") { call in try call.map(\.magnitude, { $0 < 0 ? 0 &- $0 : $0 }) },
      ReferenceOperator("Neg") { call in
        try call.map({ -$0 }, { 0 &- $0 }, unsigned: { 0 &- $0 })
      },
      ReferenceOperator("Sign") { call in
        try call.map({ $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, \.signumValue, unsigned: { min($0, 1) })
      },
      ReferenceOperator("Erf") { call in
        // Of whole numbers (version 9) the standard doesn't say how erf is rounded; onnx.reference computes in float.
        let isWhole = try call.tensor(0).elementType.isInteger
        try call.mapNumbers { isWhole ? Double(Float(Double.erf($0))) : .erf($0) }
      },
      function("Ceil") { $0.rounded(.up) },
      function("Floor") { $0.rounded(.down) },
      function("Round") { $0.rounded(.toNearestOrEven) },
      function("Reciprocal") { 1 / $0 },
      function("Sqrt") { $0.squareRoot() },
      function("Exp", Double.exp),
      function("Log") { .log($0) },
      function("Sin", Double.sin), function("Cos", Double.cos), function("Tan", Double.tan),
      function("Asin", Double.asin), function("Acos", Double.acos), function("Atan", Double.atan),
      function("Sinh", Double.sinh), function("Cosh", Double.cosh), function("Tanh", Double.tanh),
      function("Asinh", Double.asinh), function("Acosh", Double.acosh), function("Atanh", Double.atanh),
    ])

  /// The operator that applies `function` to each element of a floating type.
  static func function(_ name: String, _ function: @escaping @Sendable (Double) -> Double)
    -> ReferenceOperator
  {
    ReferenceOperator(name) { call in try call.mapDoubles(function) }
  }
}

extension Int64 {
  fileprivate var signumValue: Int64 { signum() }
}
