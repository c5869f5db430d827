import Checkpoint
import Export
import Files
import Graph
import Interpreter
import OrderedCollections
import TestSupport
import Testing

/// Whole networks, planned and fused, against their plain definitions.
@Suite struct PlannedSessionTests {
  static let instructionSets = ["avx512", "avx2", "neon", "portable"]

  /// The sets that this machine can run; the portable one always.
  static let available = instructionSets.filter { name in
    var options = SessionOptions()
    options.instructionSet = name
    let graph = Graph(
      name: "", nodes: [Node("Relu", inputs: ["x"], outputs: ["y"])],
      inputs: [Value("x", .tensor(.float32, [1]))],
      outputs: [Value("y", .tensor(.float32, [1]))])
    let model = Model(graph: graph, opsetImports: ["": 17], irVersion: 8)
    return (try? Session(model: model, options: options)) != nil
  }

  struct Network: Sendable, CustomStringConvertible {
    let file: String
    let side: Int
    var description: String { file }
  }

  static let networks = [
    Network(file: "tiny_cbam_cnn.ckpt", side: 12), Network(file: "tiny_resnet_cifar.ckpt", side: 10),
    Network(file: "tiny_resnet_bottleneck.ckpt", side: 24), Network(file: "tiny_mobilenetv2.ckpt", side: 32),
    Network(file: "tiny_resnet_whole.pt", side: 10),
  ]

  private func model(_ network: Network, keepsBatchNorm: Bool = false) throws -> Model {
    var options = ExportOptions()
    options.keepsBatchNorm = keepsBatchNorm
    options.lowering.size = Preprocessing.Size(height: network.side, width: network.side)
    options.lowering.attentionOutputs = true
    return try Exporter.export(try PyTorchFixtureTests.weights(file: network.file), options: options).model
  }

  private func inputs(_ model: Model, batch: Int) throws -> OrderedDictionary<String, RuntimeValue> {
    try RandomInputs(batch: batch, seed: UInt64(batch)).values(for: model.graph)
  }

  /// The largest difference of two runs' outputs, as a share of each output's largest number.
  private func difference(
    _ one: OrderedDictionary<String, RuntimeValue>, _ other: OrderedDictionary<String, RuntimeValue>
  ) throws -> Double {
    #expect(one.keys == other.keys)
    var worst = 0.0
    for (name, value) in one {
      let (left, right) = (try #require(value.tensor), try #require(other[name]?.tensor))
      #expect(left.shape == right.shape, "\(name)")
      let scale = max(try right.doubles().map(\.magnitude).max() ?? 0, 1e-3)
      for (a, b) in zip(try left.doubles(), try right.doubles()) {
        worst = max(worst, (a - b).isNaN ? .infinity : abs(a - b) / scale)
      }
    }
    return worst
  }

  @Test(arguments: networks, available)
  func plannedIsAsDefined(network: Network, set: String) throws {
    for keepsBatchNorm in [false, true] {
      let model = try model(network, keepsBatchNorm: keepsBatchNorm)
      var plain = SessionOptions()
      plain.usesKernels = false
      let definition = try Session(model: model, options: plain)
      var options = SessionOptions()
      options.instructionSet = set
      var unfused = options
      unfused.fusesNodes = false
      let sessions = [
        try Session(model: model, options: options), try Session(model: model, options: unfused),
      ]
      for batch in [1, 2, 5] {
        let inputs = try inputs(model, batch: batch)
        let expected = try definition.run(inputs)
        for (session, kind) in zip(sessions, ["fused", "unfused"]) {
          let found = try difference(try session.run(inputs), expected)
          #expect(found < 2e-5, "\(network), \(set), \(kind), batch \(batch): \(found)")
        }
      }
    }
  }

  @Test(arguments: networks) func threadsChangeNothing(network: Network) throws {
    let model = try model(network)
    for batch in [1, 3] {
      let inputs = try inputs(model, batch: batch)
      var results: [OrderedDictionary<String, RuntimeValue>] = []
      for threads in [1, 2, 3, 5] {
        var options = SessionOptions()
        options.threads = threads
        let session = try Session(model: model, options: options)
        for _ in 0..<3 { results.append(try session.run(inputs)) }
      }
      for result in results { #expect(result == results[0], "\(network), batch \(batch)") }
    }
  }

  @Test func everyBlockIsRecognised() throws {
    for (network, blocks) in zip(Self.networks, [2, 4, 4, 9, 4]) {
      let model = try model(network)
      let session = try Session(model: model)
      let steps = try session.steps(for: try inputs(model, batch: 1))
      #expect(steps.filter { $0.operatorType == "CBAM" }.count == blocks, "\(network)")
      #expect(!steps.contains { $0.kernel.contains("definition") }, "\(network): \(steps.map(\.kernel))")
      var options = SessionOptions()
      options.fusesNodes = false
      let unfused = try Session(model: model, options: options)
      #expect(try !unfused.steps(for: try inputs(model, batch: 1)).contains { $0.operatorType == "CBAM" })
    }
  }
}
