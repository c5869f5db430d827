import OrderedCollections
import Testing

@testable import Graph

@Suite struct ValidatorTests {
  static func model(
    _ nodes: [Node], inputs: [String] = ["x"], outputs: [String] = ["y"], initializers: [String] = [],
    opsets: OrderedDictionary<String, Int> = ["": 17], irVersion: Int = 8
  ) throws -> Model {
    var graph = Graph(
      name: "g", nodes: nodes, inputs: inputs.map { Value($0, .tensor(.float32, [2])) },
      outputs: outputs.map { Value($0, .tensor(.float32, nil)) })
    for name in initializers { graph.initializers[name] = try Tensor([1] as [Float], shape: [1]) }
    return Model(graph: graph, opsetImports: opsets, irVersion: irVersion)
  }

  static func relu(_ input: String, _ output: String, name: String = "r") -> Node {
    Node("Relu", name: name, inputs: [input], outputs: [output])
  }

  @Test func aLegalModelHasNoProblems() throws {
    #expect(try Self.model([Self.relu("x", "y")]).problems() == [])
  }

  /// Inference is there for graphs that nobody has validated, too.
  @Test func aConstantThatWritesNothingIsInferredWithoutHarm() throws {
    let value = try Tensor([1] as [Float], shape: [1])
    let constant = Node("Constant", inputs: [], outputs: [], attributes: ["value": .tensor(value)])
    let model = try Self.model([constant, Self.relu("x", "y")])
    #expect(model.problems().count == 1)
    #expect(try model.graph.inferringTypes().types["y"] == .tensor(.float32, [2]))
  }

  @Test func eachFaultIsNamed() throws {
    let cases: [(Model, String)] = [
      (
        try Self.model([
          Self.relu("b", "a", name: "one"), Self.relu("a", "b", name: "two"), Self.relu("x", "y"),
        ]),
        "the graph has a cycle through node 'two' (Relu), node 'one' (Relu)"
      ),
      (
        try Self.model([Self.relu("x", "y", name: "one"), Self.relu("x", "y", name: "two")]),
        "the name 'y' is written twice (node 'one' (Relu) and node 'two' (Relu))"
      ),
      (try Self.model([Self.relu("nowhere", "y")]), "node 'r' (Relu) reads 'nowhere', which no node"),
      (
        try Self.model([
          Node("Nope", name: "n1", inputs: [], outputs: ["y"]),
          Node("Nah", name: "n2", inputs: [], outputs: ["z"]),
        ]),
        "unknown operators: node 'n1' (Nope); node 'n2' (Nah)"
      ),
      (try Self.model([Self.relu("a", "y"), Self.relu("x", "a")]), "reads 'a' before it is written"),
      (try Self.model([Self.relu("x", "z")]), "the graph's output reads 'y', which no node"),
      (
        try Self.model([Node("Relu", name: "r", inputs: ["x", "x"], outputs: ["y"])]), "has 2 inputs, needs 1"
      ),
      (
        try Self.model([
          Node("Relu", name: "r", inputs: ["x"], outputs: ["y"], attributes: ["alpha": .float(1)])
        ]),
        "node 'r' (Relu): has no attribute 'alpha'"
      ),
      (
        try Self.model([Node("Concat", name: "c", inputs: ["x"], outputs: ["y"])]),
        "node 'c' (Concat): attribute 'axis' is missing"
      ),
      (
        try Self.model([
          Node("Concat", name: "c", inputs: ["x"], outputs: ["y"], attributes: ["axis": .float(0)])
        ]),
        "attribute 'axis' is of kind float, needs int"
      ),
      (
        try Self.model([Node("Add", name: "a", inputs: ["x", ""], outputs: ["y"])]),
        "node 'a' (Add): input 'B' is required and was left out"
      ),
      (
        try Self.model([Node("Upsample", name: "u", inputs: ["x", "x"], outputs: ["y"])]),
        "was withdrawn with operator set 10"
      ),
      (try Self.model([Self.relu("x", "y")], opsets: [:]), "imports no operator set"),
      (try Self.model([Self.relu("x", "y")], opsets: ["": 999]), "operator set 999"),
      (try Self.model([Self.relu("x", "y")], irVersion: 99), "ir_version 99"),
      (
        try Self.model([Self.relu("w", "y")], initializers: ["w"], irVersion: 3),
        "initializer 'w' is no input"
      ),
    ]
    for (model, expected) in cases {
      let found = model.problems().map(\.description)
      #expect(found.contains { $0.contains(expected) }, "\(expected) in \(found)")
    }
  }

  @Test func tenThousandNodesInAChainAreFine() throws {
    let nodes = (0..<10_000).map {
      Self.relu($0 == 0 ? "x" : "v\($0 - 1)", $0 == 9_999 ? "y" : "v\($0)", name: "n\($0)")
    }
    #expect(try Self.model(nodes).problems() == [])
    #expect(try Self.model(nodes.reversed()).problems().count == 1)
  }
}
