import Graph
import Testing
import Vision

@Suite struct ResultTests {
  @Test func logitsBecomeRankedProbabilities() throws {
    let labels = ClassLabels(names: ["a", "b", "c", "d"])
    let result = try Classification(scores: [0, 2, -1, 2], labels: labels).predictions
    #expect(result.map(\.label) == ["b", "d", "a", "c"])
    #expect(result.map(\.index) == [1, 3, 0, 2])
    #expect(result.map(\.rank) == [1, 2, 3, 4])
    #expect(result.map(\.score) == [2, 2, 0, -1])
    // e² ÷ (2 e² + 1 + e⁻¹)
    #expect(abs(result[0].probability - 0.457_640_278) < 1e-9)
    #expect(abs(result.map(\.probability).reduce(0, +) - 1) < 1e-12)
    #expect(try Classification(scores: [1000, 0]).predictions[0].probability == 1)
    #expect(try Classification(scores: [-.infinity, 3]).predictions.map(\.probability) == [1, 0])
    #expect(
      try Classification(scores: [-.infinity, -.infinity]).predictions.map(\.probability) == [0.5, 0.5])
  }

  @Test func probabilitiesAreNotSoftenedTwice() throws {
    let given = [0.2, 0.7, 0.1]
    #expect(try Classification(scores: given).predictions.map(\.probability) == [0.7, 0.2, 0.1])
    #expect(try Classification(scores: given, kind: .logits).predictions[0].probability < 0.5)
    #expect(
      try Classification(scores: [0.9, 0.8], kind: .independent).predictions.map(\.probability) == [0.9, 0.8])
    #expect(try Classification(scores: [1.5, -0.5]).predictions[0].probability > 0.8)
  }

  @Test func scoresThatAreNoneAreRefused() {
    #expect(throws: PictureError.self) { try Classification(scores: []) }
    #expect(throws: PictureError.self) { try Classification(scores: [1, .nan]) }
    #expect(throws: PictureError.self) { try Classification(scores: [1, .infinity]) }
    #expect(throws: PictureError.self) {
      try Classification(scores: [1, 2], labels: ClassLabels(names: ["a"]))
    }
  }

  @Test func outputsOfSeveralShapesAreRows() throws {
    func rows(_ shape: [Int]) throws -> [[Double]]? {
      let count = shape.reduce(1, *)
      let tensor = try Tensor((0..<count).map { Float($0) }, shape: shape)
      return try Classification.rows(of: tensor)?.map { $0.predictions.map(\.score) }
    }
    #expect(try rows([2, 3]) == [[2, 1, 0], [5, 4, 3]])
    #expect(try rows([2, 3, 1, 1]) == [[2, 1, 0], [5, 4, 3]])
    #expect(try rows([3]) == [[2, 1, 0]])
    #expect(try rows([0, 3]) == [])
    #expect(try rows([2, 3, 4]) == nil && rows([]) == nil && rows([2, 1]) == nil)
    #expect(try Classification.rows(of: Tensor([Int64(1), 2], shape: [1, 2])) == nil)
  }

  private func graph(_ nodes: [Node], outputs: [String]) -> Graph {
    Graph(
      name: "g", nodes: nodes, inputs: [Value("x", .tensor(.float32, [1, 4, 8, 8]))],
      outputs: outputs.map { Value($0, nil) })
  }

  @Test func theLastNodeTellsWhatScoresAre() {
    for (kind, expected) in [
      ("Softmax", .probabilities), ("LogSoftmax", .logits), ("Sigmoid", .independent), ("Gemm", nil),
    ] as [(String, Classification.Scores?)] {
      let graph = graph([Node(kind, inputs: ["x"], outputs: ["y"])], outputs: ["y"])
      #expect(graph.scores(of: "y") == expected, "\(kind)")
    }
  }

  /// CBAM's gates in the forms that exporters write, and gates that are no attention.
  @Test func gatesAreFound() {
    let nodes = [
      Node("GlobalAveragePool", inputs: ["x"], outputs: ["pooled"]),
      Node("Sigmoid", name: "channel", inputs: ["pooled"], outputs: ["gate"]),
      Node("Reshape", inputs: ["gate", "shape"], outputs: ["reshaped"]),
      Node("Expand", inputs: ["reshaped", "shape2"], outputs: ["expanded"]),
      Node("Mul", inputs: ["x", "expanded"], outputs: ["weighted"]),
      Node("Sigmoid", inputs: ["plane"], outputs: ["spatial"]),
      Node("Mul", inputs: ["spatial", "weighted"], outputs: ["y"]),
      // SiLU gates a value with itself.
      Node("Sigmoid", inputs: ["y"], outputs: ["sigmoid"]),
      Node("Mul", inputs: ["y", "sigmoid"], outputs: ["silu"]),
      Node("Sigmoid", inputs: ["silu"], outputs: ["alone"]),
    ]
    let found = graph(nodes, outputs: ["alone"]).attentionValues()
    #expect(
      found.map(\.node) == ["channel", "spatial"] && found.map(\.value) == ["gate", "spatial"])
  }

  @Test func shapesTellTheKindOfAttention() throws {
    func map(_ shape: [Int], row: Int = 0) throws -> AttentionMap? {
      try AttentionMap(Tensor((0..<shape.reduce(1, *)).map { Float($0) }, shape: shape), row: row)
    }
    for shape in [[2, 3], [2, 3, 1, 1], [2, 1, 1, 3]] {
      #expect(try map(shape, row: 1) == .channel([3, 4, 5]), "\(shape)")
    }
    let heat = try HeatMap(width: 3, height: 2, values: [6, 7, 8, 9, 10, 11])
    #expect(try map([2, 1, 2, 3], row: 1) == .spatial(heat))
    #expect(try map([2, 2, 3, 1], row: 1) == .spatial(heat))
    #expect(try map([1, 4, 2, 3]) == nil && map([3]) == nil && map([2, 3], row: 2) == nil)
    #expect(throws: PictureError.self) {
      try AttentionMap(Tensor([Float.nan, 0, 0, 0], shape: [1, 1, 2, 2]), row: 0)
    }
  }
}
