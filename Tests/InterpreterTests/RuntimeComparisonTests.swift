import Graph
import OrderedCollections
import Testing

@testable import Interpreter

/// What another runtime may do to subnormal numbers, and what it may not.
@Suite struct RuntimeComparisonTests {
  /// One product of a normal and a subnormal number in each sum, then a normalization with a subnormal scale.
  private static func session() throws -> Session {
    let graph = Graph(
      name: "small",
      nodes: [
        Node("MatMul", inputs: ["x", "w"], outputs: ["sums"]),
        Node("Add", inputs: ["sums", "w"], outputs: ["shifted"]),
        Node(
          "BatchNormalization", inputs: ["x", "scale", "zeros", "zeros", "ones"], outputs: ["y"],
          attributes: ["epsilon": .float(0)]),
      ],
      initializers: [
        "w": try Tensor(([1e-39, 2e-39, -3e-39, 1e-40] as [Double]).map(Float.init), shape: [2, 2]),
        "scale": try Tensor(([1e-39, 1] as [Double]).map(Float.init), shape: [2]),
        "zeros": try Tensor([0, 0] as [Float], shape: [2]),
        "ones": try Tensor([1, 1] as [Float], shape: [2]),
      ],
      inputs: [Value("x", .tensor(.float32, Shape([2, 2])))],
      outputs: ["shifted", "y"].map { Value($0, nil) })
    return try Session(model: Model(graph: graph, opsetImports: ["": 17], irVersion: 8))
  }

  private static func compare(
    sums: [Float], shifted: [Float] = [0, 0, 0, 0], y: [Float] = [0, 2, 0, 4]
  ) throws -> RuntimeComparison {
    let x = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let theirs = try ["sums": sums, "shifted": shifted, "y": y].mapValues { try Tensor($0, shape: [2, 2]) }
    return try Verifier(try session()).compare(["x": .tensor(x)], with: theirs)
  }

  @Test func flushedNumbersAreRounding() throws {
    let comparison = try Self.compare(sums: [0, 0, 0, 0])
    #expect(comparison.values.count == 3)
    for value in comparison.values { #expect(value.theirs.maxRatio <= 1, "\(value.name): \(value.theirs)") }
    // The second scale is 1: its results may not be anything.
    #expect(try Self.compare(sums: [0, 0, 0, 0], y: [0, 2.01, 0, 4]).first?.name == "y")
  }

  /// What is lost may not be more than the smallest numbers of full precision.
  @Test(arguments: [1e-36, 1e-30, -1e-34] as [Float])
  func whatIsLargerIsNot(one: Float) throws {
    #expect(try Self.compare(sums: [0, one, 0, 0], shifted: [0, one, 0, 0]).first?.name == "sums")
  }

  /// Our own kernels compute subnormal numbers as all others.
  @Test func oursMayNotFlush() throws {
    let session = try Self.session()
    let verifier = Verifier(session)
    let inputs: OrderedDictionary<String, RuntimeValue> = [
      "x": .tensor(try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]))
    ]
    #expect(try verifier.verify(inputs).defects.isEmpty)
    let step = TracedStep(operatorType: "MatMul", kernel: "", values: [:])
    let zeros = RuntimeValue.tensor(try Tensor(zeros: .float32, shape: [2, 2]))
    let known = Dictionary(uniqueKeysWithValues: inputs.map { ($0.key, $0.value) })
    #expect(try verifier.check("sums", zeros, of: step, number: 1, known: known).verdict == .defect)
  }
}
