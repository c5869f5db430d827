import Checkpoint
import Export
import Files
import Graph
import Interpreter
import OrderedCollections
import TestSupport
import Testing

/// Checkpoints that PyTorch wrote, against PyTorch's own activations.
@Suite struct PyTorchFixtureTests {
  /// A fixture; how many of PyTorch's values our graph must hold under the same name.
  struct Fixture: Sendable, CustomStringConvertible {
    let name: String
    let family: String
    let size: Int
    let leastValues: Int
    var isWhole = false
    var file: String { name + (isWhole ? ".pt" : ".ckpt") }
    var description: String { name }
  }

  static let fixtures = [
    Fixture(name: "tiny_cbam_cnn", family: "cbam_cnn", size: 12, leastValues: 35),
    Fixture(name: "tiny_resnet_cifar", family: "resnet_cbam", size: 10, leastValues: 20),
    Fixture(name: "tiny_resnet_bottleneck", family: "resnet_cbam", size: 24, leastValues: 25),
    Fixture(name: "tiny_mobilenetv2", family: "mobilenetv2_cbam", size: 32, leastValues: 60),
    Fixture(name: "tiny_resnet_whole", family: "resnet_cbam", size: 10, leastValues: 20, isWhole: true),
  ]

  static func path(_ name: String) -> String { "\(Peer.packageRoot)/Tests/ExportTests/Fixtures/\(name)" }

  static func weights(_ fixture: Fixture) throws -> Weights {
    try weights(file: fixture.file)
  }

  static func weights(file: String) throws -> Weights {
    try Weights(try CheckpointFile.open(path: path(file)).stateDict())
  }

  @Test(arguments: fixtures, [false, true])
  func everyModuleAnswersAsInPyTorch(fixture: Fixture, keepsBatchNorm: Bool) throws {
    var options = ExportOptions()
    options.keepsBatchNorm = keepsBatchNorm
    options.lowering.size = Preprocessing.Size(height: fixture.size, width: fixture.size)
    let exported = try Exporter.export(try Self.weights(fixture), options: options)
    #expect(exported.model.metadata["architecture"] == fixture.family)
    let expected = try NumPyFile(path: Self.path(fixture.name + ".npz"))
    let input = try expected.array(named: "input").tensor()
    var compared = 0
    let session = try Session(model: exported.model)
    let outputs = try session.run(["input": .tensor(input)]) { _, name, value in
      guard let theirs = expected.arrays[name], let ours = value.tensor else { return }
      let reference = try theirs.tensor().doubles()
      let found = try ours.doubles()
      #expect(found.count == reference.count, "\(name)")
      let scale = max(1, reference.map(\.magnitude).max() ?? 1)
      let worst = zip(found, reference).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= 1e-5 * scale, "\(fixture) \(name): \(worst)")
      compared += 1
    }
    #expect(compared >= fixture.leastValues, "only \(compared) values have PyTorch's names")
    let logits = try #require(outputs["logits"]?.tensor).doubles()
    let theirs = try expected.array(named: "logits").tensor().doubles()
    for (one, other) in zip(logits, theirs) {
      #expect(abs(one - other) <= 1e-5, "\(fixture): \(one), \(other)")
    }
  }

  @Test(arguments: fixtures)
  func halfPrecisionStaysClose(fixture: Fixture) throws {
    var options = ExportOptions()
    options.precision = .float16
    options.lowering.size = Preprocessing.Size(height: fixture.size, width: fixture.size)
    let model = try Exporter.export(try Self.weights(fixture), options: options).model
    #expect(model.graph.initializers.values.allSatisfy { $0.elementType != .float32 })
    let expected = try NumPyFile(path: Self.path(fixture.name + ".npz"))
    let outputs = try Session(model: model).run([
      "input": .tensor(try expected.array(named: "input").tensor())
    ])
    let logits = try #require(outputs["logits"]?.tensor).doubles()
    let theirs = try expected.array(named: "logits").tensor().doubles()
    let scale = theirs.map(\.magnitude).max() ?? 1
    for (one, other) in zip(logits, theirs) { #expect(abs(one - other) <= 0.02 * scale, "\(one), \(other)") }
  }

  @Test func aDescriptionTellsWhatAStateDictDoesNot() throws {
    let whole = try Self.weights(file: "tiny_resnet_whole.pt")
    // The same tensors without what the modules say.
    var described = Weights(whole.entries)
    var normalization = LayerFacts()
    normalization.epsilon = 0.01
    var facts: [String: LayerFacts] = [:]
    for name in whole.entries.keys where name.hasSuffix(".running_mean") {
      facts[String(name.dropLast(".running_mean".count))] = normalization
    }
    facts["layer1.0.conv1", default: LayerFacts()].dilation = [2, 2]
    facts["layer1.0.conv1", default: LayerFacts()].padding = [2, 2]
    facts["layer2.0.conv1", default: LayerFacts()].stride = [1, 2]
    facts["layer2.0.downsample.0", default: LayerFacts()].stride = [1, 2]
    try described.describe(facts)
    let options = ExportOptions()
    let one = try Exporter.export(whole, options: options).model
    #expect(try Exporter.export(described, options: options).model == one)
    #expect(try Exporter.export(Weights(whole.entries), options: options).model != one)
  }

  @Test(arguments: [
    ("activation", "module 'relu1' is a SiLU, which cbam_cnn does not have"),
    ("class", "module 'conv1' is a '__main__.Standardized', which may compute something else"),
    ("padding", "module 'conv1' pads its input by 'reflect'"),
    ("pooling", "module 'pool2' is a AvgPool2d with settings that no known family has"),
  ])
  func networksThatComputeSomethingElseAreRefused(what: String, expected: String) throws {
    let error = #expect(throws: ExportError.self) {
      _ = try Exporter.export(try Self.weights(file: "refused_\(what).pt"), options: ExportOptions())
    }
    #expect(error.map { "\($0)" }?.hasPrefix(expected) == true, "\(String(describing: error))")
  }

  @Test func descriptionsOfWhatIsNotThereAreRefused() throws {
    var weights = try Self.weights(file: "tiny_cbam_cnn.ckpt")
    var stride = LayerFacts()
    stride.stride = [2, 2]
    #expect(throws: ExportError.layer("fc1", reason: "is no convolution")) {
      try weights.describe(["fc1": stride])
    }
    #expect(
      throws: ExportError.layer("conv9", reason: "is described, and the checkpoint has no 'conv9.weight'")
    ) { try weights.describe(["conv9": stride]) }
    var epsilon = LayerFacts()
    epsilon.epsilon = 1
    #expect(throws: ExportError.layer("conv1", reason: "is no BatchNorm")) {
      try weights.describe(["conv1": epsilon])
    }
  }
}
