import CKernels
import Glibc
import TestSupport
import Testing

/// e^x in Double, under a name that no module's function of one letter more shadows.
func exponential(_ x: Double) -> Double { exp(x) }

/// Elementwise operations against libm in Double, in units in the last place.
@Suite struct ElementwiseTests {
  struct Operation: Sendable {
    let name: String
    let code: ck_unary
    var alpha: Float = 0
    var beta: Float = 0
    /// Allowed units in the last place.
    let ulps: Double
    /// Allowed error beside those, absolute: of operations that subtract what nearly cancels.
    var absolute = 0.0
    let definition: @Sendable (Double) -> Double
  }

  static let operations: [Operation] = [
    Operation(name: "clamp", code: CK_CLAMP, alpha: -1, beta: 2, ulps: 0) {
      $0.isNaN ? $0 : min(2, max(-1, $0))
    },
    Operation(name: "leaky relu", code: CK_LEAKY_RELU, alpha: 0.25, ulps: 0) { $0 < 0 ? 0.25 * $0 : $0 },
    Operation(name: "elu", code: CK_ELU, alpha: 1, ulps: 12) { $0 < 0 ? expm1($0) : $0 },
    Operation(name: "sigmoid", code: CK_SIGMOID, ulps: 4) { 1 / (1 + exp(-$0)) },
    Operation(name: "hard sigmoid", code: CK_HARD_SIGMOID, alpha: 0.25, beta: 0.5, ulps: 1) {
      $0.isNaN ? $0 : min(1, max(0, 0.25 * $0 + 0.5))
    },
    Operation(name: "hard swish", code: CK_HARD_SWISH, ulps: 3, absolute: 4e-7) {
      $0 * min(1, max(0, $0 / 6 + 0.5))
    },
    Operation(name: "silu", code: CK_SILU, ulps: 5, absolute: 2e-43) { $0 / (1 + exp(-$0)) },
    Operation(name: "tanh", code: CK_TANH, ulps: 3) { tanh($0) },
    Operation(name: "exp", code: CK_EXP, ulps: 2) { exp($0) },
    Operation(name: "abs", code: CK_ABS, ulps: 0) { abs($0) },
    Operation(name: "negate", code: CK_NEGATE, ulps: 0) { -$0 },
    Operation(name: "reciprocal", code: CK_RECIPROCAL, ulps: 1) { 1 / $0 },
    Operation(name: "erf", code: CK_ERF, ulps: 4) { erf($0) },
    Operation(name: "gelu", code: CK_GELU, ulps: 32, absolute: 2e-43) {
      $0 / 2 * erfc(-$0 / 2.0.squareRoot())
    },
  ]

  @Test(arguments: KernelSet.all) func unary(set: KernelSet) {
    var generator = SeededGenerator(seed: 31)
    let values =
      generator.floats(2000, in: -12...12) + generator.floats(500, in: -0.01...0.01)
      + generator.floats(1001, in: -110...95) + [0, -0.0, 1, -1, .infinity, -.infinity, .nan, 100, -100]
    for operation in Self.operations {
      var out = [Float](repeating: .nan, count: values.count)
      set.ops.unary(operation.code, operation.alpha, operation.beta, values, &out, values.count)
      for count in 1...17 {
        var few = [Float](repeating: .nan, count: count + 1)
        set.ops.unary(operation.code, operation.alpha, operation.beta, values, &few, count)
        #expect(
          few.map(\.bitPattern) == (out.prefix(count) + [.nan]).map(\.bitPattern),
          "\(set): \(operation.name) of \(count)")
      }
      for (value, found) in zip(values, out) {
        let expected = operation.definition(Double(value))
        if expected.isNaN || found.isNaN {
          #expect(
            expected.isNaN == found.isNaN,
            "\(set): \(operation.name) of \(value) is \(found), needs \(expected)")
          continue
        }
        // A unit is that of the expected value, or of the smallest normal below it.
        let unit = max(Double(Float(expected).ulp), 0x1p-149)
        let rounded = Float(expected)
        if !rounded.isFinite || !found.isFinite {
          #expect(rounded == found, "\(set): \(operation.name) of \(value) is \(found), needs \(expected)")
          continue
        }
        let error = abs(Double(found) - expected)
        let slack = (operation.ulps + 0.5) * unit + operation.absolute
        #expect(
          error <= slack,
          "\(set): \(operation.name) of \(value): \(found), needs \(expected): \(error / unit) ULP")
      }
    }
  }

  @Test(arguments: KernelSet.all) func binary(set: KernelSet) {
    var generator = SeededGenerator(seed: 32)
    let operations: [(ck_binary, (Float, Float) -> Float)] = [
      (CK_ADD, { $0 + $1 }), (CK_SUBTRACT, { $0 - $1 }), (CK_MULTIPLY, { $0 * $1 }), (CK_DIVIDE, { $0 / $1 }),
      (CK_MAXIMUM, { max($0, $1) }), (CK_MINIMUM, { min($0, $1) }),
    ]
    let kinds = [CK_FULL, CK_SCALAR, CK_VECTOR]
    for count in Array(1...17) + [33, 100] {
      for (code, definition) in operations {
        for left in kinds {
          for right in kinds {
            let a = generator.floats(max(count, set.width))
            let b = generator.floats(max(count, set.width))
            var out = [Float](repeating: .nan, count: count)
            set.ops.binary(code, left, a, right, b, -0.75, 0.75, &out, count)
            func operand(_ kind: ck_operand, _ x: [Float], _ k: Int) -> Float {
              kind == CK_FULL ? x[k] : kind == CK_SCALAR ? x[0] : x[k % set.width]
            }
            for k in 0..<count {
              let expected = min(0.75, max(-0.75, definition(operand(left, a, k), operand(right, b, k))))
              #expect(
                out[k] == expected,
                "\(set): operation \(code), kinds \(left) \(right), count \(count), at \(k)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: KernelSet.all) func softmax(set: KernelSet) {
    var generator = SeededGenerator(seed: 33)
    for count in Array(1...17) + [31, 100, 1000] {
      let x = generator.floats(count, in: -9...9)
      var out = [Float](repeating: .nan, count: count)
      set.ops.softmax(x, &out, Int32(count))
      let most = Double(x.max() ?? 0)
      let exponentials = x.map { exp(Double($0) - most) }
      let total = exponentials.reduce(0, +)
      for k in 0..<count {
        let expected = exponentials[k] / total
        #expect(abs(Double(out[k]) - expected) <= gamma(count + 32) * expected, "\(set): \(k) of \(count)")
      }
    }
  }
}
