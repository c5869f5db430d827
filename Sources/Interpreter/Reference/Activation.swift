import Graph
import Numerics

extension ReferenceFamily {
  /// Functions of one element that networks put after a layer.
  static let activation = ReferenceFamily(
    "Activation",
    [
      // Not `max`, which may drop a NaN.
      ReferenceOperator("Relu") { call in try call.map({ $0 < 0 ? 0 : $0 }, { max(0, $0) }) },
      function("Sigmoid", sigmoid),
      function("Softplus", softplus),
      function("Softsign") { $0 / (1 + $0.magnitude) },
      function("Mish") { $0 * .tanh(softplus($0)) },
      function("HardSwish") { $0 * hardSigmoid($0, 1 / 6, 0.5) },
      ReferenceOperator("HardSigmoid") { call in
        let (alpha, beta) = (call.number("alpha", 0.2), call.number("beta", 0.5))
        try call.mapDoubles { hardSigmoid($0, alpha, beta) }
      },
      ReferenceOperator("LeakyRelu") { call in
        let alpha = call.number("alpha", 0.01)
        try call.mapDoubles { $0 < 0 ? alpha * $0 : $0 }
      },
      ReferenceOperator("ThresholdedRelu") { call in
        let alpha = call.number("alpha", 1)
        try call.mapDoubles { $0 > alpha || $0.isNaN ? $0 : 0 }
      },
      ReferenceOperator("Elu") { call in
        let alpha = call.number("alpha", 1)
        try call.mapDoubles { $0 < 0 ? alpha * .expMinusOne($0) : $0 }
      },
      ReferenceOperator("Celu") { call in
        let alpha = call.number("alpha", 1)
        try call.mapDoubles { $0 < 0 ? alpha * .expMinusOne($0 / alpha) : $0 }
      },
      ReferenceOperator("Selu") { call in
        let alpha = call.number("alpha", 1.673_263_192_176_818_847_656_25)
        let gamma = call.number("gamma", 1.050_701_022_148_132_324_218_75)
        try call.mapDoubles { gamma * ($0 < 0 ? alpha * .expMinusOne($0) : $0) }
      },
      ReferenceOperator("Gelu") { call in try gelu(&call) },
      ReferenceOperator("Swish") { call in
        let alpha = call.number("alpha", 1)
        try call.mapDoubles { $0 * sigmoid(alpha * $0) }
      },
      ReferenceOperator("SwiGLU") { call in
        let alpha = call.number("alpha", 1)
        let (gate, linear) = (try call.tensor(0), try call.tensor(1))
        guard gate.shape == linear.shape else {
          throw call.failure("gate \(gate.shape) and linear input \(linear.shape) differ")
        }
        let results = zip(try gate.doubles(), try linear.doubles()).map { $0 * sigmoid(alpha * $0) * $1 }
        call.set(0, try Tensor(doubles: results, as: gate.elementType, shape: gate.shape))
      },
      ReferenceOperator("Shrink") { call in
        let (bias, threshold) = (call.number("bias", 0), call.number("lambd", 0.5))
        try call.mapNumbers { $0 < -threshold ? $0 + bias : $0 > threshold ? $0 - bias : $0.isNaN ? $0 : 0 }
      },
      ReferenceOperator("PRelu") { call in
        let (input, slope) = (try call.tensor(0), try call.tensor(1))
        guard try call.broadcastShape([input, slope]) == input.shape else {
          throw call.failure("the slope \(slope.shape) does not broadcast to \(input.shape)")
        }
        try call.combine({ $0 < 0 ? $0 * $1 : $0 }, { $0 < 0 ? $0 &* $1 : $0 }, unsigned: { x, _ in x })
      },
    ])

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + .exp(-x)) }

  /// `log(1 + exp(x))`, without overflow.
  static func softplus(_ x: Double) -> Double {
    x > 0 ? x + .log(onePlus: .exp(-x)) : .log(onePlus: .exp(x))
  }

  private static func hardSigmoid(_ x: Double, _ alpha: Double, _ beta: Double) -> Double {
    let line = alpha * x + beta
    return line < 0 ? 0 : line > 1 ? 1 : line
  }

  /// `x · Φ(x)`, or with `approximate` "tanh" the formula of Hendrycks and Gimpel (ONNX Gelu-20).
  private static func gelu(_ call: inout ReferenceCall) throws {
    switch call.node.string("approximate") ?? "none" {
    case "none": try call.mapDoubles { 0.5 * $0 * .erfc(-$0 / 2.0.squareRoot()) }
    case "tanh":
      let scale = (2 / Double.pi).squareRoot()
      try call.mapDoubles { x in
        let inner = scale * (x + 0.044715 * x * x * x)
        return 0.5 * x * (1 + .tanh(inner))
      }
    case let other: throw call.failure("approximate is '\(other)', needs 'none' or 'tanh'")
    }
  }
}

extension ReferenceCall {
  /// A float attribute, or the standard's default, as it is stored: rounded to `float`.
  func number(_ name: String, _ fallback: Float) -> Double { Double(node.float(name) ?? fallback) }
}
