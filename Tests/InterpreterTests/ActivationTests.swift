import Graph
import Numerics
import Testing

@testable import Interpreter

@Suite struct ActivationTests {
  @Test(
    arguments: [
      ("Relu", [0.0, 0, 2]), ("LeakyRelu", [-0.01, 0, 2]), ("Elu", [-0.632_120_56, 0, 2]),
      ("Celu", [-0.632_120_56, 0, 2]), ("Selu", [-1.111_330_74, 0, 2.101_402_04]),
      ("HardSigmoid", [0.3, 0.5, 0.9]), ("HardSwish", [-1 / 3.0, 0, 5 / 3.0]),
      ("Softsign", [-0.5, 0, 2 / 3.0]),
      ("ThresholdedRelu", [0, 0, 2]), ("Shrink", [-1, 0, 2]), ("Sigmoid", [0.268_941_42, 0.5, 0.880_797_08]),
      ("Softplus", [0.313_261_69, 0.693_147_18, 2.126_928_01]), ("Mish", [-0.303_401_46, 0, 1.943_959_02]),
      ("Gelu", [-0.158_655_26, 0, 1.954_499_74]), ("Swish", [-0.268_941_42, 0, 1.761_594_16]),
      ("Erf", [-0.842_700_79, 0, 0.995_322_27]), ("Tanh", [-0.761_594_16, 0, 0.964_027_58]),
    ] as [(String, [Double])])
  func atMinusOneZeroTwo(_ name: String, _ expected: [Double]) throws {
    let results = try OperatorCase(name)(floats([-1, 0, 2]))[0].numbers
    for (result, value) in zip(results, expected) {
      #expect(abs(result - value) < 1e-6, "\(name): \(results), expected \(expected)")
    }
  }

  @Test(arguments: [
    "Relu", "LeakyRelu", "Elu", "Celu", "Selu", "Sigmoid", "Softplus", "Softsign", "Mish", "Gelu", "Swish",
    "HardSigmoid", "HardSwish", "ThresholdedRelu", "Shrink", "Abs", "Sign", "Floor", "Exp", "Sqrt",
  ])
  func aNaNStaysOne(_ name: String) throws {
    #expect(try OperatorCase(name)(floats([.nan]))[0].numbers[0].isNaN)
    #expect(try OperatorCase(name)(floats([], [0, 2]))[0].shape == [0, 2])
  }

  @Test func nothingOverflowsFarOut() throws {
    #expect(try OperatorCase("Softplus")(floats([1e4, -1e4]))[0].numbers == [1e4, 0])
    #expect(try OperatorCase("Sigmoid")(floats([1e4, -1e4]))[0].numbers == [1, 0])
    // The left tail keeps its relative precision: x · Φ(x) at -10.
    let tail = try OperatorCase("Gelu")(Tensor([-10.0], shape: [1]))[0].numbers[0]
    #expect(abs(tail / -7.619_853_024_160_527e-23 - 1) < 1e-12)
  }

  @Test func roundingIsToEvenAndSignsAreKept() throws {
    let rounded = try OperatorCase("Round")(floats([0.5, 1.5, 2.5, -0.5]))[0].numbers
    #expect(rounded == [0, 2, 2, 0] && rounded[3].sign == .minus)
    #expect(try OperatorCase("Sign")(Tensor([0, 200] as [UInt8], shape: [2]))[0].integers() == [0, 1])
    #expect(try OperatorCase("Abs")(Tensor([-128, 3] as [Int8], shape: [2]))[0].integers() == [-128, 3])
    #expect(try OperatorCase("Neg")(Tensor([5] as [Int32], shape: []))[0].integers() == [-5])
  }

  @Test func slopesBroadcastTowardTheInput() throws {
    let input = try floats([-1, -1, -1, -1], [2, 2])
    #expect(try OperatorCase("PRelu")(input, floats([2, 3]))[0].numbers == [-2, -3, -2, -3])
    #expect(throws: (any Error).self) { try OperatorCase("PRelu")(floats([1]), floats([1, 2])) }
    // One slope a channel, before version 7.
    let image = try floats([-1, -1, -1, -1], [1, 2, 2, 1])
    #expect(try OperatorCase("PRelu", opset: 6)(image, floats([2, 3]))[0].numbers == [-2, -2, -3, -3])
    #expect(try OperatorCase("PRelu", opset: 1)(image, floats([4]))[0].numbers == [-4, -4, -4, -4])
  }

  @Test func theFirstSeluWasLessPrecise() throws {
    let result = try OperatorCase("Selu", opset: 1)(floats([1]))[0].numbers[0]
    #expect(result == Double(Float(1.0507)))
  }

  @Test func softmaxAlongAnAxisAndFlattened() throws {
    let scores = try floats([1000, 1000, 1000, 1000], [2, 1, 2])
    #expect(try OperatorCase("Softmax")(scores)[0].numbers == [0.5, 0.5, 0.5, 0.5])
    #expect(try OperatorCase("Softmax", ["axis": .int(1)])(scores)[0].numbers == [1, 1, 1, 1])
    // Before version 13 everything from axis on is one distribution.
    let old = OperatorCase("Softmax", opset: 11, ["axis": .int(0)])
    #expect(try old(scores)[0].numbers == [0.25, 0.25, 0.25, 0.25])
    #expect(try old(scores)[0].shape == [2, 1, 2])
    #expect(try OperatorCase("Hardmax")(floats([1, 3, 3], [1, 3]))[0].numbers == [0, 1, 0])
    let logarithms = try OperatorCase("LogSoftmax")(floats([0, 0]))[0].numbers
    #expect(logarithms.allSatisfy { abs($0 + 0.693_147_2) < 1e-6 })
    #expect(try OperatorCase("Softmax")(floats([], [2, 0]))[0].shape == [2, 0])
  }

  @Test func gatesMultiply() throws {
    let result = try OperatorCase("SwiGLU")(floats([0, 2]), floats([7, 3]))[0].numbers
    #expect(result[0] == 0 && abs(result[1] - 3 * 1.761_594_16) < 1e-5)
  }
}
