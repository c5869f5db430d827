import Graph
import OrderedCollections
import Testing

@testable import Interpreter

@Suite struct EvaluatorTests {
  @Test func runsAGraphInOrderAndNamesItsOutputs() throws {
    let weights = try Tensor(Array(repeating: Float(1), count: 9), shape: [1, 1, 3, 3])
    let graph = Graph(
      name: "g",
      nodes: [
        Node(
          "Conv", name: "conv", inputs: ["x", "w"], outputs: ["c"], attributes: ["pads": .ints([1, 1, 1, 1])]),
        Node("Relu", name: "relu", inputs: ["c"], outputs: ["y"]),
      ], initializers: ["w": weights], inputs: [Value("x", .tensor(.float32, [1, 1, 2, 2]))],
      outputs: [Value("y", .tensor(.float32, nil))])
    let model = Model(graph: graph, opsetImports: ["": 17], irVersion: 8)
    let input = try Tensor([1, 2, 3, -10] as [Float], shape: [1, 1, 2, 2])
    var seen: [String] = []
    let outputs = try ReferenceEvaluator(model: model).run(["x": .tensor(input)]) { _, name, _ in
      seen.append(name)
    }
    #expect(seen == ["c", "y"])
    #expect(try outputs["y"]?.tensor?.elements(of: Float.self) == [0, 0, 0, 0])
    let types = try model.upgraded().graph.inferringTypes()
    #expect(types.types["y"] == .tensor(.float32, [1, 1, 2, 2]))
  }

  @Test func unknownOperatorsAreAllNamedAtOnce() throws {
    let unknown = [
      Node("Frobnicate", name: "one", inputs: [], outputs: ["a"]),
      Node("Thing", name: "two", domain: "org.example", inputs: [], outputs: ["c"]),
      Node("Frobnicate", name: "three", inputs: [], outputs: ["d"]),
    ]
    var nodes = unknown
    nodes.insert(Node("Relu", name: "fine", inputs: ["a"], outputs: ["b"]), at: 1)
    let model = Model(graph: Graph(name: "g", nodes: nodes), opsetImports: ["": 17], irVersion: 8)
    let error = GraphError.unknownOperators(UnknownOperators(unknown))
    #expect(throws: error) { try ReferenceEvaluator(model: model) }
    #expect(
      error.description
        == "unknown operators: node 'one' (Frobnicate) and 1 more of it; node 'two' (org.example.Thing)")
  }
}
