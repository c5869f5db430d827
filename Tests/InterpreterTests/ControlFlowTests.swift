import Graph
import OrderedCollections
import Testing

@testable import Interpreter

@Suite struct ControlFlowTests {
  static func float(_ values: [Float], _ shape: [Int]? = nil) throws -> RuntimeValue {
    .tensor(try Tensor(values, shape: shape ?? [values.count]))
  }

  @Test(arguments: [true, false])
  func ifTakesOneBranchAndSeesOuterValues(condition: Bool) throws {
    let branch = { (name: String) in
      Graph(name: name, nodes: [Node(name, inputs: ["x", "x"], outputs: ["r"])], outputs: [Value("r", nil)])
    }
    let graph = Graph(
      name: "g",
      nodes: [
        Node(
          "If", inputs: ["c"], outputs: ["y"],
          attributes: ["then_branch": .graph(branch("Add")), "else_branch": .graph(branch("Sub"))])
      ], inputs: [Value("c", .tensor(.bool, [])), Value("x", .tensor(.float32, [2]))],
      outputs: [Value("y", nil)])
    let model = Model(graph: graph, opsetImports: ["": 19], irVersion: 8)
    let outputs = try ReferenceEvaluator(model: model).run([
      "c": .tensor(try Tensor([condition], shape: [])), "x": try Self.float([1, 2]),
    ])
    #expect(outputs["y"] == (try Self.float(condition ? [2, 4] : [0, 0])))
    #expect(try model.upgraded().graph.inferringTypes().types["y"] == .tensor(.float32, [2]))
  }

  @Test func loopCarriesAndCollects() throws {
    let body = Graph(
      name: "body",
      nodes: [
        Node("Add", inputs: ["sum", "x"], outputs: ["next"]),
        Node("Identity", inputs: ["next"], outputs: ["seen"]),
        Node("Identity", inputs: ["c"], outputs: ["again"]),
      ], inputs: [Value("i", nil), Value("c", nil), Value("sum", nil)],
      outputs: [Value("again", nil), Value("next", nil), Value("seen", .tensor(.float32, [1]))])
    let graph = Graph(
      name: "g",
      nodes: [
        Node(
          "Loop", inputs: ["m", "", "zero"], outputs: ["total", "all"], attributes: ["body": .graph(body)])
      ],
      inputs: [
        Value("m", .tensor(.int64, [])), Value("zero", .tensor(.float32, [1])),
        Value("x", .tensor(.float32, [1])),
      ], outputs: [Value("total", nil), Value("all", nil)])
    let evaluator = try ReferenceEvaluator(model: Model(graph: graph, opsetImports: ["": 19], irVersion: 8))
    for turns in [3, 0] {
      let outputs = try evaluator.run([
        "m": .tensor(try Tensor([Int64(turns)], shape: [])), "zero": try Self.float([0]),
        "x": try Self.float([2]),
      ])
      #expect(outputs["total"] == (try Self.float([Float(2 * turns)])))
      #expect(outputs["all"] == (try Self.float(turns == 0 ? [] : [2, 4, 6], [turns, 1])))
    }
  }

  @Test func scanGoesBackwardsWhenTold() throws {
    let body = Graph(
      name: "body",
      nodes: [
        Node("Add", inputs: ["s", "x"], outputs: ["t"]), Node("Identity", inputs: ["t"], outputs: ["o"]),
      ],
      inputs: [Value("s", nil), Value("x", nil)], outputs: [Value("t", nil), Value("o", nil)])
    let node = Node(
      "Scan", inputs: ["s0", "xs"], outputs: ["last", "all"],
      attributes: [
        "body": .graph(body), "num_scan_inputs": .int(1), "scan_input_directions": .ints([1]),
        "scan_output_axes": .ints([-1]),
      ])
    let graph = Graph(
      name: "g", nodes: [node],
      inputs: [Value("s0", .tensor(.float32, [2])), Value("xs", .tensor(.float32, [3, 2]))],
      outputs: [Value("last", nil), Value("all", nil)])
    let model = Model(graph: graph, opsetImports: ["": 19], irVersion: 8)
    let outputs = try ReferenceEvaluator(model: model).run([
      "s0": try Self.float([0, 0]), "xs": try Self.float([1, 2, 3, 4, 5, 6], [3, 2]),
    ])
    #expect(outputs["last"] == (try Self.float([9, 12])))
    #expect(outputs["all"] == (try Self.float([5, 8, 9, 6, 10, 12], [2, 3])))
    var inside: [String: ValueType?] = [:]
    let known = try model.upgraded().graph.inferringTypes(observe: { subgraph, known in
      for name in ["s", "x", "t", "o"] { inside["\(subgraph.name) \(name)"] = known.types[name] }
    })
    #expect(known.types["all"] == .tensor(.float32, [2, 3]))
    // What is in a subgraph is told, and is not the graph's around it.
    let pair = ValueType.tensor(.float32, [2])
    #expect(inside == ["body s": pair, "body x": pair, "body t": pair, "body o": pair])
    #expect(known.types["t"] == nil)
  }

  @Test func sequencesGrowShrinkAndJoin() throws {
    let graph = Graph(
      name: "g",
      nodes: [
        Node("SequenceConstruct", inputs: ["a", "b"], outputs: ["s"]),
        Node("SequenceInsert", inputs: ["s", "b", "zero"], outputs: ["t"]),
        Node("SequenceErase", inputs: ["t"], outputs: ["u"]),
        Node("ConcatFromSequence", inputs: ["u"], outputs: ["joined"], attributes: ["axis": .int(0)]),
        Node("SequenceLength", inputs: ["u"], outputs: ["count"]),
        Node("Optional", inputs: ["u"], outputs: ["o"]),
        Node("OptionalHasElement", inputs: ["o"], outputs: ["has"]),
      ], initializers: ["zero": try Tensor([0] as [Int64], shape: [])],
      inputs: [Value("a", .tensor(.float32, [1])), Value("b", .tensor(.float32, [2]))],
      outputs: [Value("joined", nil), Value("count", nil), Value("has", nil)])
    let outputs = try ReferenceEvaluator(model: Model(graph: graph, opsetImports: ["": 19], irVersion: 8))
      .run([
        "a": try Self.float([1]), "b": try Self.float([2, 3]),
      ])
    #expect(outputs["joined"] == (try Self.float([2, 3, 1])))
    #expect(try outputs["count"]?.tensor?.integers() == [2])
    #expect(outputs["has"] == .tensor(try Tensor([true], shape: [])))
  }

  @Test func lossesWeighAndIgnore() throws {
    let scores = try Self.float([0, 0, 0, 0, 0, 0], [2, 3])
    let labels = RuntimeValue.tensor(try Tensor([0, 2] as [Int64], shape: [2]))
    let node = Node(
      "SoftmaxCrossEntropyLoss", inputs: ["x", "t"], outputs: ["l"],
      attributes: ["ignore_index": .int(2), "reduction": .string("sum")])
    let loss = try ReferenceEvaluator.evaluate(node: node, inputs: [scores, labels])[0]?.tensor?.doubles()
    #expect(abs((loss?[0] ?? 0) - 1.0986123) < 1e-6)
  }
}
