import Graph
import OrderedCollections
import Testing

@testable import Interpreter

/// Control flow whose node leaves out outputs, at its end or in the middle: what is left is as if all were written.
@Suite struct LeftOutOutputsTests {
  private static let tensor = ValueType.tensor(.float32, [2])

  private static func values(_ names: String...) -> [Value] { names.map { Value($0, nil) } }

  /// Runs a node with these inputs, planned and by plain definitions, and gives the outputs that it writes.
  private static func run(
    _ node: Node, _ inputs: OrderedDictionary<String, Tensor>, opset: Int
  ) throws -> OrderedDictionary<String, Tensor> {
    let graph = Graph(
      name: "g", nodes: [node],
      inputs: inputs.map { Value($0, .tensor($1.elementType, Shape($1.shape))) },
      outputs: node.outputs.filter { !$0.isEmpty }.map { Value($0, nil) })
    let model = Model(graph: graph, opsetImports: ["": opset], irVersion: 10)
    try model.validate()
    var results: [OrderedDictionary<String, Tensor>] = []
    for usesKernels in [true, false] {
      var options = SessionOptions()
      options.usesKernels = usesKernels
      let outputs = try Session(model: model, options: options).run(inputs.mapValues { .tensor($0) })
      results.append(try outputs.mapValues { try #require($0.tensor) })
    }
    #expect(results[0] == results[1])
    return results[0]
  }

  /// Leaves out every set of the node's outputs but all, and compares with the whole.
  private static func leaveOut(
    _ node: Node, _ inputs: OrderedDictionary<String, Tensor>, opset: Int = 21
  ) throws -> OrderedDictionary<String, Tensor> {
    let whole = try run(node, inputs, opset: opset)
    for mask in 1..<(1 << node.outputs.count) {
      var partial = node
      partial.outputs = node.outputs.enumerated().map { mask >> $0 & 1 == 1 ? $1 : "" }
      let kept = whole.filter { partial.outputs.contains($0.key) }
      #expect(try run(partial, inputs, opset: opset) == kept, "\(partial.outputs)")
      while partial.outputs.last == "" { partial.outputs.removeLast() }
      #expect(try run(partial, inputs, opset: opset) == kept, "\(partial.outputs)")
    }
    return whole
  }

  private static let loop: Node = {
    let body = Graph(
      name: "body",
      nodes: [
        Node("Add", inputs: ["a", "x"], outputs: ["a2"]), Node("Mul", inputs: ["b", "a2"], outputs: ["b2"]),
        Node("Identity", inputs: ["c"], outputs: ["c2"]), Node("Identity", inputs: ["a2"], outputs: ["seen"]),
        Node("Sub", inputs: ["b2", "a2"], outputs: ["less"]),
      ], inputs: values("i", "c", "a", "b"),
      outputs: values("c2", "a2", "b2") + ["seen", "less"].map { Value($0, tensor) })
    return Node(
      "Loop", inputs: ["turns", "", "x", "x"], outputs: ["p", "q", "r", "s"],
      attributes: ["body": .graph(body)])
  }()

  @Test(arguments: [0, 3] as [Int64]) func loopsKeepTheirPlaces(turns: Int64) throws {
    let found = try Self.leaveOut(Self.loop, ["turns": longs([turns], []), "x": floats([1, 2])])
    #expect(try found["p"]?.numbers == (turns == 0 ? [1, 2] : [4, 8]))
    #expect(try found["q"]?.numbers == (turns == 0 ? [1, 2] : [24, 384]))
    #expect(found["r"]?.shape == [Int(turns), 2])
    #expect(try found["s"]?.numbers == (turns == 0 ? [] : [0, 4, 3, 42, 20, 376]))
  }

  @Test(arguments: [true, false]) func branchesKeepTheirPlaces(condition: Bool) throws {
    func branch(_ first: String) -> Attribute {
      .graph(
        Graph(
          name: first,
          nodes: [
            Node(first, inputs: ["x", "x"], outputs: ["p"]), Node("Exp", inputs: ["p"], outputs: ["q"]),
            Node("Neg", inputs: ["x"], outputs: ["r"]),
          ], outputs: Self.values("p", "q", "r")))
    }
    let node = Node(
      "If", inputs: ["c"], outputs: ["first", "second", "third"],
      attributes: ["then_branch": branch("Add"), "else_branch": branch("Sub")])
    let inputs: OrderedDictionary = ["c": try Tensor([condition], shape: []), "x": try floats([1, 2])]
    let found = try Self.leaveOut(node, inputs)
    #expect(try found["first"]?.numbers == (condition ? [2, 4] : [0, 0]))
    #expect(try found["third"]?.numbers == [-1, -2])
  }

  private static func scan(
    _ body: Graph, _ inputs: [String], _ more: OrderedDictionary<String, Attribute> = [:]
  )
    -> Node
  {
    Node(
      "Scan", inputs: inputs, outputs: ["last", "sums", "squares"],
      attributes: more.merging(["body": .graph(body), "num_scan_inputs": .int(1)]) { own, _ in own })
  }

  private static let step = Graph(
    name: "step",
    nodes: [
      Node("Add", inputs: ["s", "row"], outputs: ["t"]), Node("Identity", inputs: ["t"], outputs: ["o"]),
      Node("Mul", inputs: ["row", "row"], outputs: ["square"]),
    ], inputs: values("s", "row"), outputs: values("t", "o", "square"))

  @Test func scansKeepTheirPlaces() throws {
    let found = try Self.leaveOut(
      Self.scan(Self.step, ["s0", "rows"]), ["s0": floats([0, 0]), "rows": floats([1, 2, 3, 4], [2, 2])])
    #expect(try found["last"]?.numbers == [4, 6])
    #expect(try found["squares"]?.numbers == [1, 4, 9, 16])
  }

  /// Scan-8: a batch of sequences, each of its own length; ONNX Runtime 1.32 gives these numbers.
  @Test(arguments: [(0, [1, 2, 4, 6, 5, 6, 0, 0]), (1, [3, 4, 4, 6, 5, 6, 0, 0])] as [(Int64, [Double])])
  func sequencesOfABatchMayDifferInLength(direction: Int64, sums: [Double]) throws {
    let inputs: OrderedDictionary = [
      "lengths": try longs([2, 1]), "s0": try floats([0, 0, 0, 0], [2, 2]),
      "rows": try floats([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
    ]
    let node = Self.scan(Self.step, ["lengths", "s0", "rows"], ["directions": .ints([direction])])
    let found = try Self.leaveOut(node, inputs, opset: 8)
    #expect(try found["last"]?.numbers == [4, 6, 5, 6])
    #expect(try found["sums"]?.numbers == sums)
    for wrong in [[3, 1], [-1, 1]] as [[Int64]] {
      #expect(throws: (any Error).self) {
        try Self.run(node, inputs.merging(["lengths": try longs(wrong)]) { $1 }, opset: 8)
      }
    }
  }
}
