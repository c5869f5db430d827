import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Weights stored in half precision with a cast behind them give the same bits as the float32 weights that the cast
/// would have made.
@Suite struct HalfWeightsTests {
  /// The model with its weights "w" stored as `type`: with a cast, and as the float32 tensor that it makes.
  private func variants(_ model: Model, _ type: ElementType) throws -> (stored: Model, cast: Model) {
    let half = try #require(model.graph.initializers["w"]).cast(to: type)
    var (stored, cast) = (model, model)
    stored.graph.initializers["w"] = nil
    stored.graph.initializers["h"] = half
    stored.graph.nodes.insert(
      Node("Cast", inputs: ["h"], outputs: ["w"], attributes: ["to": .int(1)]), at: 0)
    cast.graph.initializers["w"] = try half.cast(to: .float32)
    return (stored, cast)
  }

  private func agree(
    _ model: Model, set: String, threads: Int, _ type: ElementType, fuses: Bool = true, _ recipe: String
  ) throws {
    var generator = SeededGenerator(seed: 5)
    var inputs: OrderedDictionary<String, RuntimeValue> = [:]
    for input in model.graph.inputs {
      let shape = input.type?.shape?.fixedExtents ?? []
      inputs[input.name] = .tensor(try Tensor(generator.floats(shape.reduce(1, *)), shape: shape))
    }
    var options = SessionOptions()
    options.instructionSet = set
    options.threads = threads
    options.fusesNodes = fuses
    let (stored, cast) = try variants(model, type)
    let found = try Session(model: stored, options: options).run(inputs).values.first?.tensor
    let expected = try Session(model: cast, options: options).run(inputs).values.first?.tensor
    let bits = try #require(found).elements(of: Float.self).map(\.bitPattern)
    #expect(
      bits == (try #require(expected).elements(of: Float.self).map(\.bitPattern)),
      "\(recipe) on \(set), \(type)")
  }

  @Test(arguments: PlannedConvolutionTests.sets) func convolutions(set: String) throws {
    var generator = SeededGenerator(seed: 78)
    var compared = 0
    while compared < 120 {
      let recipe = PlannedConvolutionTests.Recipe(&generator)
      guard let model = try recipe.model(&generator) else { continue }
      compared += 1
      try agree(
        model, set: set, threads: 1 + compared % 2, compared % 3 == 0 ? .bfloat16 : .float16,
        fuses: compared % 4 > 0, "\(recipe)")
    }
  }

  @Test(arguments: PlannedConvolutionTests.sets) func products(set: String) throws {
    var generator = SeededGenerator(seed: 79)
    for number in 0..<120 {
      // From a map, whose blocks are read as they lie, or from rows.
      let rows = [1, 1, 2, 3, 20][number % 5]
      let channels = Int.random(in: 1...40, using: &generator)
      let side = Int.random(in: 1...3, using: &generator)
      let columns = Int.random(in: 1...300, using: &generator)
      let kind = number % 4
      let model = try Self.product(
        rows: rows, channels: channels, side: side, columns: columns, kind: kind, doubles: number % 8 != 1,
        &generator)
      try agree(
        model, set: set, threads: 1 + number % 2, number % 3 == 0 ? .bfloat16 : .float16,
        "\(rows) rows of \(channels)×\(side)×\(side) to \(columns), kind \(kind)")
    }
  }

  /// A map, read in the order of its blocks, times a matrix: `Gemm` with the weights as linear layers have them (kind 0)
  /// or turned (1), or `MatMul`.
  static func product(
    rows: Int, channels: Int, side: Int, columns: Int, kind: Int, doubles: Bool,
    _ generator: inout SeededGenerator
  ) throws -> Model {
    let inputs = channels * side * side
    var graph = Graph(name: "product")
    graph.inputs = [Value("x", .tensor(.float32, Shape([rows, channels, side, side])))]
    let shape = kind == 0 ? [columns, inputs] : [inputs, columns]
    graph.initializers["w"] = try Tensor(generator.floats(inputs * columns), shape: shape)
    graph.nodes = [
      Node("MaxPool", inputs: ["x"], outputs: ["m"], attributes: ["kernel_shape": .ints([1, 1])]),
      Node("Flatten", inputs: ["m"], outputs: ["f"], attributes: ["axis": .int(1)]),
      Node(
        kind < 2 ? "Gemm" : "MatMul", inputs: ["f", "w"], outputs: ["y"],
        attributes: kind == 0 ? ["transB": .int(1)] : kind == 1 ? ["alpha": .float(doubles ? 2 : 1)] : [:]),
    ]
    graph.outputs = [Value("y", nil)]
    return Model(graph: graph, opsetImports: ["": 17], irVersion: 8)
  }

  /// They stay halves up to packing, but not where somebody else reads the result of the cast.
  @Test(arguments: [false, true]) func staysHalf(isReadElsewhere: Bool) throws {
    let half = try Tensor([Float](repeating: 0.1, count: 6), shape: [2, 3]).cast(to: .float16)
    let float32 = ValueType.tensor(.float32, Shape([1, 3]))
    var plan = PlanGraph(
      nodes: [
        Node("Cast", inputs: ["h"], outputs: ["w"], attributes: ["to": .int(1)]),
        Node("Gemm", inputs: ["x", "w"], outputs: ["y"], attributes: ["transB": .int(1)]),
      ],
      types: [
        "x": float32, "h": .tensor(.float16, Shape([2, 3])), "w": .tensor(.float32, Shape([2, 3])),
        "y": .tensor(.float32, Shape([1, 2])),
      ],
      constants: ["h": half], inputs: ["x"], outputs: isReadElsewhere ? ["y", "w"] : ["y"])
    try Pass.foldConstants.rewrite(&plan)
    #expect(plan.weights("w")?.elementType == (isReadElsewhere ? .float32 : .float16))
    #expect(
      try plan.constant("w")?.elements(of: Float.self) == [Float](repeating: Float(Float16(0.1)), count: 6))
    #expect(plan.nodes.map(\.operatorType) == ["Gemm"])
    // The convolutions' cost model sees the float32 weights, once.
    let builder = PlanBuilder(
      graph: plan, kernels: try KernelSet.best(cap: nil), workers: 1,
      choice: .cost(measured: ConvolutionTuning()), errorBudget: 0, isForOneRun: false)
    #expect(builder.constantBytes == 6 * 4)
  }
}
