import Graph
import Numerics
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Derivatives that `Gradient` gives, against differences of the function's own values.
@Suite struct GradientTests {
  /// The model that computes `y` from `a` and `b` by `nodes`, and its gradient.
  private static func model(_ nodes: [Node], a: [Int], b: [Int], gradient: Node? = nil) -> Model {
    let gradient =
      gradient
      ?? Node(
        "Gradient", name: "gradient", domain: "ai.onnx.preview.training", inputs: ["a", "b"],
        outputs: ["da", "db"],
        attributes: ["xs": .strings(["a", "b"]), "y": .string("y")])
    return Model(
      graph: Graph(
        name: "g", nodes: nodes + [gradient],
        inputs: [Value("a", .tensor(.float64, Shape(a))), Value("b", .tensor(.float64, Shape(b)))],
        outputs: (["y"] + gradient.outputs.filter { !$0.isEmpty }).map { Value($0, nil) }),
      opsetImports: ["": 21, "ai.onnx.preview.training": 1], irVersion: 10)
  }

  /// A tensor of numbers between 0.3 and 1.3, in no order.
  private static func numbers(_ shape: [Int], _ seed: Int) throws -> [Double] {
    (0..<(try Tensor.elementCount(of: shape))).map { 0.3 + Double(($0 &* 37 &+ seed &* 11) % 97) / 97 }
  }

  private static func run(_ model: Model, _ a: [Double], _ b: [Double]) throws -> OrderedDictionary<
    String, [Double]
  > {
    let shapes = model.graph.inputs.map { $0.type?.shape?.fixedExtents ?? [] }
    let outputs = try ReferenceEvaluator(model: model).run([
      "a": .tensor(try Tensor(a, shape: shapes[0])), "b": .tensor(try Tensor(b, shape: shapes[1])),
    ])
    return try outputs.mapValues { try #require($0.tensor).doubles() }
  }

  private static func node(_ type: String, _ attributes: OrderedDictionary<String, Attribute> = [:]) -> [Node]
  {
    [Node(type, inputs: ["a", "b"], outputs: ["y"], attributes: attributes)]
  }

  /// `y = f(a) · b`.
  private static func unary(_ type: String, _ attributes: OrderedDictionary<String, Attribute> = [:])
    -> [Node]
  {
    [
      Node(type, inputs: ["a"], outputs: ["f"], attributes: attributes),
      Node("Mul", inputs: ["f", "b"], outputs: ["y"]),
    ]
  }

  private static let cases: [(String, [Node], [Int], [Int])] =
    ["Add", "Sub", "Mul", "Div", "Pow", "Sum"].flatMap { type in
      [(type, node(type), [2, 3], [2, 3]), ("\(type) broadcast", node(type), [2, 1, 3], [4, 1])]
    }
    + [
      "Neg", "Abs", "Exp", "Log", "Sin", "Cos", "Sqrt", "Reciprocal", "Sigmoid", "Tanh", "Relu", "Identity",
      "Softmax",
    ].map { ($0, unary($0), [2, 3], [3]) }
    + [
      ("Transpose", unary("Transpose", ["perm": .ints([2, 0, 1])]), [2, 3, 4], [4, 2, 3]),
      ("Flatten", unary("Flatten"), [2, 3, 2], [6]),
      ("ReduceSum", unary("ReduceSum", ["keepdims": .int(0)]), [2, 3], [2]),
      ("ReduceMean", unary("ReduceMean"), [2, 3], [2, 1]),
      ("MatMul", node("MatMul"), [2, 3], [3, 2]), ("MatMul in batches", node("MatMul"), [4, 2, 3], [3, 2]),
      ("Gemm", node("Gemm", ["alpha": .float(0.5)]), [2, 3], [3, 2]),
      ("Gemm transposed", node("Gemm", ["transA": .int(1), "transB": .int(1)]), [3, 2], [4, 3]),
    ]

  @Test(arguments: cases.map(\.0)) func agreesWithDifferences(_ name: String) throws {
    let (_, nodes, aShape, bShape) = try #require(Self.cases.first { $0.0 == name })
    let model = Self.model(nodes, a: aShape, b: bShape)
    let (a, b) = (try Self.numbers(aShape, 1), try Self.numbers(bShape, 2))
    let found = try Self.run(model, a, b)
    let step = 0x1p-18
    func sum(_ a: [Double], _ b: [Double]) throws -> Double {
      try #require(try Self.run(model, a, b)["y"]).reduce(0, +)
    }
    for (output, isA, values) in [("da", true, a), ("db", false, b)] {
      let slopes = try #require(found[output])
      #expect(slopes.count == values.count)
      for index in values.indices {
        var (less, more) = (values, values)
        less[index] -= step
        more[index] += step
        let change = isA ? try sum(more, b) - sum(less, b) : try sum(a, more) - sum(a, less)
        let expected = change / (2 * step)
        #expect(
          abs(slopes[index] - expected) < 1e-6 * max(1, abs(expected)),
          "\(name): \(output)[\(index)] is \(slopes[index]), differences say \(expected)")
      }
    }
  }

  @Test func derivativesHaveDerivatives() throws {
    // y = a³ + a·b; dy/da = 3a² + b; d²y/da² = 6a; d²y/(da db) = 1.
    let nodes = [
      Node("Mul", inputs: ["a", "a"], outputs: ["s"]), Node("Mul", inputs: ["s", "a"], outputs: ["c"]),
      Node("Mul", inputs: ["a", "b"], outputs: ["p"]), Node("Add", inputs: ["c", "p"], outputs: ["y"]),
      Node(
        "Gradient", domain: "ai.onnx.preview.training", inputs: ["a", "b"], outputs: ["da", ""],
        attributes: ["xs": .strings(["a"]), "zs": .strings(["b"]), "y": .string("y")]),
    ]
    let second = Node(
      "Gradient", domain: "ai.onnx.preview.training", inputs: ["a", "b"], outputs: ["daa", "dab"],
      attributes: ["xs": .strings(["a", "b"]), "y": .string("da")])
    let found = try Self.run(Self.model(nodes, a: [2], b: [2], gradient: second), [2, 3], [5, 7])
    #expect(found["daa"] == [12, 18] && found["dab"] == [1, 1], "\(found)")
  }

  @Test func otherValuesThanThoseOfTheForwardPassMayBeAskedFor() throws {
    let gradient = Node(
      "Gradient", domain: "ai.onnx.preview.training", inputs: ["b"], outputs: ["d"],
      attributes: ["xs": .strings(["a"]), "y": .string("y")])
    let nodes = [Node("Mul", inputs: ["a", "a"], outputs: ["y"])]
    let found = try Self.run(Self.model(nodes, a: [2], b: [2], gradient: gradient), [2, 3], [5, 7])
    #expect(found["y"] == [4, 9] && found["d"] == [10, 14])
  }

  @Test func whatCannotBeDifferentiatedIsNamed() throws {
    let nodes = [
      Node("Mod", name: "mod", inputs: ["a", "b"], outputs: ["y"], attributes: ["fmod": .int(1)])
    ]
    let error = #expect(throws: GraphError.self) { try Self.model(nodes, a: [2], b: [2]).upgraded() }
    #expect(error?.description.contains("can't differentiate node 'mod' (Mod)") == true)
  }

  /// Found by fuzz-onnx: both were looked for beyond the end of a list.
  @Test func missingInputsAreNamed() throws {
    let unnamed = Node(
      "Gradient", name: "gradient", domain: "ai.onnx.preview.training", inputs: ["a"], outputs: ["da", "db"],
      attributes: ["xs": .strings(["a"]), "y": .string("y")])
    let one = Self.model([Node("Neg", inputs: ["a"], outputs: ["y"])], a: [2], b: [2], gradient: unnamed)
    var error = #expect(throws: GraphError.self) { try one.upgraded() }
    #expect(error?.description.contains("has 2 outputs for 1 tensors in xs") == true, "\(error as Any)")
    let half = Self.model([Node("Mul", name: "half", inputs: ["a"], outputs: ["y"])], a: [2], b: [2])
    error = #expect(throws: GraphError.self) { try half.upgraded() }
    #expect(error?.description.contains("node 'half' (Mul)") == true, "\(error as Any)")
  }
}
