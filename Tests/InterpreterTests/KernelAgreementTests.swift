import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Every kernel against the plain definition of its operator, on a grid of shapes and attributes.
@Suite struct KernelAgreementTests {
  /// One node with the shapes of its inputs: the whole recipe of a case.
  struct Recipe: CustomStringConvertible, Sendable {
    let operatorType: String
    let shapes: [[Int]]
    var attributes: OrderedDictionary<String, Attribute> = [:]
    /// Integer inputs that follow the float ones.
    var integers: [[Int64]] = []
    var description: String { "\(operatorType) \(shapes) \(attributes) \(integers)" }
  }

  static func ints(_ values: [Int]) -> Attribute { .ints(values.map(Int64.init)) }

  static let convolutions: [Recipe] = {
    var recipes: [Recipe] = []
    for size in [1, 2, 5, 8] {
      for (kernel, pad) in [(1, 0), (3, 1), (3, 0), (5, 2), (7, 3)] where size + 2 * pad >= kernel {
        for (stride, dilation) in [(1, 1), (2, 1), (1, 2)] where size + 2 * pad >= (kernel - 1) * dilation + 1
        {
          for (groups, channels, filters) in [(1, 3, 5), (2, 4, 6), (4, 4, 4)] {
            recipes.append(
              Recipe(
                operatorType: "Conv",
                shapes: [
                  [2, channels, size, size + 1], [filters, channels / groups, kernel, kernel], [filters],
                ],
                attributes: [
                  "group": .int(Int64(groups)), "strides": ints([stride, stride]),
                  "dilations": ints([dilation, dilation]), "pads": ints([pad, pad, pad, pad]),
                ]))
          }
        }
      }
    }
    for automatic in ["SAME_UPPER", "SAME_LOWER", "VALID"] {
      recipes.append(
        Recipe(
          operatorType: "Conv", shapes: [[1, 2, 6, 7], [3, 2, 4, 3]],
          attributes: ["auto_pad": .string(automatic), "strides": ints([2, 2])]))
    }
    return recipes
  }()

  static let others: [Recipe] = {
    var recipes: [Recipe] = []
    for shape in [[1, 1, 1, 1], [2, 3, 5, 7], [1, 17, 4, 4]] {
      for name in ["Relu", "Sigmoid", "GlobalAveragePool", "GlobalMaxPool"] {
        recipes.append(Recipe(operatorType: name, shapes: [shape]))
      }
      for keep in [0, 1] {
        for name in ["ReduceMean", "ReduceMax"] {
          recipes.append(
            Recipe(
              operatorType: name, shapes: [shape], attributes: ["keepdims": .int(Int64(keep))],
              integers: [[1]]))
        }
      }
      recipes.append(
        Recipe(operatorType: "BatchNormalization", shapes: [shape] + Array(repeating: [shape[1]], count: 4)))
      for ceil in [0, 1] {
        for kernel in [1, 2, 3] where shape[2] >= kernel {
          recipes.append(
            Recipe(
              operatorType: "MaxPool", shapes: [shape],
              attributes: [
                "kernel_shape": ints([kernel, kernel]), "strides": ints([2, 1]),
                "ceil_mode": .int(Int64(ceil)),
                "pads": ints([kernel / 2, 0, kernel / 2, kernel / 2]),
              ]))
        }
      }
    }
    for pair in [
      [[], []], [[2, 3, 4], []], [[2, 3, 4, 5], [2, 3, 1, 1]], [[2, 3, 4, 5], [2, 1, 4, 5]],
      [[4, 1], [1, 5]],
      [[3, 1, 2], [1, 4, 2]], [[1, 6], [6, 6]], [[2, 1, 3], [3]], [[0, 3], [1, 3]],
    ] {
      for name in ["Add", "Sub", "Mul"] { recipes.append(Recipe(operatorType: name, shapes: pair)) }
    }
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      recipes.append(
        Recipe(
          operatorType: "Gemm", shapes: [a == 1 ? [7, 3] : [3, 7], b == 1 ? [5, 7] : [7, 5], [5]],
          attributes: [
            "transA": .int(Int64(a)), "transB": .int(Int64(b)), "alpha": .float(0.5), "beta": .float(2),
          ]))
    }
    return recipes
  }()

  @Test(arguments: convolutions + others)
  func kernelAgreesWithDefinition(recipe: Recipe) throws {
    var generator = SeededGenerator(seed: 7)
    var inputs: [RuntimeValue?] = try recipe.shapes.map { shape in
      // Positive, so that variances and divisors are what they should be.
      let values = (0..<shape.reduce(1, *)).map { _ in
        Float.random(in: recipe.operatorType == "Relu" ? -1...1 : 0.1...1, using: &generator)
      }
      return .tensor(try Tensor(values, shape: shape))
    }
    for values in recipe.integers { inputs.append(.tensor(try Tensor(values, shape: [values.count]))) }
    let node = Node(
      recipe.operatorType, inputs: inputs.indices.map { "i\($0)" }, outputs: ["o"],
      attributes: recipe.attributes)
    let expected = try #require(try ReferenceEvaluator.evaluate(node: node, inputs: inputs)[0]?.tensor)
    var call = ReferenceCall(node: node, inputs: inputs, runSubgraph: { _, _ in [] }, randomSeed: { _ in 0 })
    let kernel = try #require(Kernel.find(recipe.operatorType))
    #expect(try kernel.body(&call), "the kernel refused \(recipe)")
    let found = try #require(call.outputs[0]?.tensor)
    #expect(found.shape == expected.shape, "\(recipe)")
    for (one, other) in zip(try found.doubles(), try expected.doubles()) {
      #expect(abs(one - other) <= 1e-5 * max(1, abs(other)), "\(recipe): \(one) instead of \(other)")
    }
  }
}
