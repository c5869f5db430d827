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
    var description: String { name }
  }

  static let fixtures = [
    Fixture(name: "tiny_cbam_cnn", family: "cbam_cnn", size: 12, leastValues: 35),
    Fixture(name: "tiny_resnet_cifar", family: "resnet_cbam", size: 10, leastValues: 20),
    Fixture(name: "tiny_resnet_bottleneck", family: "resnet_cbam", size: 24, leastValues: 25),
    Fixture(name: "tiny_mobilenetv2", family: "mobilenetv2_cbam", size: 32, leastValues: 60),
  ]

  static func path(_ name: String) -> String { "\(Peer.packageRoot)/Tests/ExportTests/Fixtures/\(name)" }

  static func weights(_ fixture: Fixture) throws -> Weights {
    Weights(try CheckpointFile.open(path: path(fixture.name + ".ckpt")).stateDict())
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
}
