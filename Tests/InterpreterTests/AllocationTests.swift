import CAllocationCounter
import Graph
import Interpreter
import OrderedCollections
import TestSupport
import Testing

/// Runs after the first allocate nothing: calls of the allocator are counted, on the thread that runs.
@Suite struct AllocationTests {
  /// Convolution of every kind that is planned, pooling, a residual sum, a dense layer.
  private func model() throws -> Model {
    func constant(_ name: String, _ shape: [Int]) throws -> Node {
      let count = shape.reduce(1, *)
      let values = (0..<count).map { Float(($0 * 7919) % 101) / 101 - 0.5 }
      return Node(
        "Constant", inputs: [], outputs: [name],
        attributes: ["value": .tensor(try Tensor(values, shape: shape))])
    }
    func map(_ inputs: [String], _ output: String, _ more: OrderedDictionary<String, Attribute>) -> Node {
      Node("Conv", inputs: inputs, outputs: [output], attributes: more)
    }
    var graph = Graph(name: "network")
    graph.nodes = [
      try constant("w1", [32, 3, 3, 3]), try constant("w2", [32, 32, 3, 3]),
      try constant("w3", [32, 1, 3, 3]),
      try constant("w4", [48, 32, 1, 1]), try constant("w5", [48, 10]),
      map(["x", "w1"], "a", ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])]),
      Node("Relu", inputs: ["a"], outputs: ["b"]),
      map(["b", "w2"], "c", ["pads": .ints([1, 1, 1, 1])]),
      Node("Add", inputs: ["c", "b"], outputs: ["d"]),
      map(["d", "w3"], "e", ["pads": .ints([1, 1, 1, 1]), "group": .int(32)]),
      map(["e", "w4"], "f", [:]),
      Node(
        "MaxPool", inputs: ["f"], outputs: ["g"],
        attributes: ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])]),
      Node("GlobalAveragePool", inputs: ["g"], outputs: ["h"]),
      Node("Flatten", inputs: ["h"], outputs: ["i"]),
      Node("Gemm", inputs: ["i", "w5"], outputs: ["j"]),
      Node("Softmax", inputs: ["j"], outputs: ["y"]),
    ]
    graph.inputs = [Value("x", .tensor(.float32, [1, 3, 24, 24]))]
    graph.outputs = [Value("y", .tensor(.float32, [1, 10]))]
    return Model(graph: graph, opsetImports: ["": 21], irVersion: 10)
  }

  @Test(arguments: [1, 2]) func runsAfterTheFirstAllocateNothing(threads: Int) throws {
    var generator = SeededGenerator(seed: 92)
    // A CBAM block behind a convolution that takes its sums, and one whose tasks write no whole parts.
    let summed = ChannelSumsTests.Case(depth: 24, filters: 48, images: 1, height: 40, width: 56, kernel: 3)
    let unsummed = ChannelSumsTests.Case(depth: 24, filters: 48, images: 2, height: 30, width: 30, kernel: 3)
    for (model, shape) in [
      (try model(), [1, 3, 24, 24]), (try summed.model(&generator), summed.shape),
      (try unsummed.model(&generator), unsummed.shape),
    ] {
      let x = try Tensor(generator.floats(shape.reduce(1, *)), shape: shape)
      try checkAllocations(of: model, x, threads: threads)
    }
  }

  private func checkAllocations(of model: Model, _ x: Tensor, threads: Int) throws {
    var options = SessionOptions()
    options.threads = threads
    let session = try Session(model: model, options: options)
    let inputs: OrderedDictionary<String, RuntimeValue> = [
      try #require(model.graph.inputs.first).name: .tensor(x)
    ]
    var outputs: [Tensor] = []
    // The counter counts.
    let before = allocation_count()
    for _ in 0..<3 { try session.run(inputs, into: &outputs) }
    #expect(allocation_count() > before)
    let expected = try session.run(inputs).values.compactMap(\.tensor)
    let start = allocation_count()
    for _ in 0..<20 { try session.run(inputs, into: &outputs) }
    let allocations = allocation_count() - start
    #expect(allocations == 0, "20 runs on \(threads) threads")
    #expect(outputs == expected)
  }

  @Test func sharedOutputsKeepTheirValues() throws {
    let session = try Session(model: try model())
    func run(_ scale: Float, into outputs: inout [Tensor]) throws {
      let x = try Tensor((0..<1728).map { Float($0 % 17) * scale }, shape: [1, 3, 24, 24])
      try session.run(["x": .tensor(x)], into: &outputs)
    }
    var outputs: [Tensor] = []
    try run(0.1, into: &outputs)
    let kept = outputs
    let values = try kept[0].elements(of: Float.self)
    try run(-0.3, into: &outputs)
    #expect(try kept[0].elements(of: Float.self) == values)
    #expect(try outputs[0].elements(of: Float.self) != values)
  }
}
