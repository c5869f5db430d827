import Graph
import OrderedCollections
import Testing

@testable import Interpreter

/// Graphs that the standard allows and exporters seldom write, planned and by plain definitions.
@Suite struct LegalButNastyTests {
  /// Runs a graph on float32 inputs, both ways, and gives its outputs.
  private static func run(
    _ graph: Graph, _ inputs: OrderedDictionary<String, Tensor>, opset: Int = 21,
    metadata: OrderedDictionary<String, String> = [:]
  ) throws -> OrderedDictionary<String, Tensor> {
    let model = Model(graph: graph, opsetImports: ["": opset], irVersion: 10, metadata: metadata)
    try model.validate()
    var results: [OrderedDictionary<String, Tensor>] = []
    for usesKernels in [true, false] {
      var options = SessionOptions()
      options.usesKernels = usesKernels
      let session = try Session(model: model, options: options)
      let outputs = try session.run(inputs.mapValues { .tensor($0) })
      results.append(try outputs.mapValues { try #require($0.tensor) })
    }
    #expect(results[0] == results[1])
    return results[0]
  }

  private static func value(_ name: String, _ shape: [Int]) -> Value {
    Value(name, .tensor(.float32, Shape(shape)))
  }

  private static func open(_ names: String...) -> [Value] { names.map { Value($0, nil) } }

  @Test func outputsMayBeInputsConstantsAndEachOther() throws {
    let graph = Graph(
      name: "g", nodes: [Node("Relu", inputs: ["x"], outputs: ["r"])],
      initializers: ["k": try floats([5, 6])], inputs: [Self.value("x", [2])],
      outputs: [
        Self.value("x", [2]), Self.value("k", [2]), Self.value("r", [2]),
      ])
    let found = try Self.run(graph, ["x": floats([-1, 2])])
    #expect(
      try found["x"] == floats([-1, 2]) && found["k"] == floats([5, 6]) && found["r"] == floats([0, 2]))
  }

  @Test func aGraphMayHaveNoNodes() throws {
    let graph = Graph(name: "g", inputs: [Self.value("x", [])], outputs: [Self.value("x", [])])
    #expect(try Self.run(graph, ["x": floats([3], [])])["x"] == floats([3], []))
  }

  @Test(arguments: [[0], [0, 3], [2, 0, 4], []] as [[Int]])
  func tensorsMayBeEmptyOrHaveNoDimensions(_ shape: [Int]) throws {
    let graph = Graph(
      name: "g",
      nodes: [
        Node("Mul", inputs: ["x", "x"], outputs: ["m"]), Node("Sigmoid", inputs: ["m"], outputs: ["s"]),
        Node("ReduceSum", inputs: ["s"], outputs: ["sum"], attributes: ["keepdims": .int(0)]),
        Node("Reshape", inputs: ["s", "flat"], outputs: ["f"]),
        Node("Softmax", inputs: ["f"], outputs: ["soft"]),
        Node("Concat", inputs: ["f", "f"], outputs: ["both"], attributes: ["axis": .int(0)]),
      ], initializers: ["flat": try longs([-1])], inputs: [Self.value("x", shape)],
      outputs: Self.open("s", "sum", "both", "soft"))
    let count = shape.reduce(1, *)
    let found = try Self.run(graph, ["x": Tensor(zeros: .float32, shape: shape)])
    #expect(found["s"]?.shape == shape && found["both"]?.shape == [2 * count])
    #expect(try found["sum"] == floats([Float(count) / 2], []))
    #expect(found["soft"]?.shape == [count])
  }

  @Test func convolutionsAndProductsMayBeEmpty() throws {
    let graph = Graph(
      name: "g",
      nodes: [
        Node("Conv", inputs: ["x", "w"], outputs: ["c"]), Node("Relu", inputs: ["c"], outputs: ["r"]),
        Node("GlobalAveragePool", inputs: ["r"], outputs: ["p"]),
        Node("MatMul", inputs: ["a", "b"], outputs: ["m"]),
      ], initializers: ["w": try Tensor(zeros: .float32, shape: [4, 3, 3, 3])],
      inputs: [Self.value("x", [0, 3, 8, 8]), Self.value("a", [2, 0]), Self.value("b", [0, 3])],
      outputs: Self.open("p", "m"))
    let found = try Self.run(
      graph,
      [
        "x": Tensor(zeros: .float32, shape: [0, 3, 8, 8]), "a": Tensor(zeros: .float32, shape: [2, 0]),
        "b": Tensor(zeros: .float32, shape: [0, 3]),
      ])
    #expect(found["p"]?.shape == [0, 4, 1, 1])
    // A sum of nothing is zero.
    #expect(try found["m"] == Tensor(zeros: .float32, shape: [2, 3]))
  }

  @Test func optionalInputsInTheMiddleAndOutputsMayBeLeftOut() throws {
    let graph = Graph(
      name: "g",
      nodes: [
        Node("Clip", inputs: ["x", "", "top"], outputs: ["c"]),
        Node("TopK", inputs: ["c", "one"], outputs: ["", "where"]),
        Node("Dropout", inputs: ["c"], outputs: ["d", "mask"]),
        Node("Split", inputs: ["c"], outputs: ["", "second"], attributes: ["num_outputs": .int(2)]),
      ], initializers: ["top": try floats([2], []), "one": try longs([1])], inputs: [Self.value("x", [4])],
      outputs: Self.open("where", "d", "second"))
    let found = try Self.run(graph, ["x": floats([-9, 1, 7, 0])])
    #expect(try found["where"] == longs([2]) && found["d"] == floats([-9, 1, 2, 0]))
    #expect(try found["second"] == floats([2, 0]))
  }

  @Test func subgraphsMayUseTheNamesOfOthersAfresh() throws {
    // Both branches, and the graph after them, call something `t`: none sees the other's.
    func branch(_ name: String, _ type: String) -> Graph {
      Graph(
        name: name,
        nodes: [
          Node(type, inputs: ["x"], outputs: ["t_inner"]), Node("Neg", inputs: ["t_inner"], outputs: ["o"]),
        ],
        outputs: Self.open("o"))
    }
    let graph = Graph(
      name: "g",
      nodes: [
        Node(
          "If", inputs: ["yes"], outputs: ["a"],
          attributes: ["else_branch": .graph(branch("e", "Abs")), "then_branch": .graph(branch("t", "Exp"))]),
        Node("Abs", inputs: ["x"], outputs: ["t_inner"]),
        Node("Add", inputs: ["a", "t_inner"], outputs: ["o"]),
      ], inputs: [Self.value("x", [1]), Value("yes", .tensor(.bool, []))], outputs: Self.open("o"))
    let found = try Self.run(graph, ["x": floats([0]), "yes": Tensor([true], shape: [])])
    #expect(try found["o"] == floats([-1]))
  }

  @Test func namesInABodyMayShadowThoseAround() throws {
    // The body's input `x` and its initializer `k` are its own, the graph's stay as they are.
    let body = Graph(
      name: "body",
      nodes: [
        Node("Add", inputs: ["x", "k"], outputs: ["next"]),
        Node("Identity", inputs: ["condition"], outputs: ["again"]),
      ], initializers: ["k": try floats([10])],
      inputs: [
        Value("turn", .tensor(.int64, [])), Value("condition", .tensor(.bool, [])), Self.value("x", [1]),
      ],
      outputs: Self.open("again", "next"))
    let graph = Graph(
      name: "g",
      nodes: [
        Node("Loop", inputs: ["turns", "", "x"], outputs: ["last"], attributes: ["body": .graph(body)]),
        Node("Sum", inputs: ["last", "x", "k"], outputs: ["y"]),
      ], initializers: ["k": try floats([1]), "turns": try longs([3], [])], inputs: [Self.value("x", [1])],
      outputs: Self.open("y"))
    #expect(try Self.run(graph, ["x": floats([100])])["y"] == floats([231]))
  }

  @Test func aChainMayHaveTenThousandNodes() throws {
    let nodes = (0..<10_000).map { index in
      Node(index % 2 == 0 ? "Neg" : "Identity", inputs: ["v\(index)"], outputs: ["v\(index + 1)"])
    }
    let graph = Graph(
      name: "g", nodes: nodes, inputs: [Self.value("v0", [3])], outputs: [Self.value("v10000", [3])])
    #expect(try Self.run(graph, ["v0": floats([1, 2, 3])])["v10000"] == floats([1, 2, 3]))
  }

  @Test func attributesComeInAnyOrderAndMetadataMayBeAnything() throws {
    let attributes: [(String, Attribute)] = [
      ("strides", .ints([2, 2])), ("pads", .ints([1, 1, 0, 0])), ("kernel_shape", .ints([2, 2])),
      ("group", .int(1)),
      ("dilations", .ints([1, 1])),
    ]
    var results: Set<[Double]> = []
    for order in [attributes, attributes.reversed()] {
      var node = Node(
        "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: OrderedDictionary(uniqueKeysWithValues: order)
      )
      node.metadata = ["pkg.torch.onnx.stack_trace": "somewhere", "": ""]
      let graph = Graph(
        name: "g", nodes: [node], initializers: ["w": try floats([1, 2, 3, 4], [1, 1, 2, 2])],
        inputs: [Self.value("x", [1, 1, 3, 3])], outputs: Self.open("y"))
      let found = try Self.run(
        graph, ["x": floats((1...9).map { Float($0) }, [1, 1, 3, 3])],
        metadata: ["labels": "{not json", "own/key": "\u{0}\u{1F600}"])
      results.insert(try #require(found["y"]).numbers)
    }
    #expect(results == [[4, 18, 36, 77]])
  }

  @Test func defaultsOfInputsMayBeReplaced() throws {
    let graph = Graph(
      name: "g", nodes: [Node("Add", inputs: ["x", "k"], outputs: ["y"])],
      initializers: ["k": try floats([1])],
      inputs: [Self.value("x", [1]), Self.value("k", [1])], outputs: Self.open("y"))
    #expect(try Self.run(graph, ["x": floats([1])])["y"] == floats([2]))
    #expect(try Self.run(graph, ["x": floats([1]), "k": floats([9])])["y"] == floats([10]))
  }

  @Test func beforeFormatVersion4InitializersAreNoDefaults() throws {
    func model(irVersion: Int, declared: [Dimension] = [2]) throws -> Model {
      let graph = Graph(
        name: "g", nodes: [Node("Reshape", inputs: ["x", "k"], outputs: ["y"])],
        initializers: ["k": try Tensor(integers: [3, 2], as: .int64, shape: [2])],
        inputs: [Self.value("x", [6]), Value("k", .tensor(.int64, Shape(declared)))], outputs: Self.open("y"))
      return Model(graph: graph, opsetImports: ["": 9], irVersion: irVersion)
    }
    // As an input it had to be listed, and is what it is; as a default it may be replaced.
    for (version, shape, inputs) in [
      (3, Shape([3, 2]), ["x"]), (4, Shape([.unknown, .unknown]), ["x", "k"]),
    ] {
      let upgraded = try model(irVersion: version).upgraded()
      #expect(upgraded.graph.inputs.map(\.name) == inputs)
      #expect(upgraded.problems().isEmpty)
      #expect(try upgraded.graph.inferringTypes().types["y"] == .tensor(.float32, shape))
      let session = try Session(model: model(irVersion: version))
      let found = try session.run(["x": .tensor(floats([1, 2, 3, 4, 5, 6]))])["y"]
      #expect(found == .tensor(try floats([1, 2, 3, 4, 5, 6], [3, 2])))
    }
    // One that does not fit its declaration is still found.
    let problems = try model(irVersion: 3, declared: [7]).formalities()
    #expect(problems.contains { $0.description.contains("'k'") })
  }
}
