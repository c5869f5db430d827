import OrderedCollections
import Testing

@testable import Graph

@Suite struct InliningTests {
  /// y = Scale(x): x · (x + shift), with an older ReduceSum whose axes are the caller's attribute.
  private static func scale(_ nodes: [Node] = []) -> Function {
    Function(
      name: "Scale", domain: "own", inputs: ["x", "shift"], outputs: ["y", "x"], attributes: ["axes"],
      attributeDefaults: ["keep": .int(0)],
      nodes: [
        Node("Add", inputs: ["x", "shift"], outputs: ["t"]),
        Node("Mul", name: "mul", inputs: ["x", "t"], outputs: ["p"]),
        Node(
          "ReduceSum", inputs: ["p"], outputs: ["y"],
          attributes: [
            "axes": .reference(name: "axes", kind: .ints), "keepdims": .reference(name: "keep", kind: .int),
          ]),
      ] + nodes, opsetImports: ["": 11])
  }

  private static func model(_ functions: [Function], _ nodes: [Node], outputs: [String] = ["y"]) -> Model {
    Model(
      graph: Graph(
        name: "g", nodes: nodes,
        inputs: [Value("x", .tensor(.float32, [2, 3])), Value("t", .tensor(.float32, []))],
        outputs: outputs.map { Value($0, nil) }),
      opsetImports: ["": 21, "own": 1], irVersion: 10, functions: functions)
  }

  @Test func bodiesTakeTheCallsNamesAttributesAndTheirOwnOperatorSet() throws {
    let call = { (name: String, axis: Int64) in
      Node(
        "Scale", name: name, domain: "own", inputs: ["x", "t"], outputs: ["\(name)", ""],
        attributes: ["axes": .ints([axis])])
    }
    let model = try Self.model([Self.scale()], [call("y", 1), call("z", 0)], outputs: ["y", "z"]).upgraded()
    #expect(model.functions.isEmpty)
    #expect(model.graph.nodes.allSatisfy { $0.domain.isEmpty })
    let names = model.graph.nodes.flatMap(\.outputs)
    #expect(Set(names).count == names.count, "\(names)")
    let types = try model.graph.inferringTypes().types
    #expect(types["y"] == .tensor(.float32, [2]) && types["z"] == .tensor(.float32, [3]))
  }

  @Test func outputsThatAreInputsAndMissingInputsStaySo() throws {
    let echo = Function(
      name: "Echo", domain: "own", inputs: ["a", "low", "high"], outputs: ["a", "c", "c"],
      nodes: [Node("Clip", inputs: ["a", "low", "high"], outputs: ["c"])], opsetImports: ["": 13])
    let node = Node("Echo", domain: "own", inputs: ["x", "", "t"], outputs: ["y", "c", "d"])
    let graph = try Self.model([echo], [node], outputs: ["y", "c", "d"]).upgraded().graph
    #expect(graph.nodes.map(\.operatorType) == ["Clip", "Identity", "Identity"])
    #expect(graph.nodes[0].inputs == ["x", "", "t"])
    let types = try graph.inferringTypes().types
    #expect(["y", "c", "d"].allSatisfy { types[$0] == .tensor(.float32, [2, 3]) })
  }

  @Test func subgraphsSeeTheBodysNames() throws {
    let branch = Graph(
      name: "b", nodes: [Node("Mul", inputs: ["t", "k"], outputs: ["r"])],
      initializers: ["k": try Tensor([2 as Float], shape: [])], outputs: [Value("r", nil)])
    let function = Function(
      name: "Twice", domain: "own", inputs: ["a"], outputs: ["o"],
      nodes: [
        Node("Add", inputs: ["a", "a"], outputs: ["t"]),
        Node(
          "Constant", inputs: [], outputs: ["yes"],
          attributes: ["value": .tensor(try Tensor([true], shape: []))]),
        Node(
          "If", inputs: ["yes"], outputs: ["o"],
          attributes: ["then_branch": .graph(branch), "else_branch": .graph(branch)]),
      ], opsetImports: ["": 21])
    let graph = try Self.model(
      [function], [Node("Twice", domain: "own", inputs: ["x"], outputs: ["y"])]
    ).upgraded().graph
    #expect(try graph.inferringTypes().types["y"] == .tensor(.float32, [2, 3]))
    let inner = try #require(graph.nodes.last?.graph("then_branch"))
    #expect(inner.outerReads == [graph.nodes[0].outputs[0]])
  }

  @Test func endlessCallsAreRefused() throws {
    let call = Node("Scale", domain: "own", inputs: ["t"], outputs: ["q"])
    #expect(throws: GraphError.self) { try Self.model([Self.scale([call])], [call]).upgraded() }
    // Each level calls the next twice: 2⁴⁰ nodes.
    let levels = (0..<40).map { level in
      let next = { (output: String) in
        level == 39
          ? Node("Relu", inputs: ["a"], outputs: [output])
          : Node("F\(level + 1)", domain: "own", inputs: ["a"], outputs: [output])
      }
      return Function(
        name: "F\(level)", domain: "own", inputs: ["a"], outputs: ["b"], nodes: [next("b"), next("c")],
        opsetImports: ["": 21])
    }
    let doubling = Self.model(levels, [Node("F0", domain: "own", inputs: ["x"], outputs: ["y"])])
    #expect(throws: GraphError.invalid("functions expand to more than 262144 nodes")) {
      try doubling.upgraded()
    }
    #expect(throws: GraphError.self) {
      try Self.model([Self.scale()], [Node("Scale", domain: "own", inputs: ["x", "t", "x"], outputs: ["y"])])
        .upgraded()
    }
  }
}
