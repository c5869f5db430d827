import Export
import Files
import Graph
import Interpreter
import ONNX
import OrderedCollections
import TestSupport
import Testing

@Suite struct CBAMCNNTests {
  static let networks = [
    SyntheticNetwork(), SyntheticNetwork(widths: [8]), SyntheticNetwork(widths: [4, 8, 8, 16], side: 32),
    SyntheticNetwork(inputChannels: 1, spatialKernel: 3, hasBias: false, side: 8),
    SyntheticNetwork(widths: [16, 32, 64], ratio: 16, side: 16, classes: 2),
  ]

  @Test(arguments: networks)
  func everythingIsInferredFromNamesAndShapes(network: SyntheticNetwork) throws {
    let weights = Weights(tensors: try network.tensors())
    let found = try Architectures.recognize(weights)
    let facts = Dictionary(uniqueKeysWithValues: found.facts.map { ($0.label, $0.value) })
    #expect(facts["family"] == "cbam_cnn")
    #expect(facts["input channels"] == "\(network.inputChannels)")
    #expect(facts["widths"] == network.widths.map(String.init).joined(separator: ", "))
    #expect(facts["CBAM ratio"] == "\(network.ratio)")
    #expect(facts["spatial kernel"] == "\(network.spatialKernel)×\(network.spatialKernel)")
    #expect(facts["hidden"] == "\(network.hidden)")
    #expect(facts["classes"] == "\(network.classes)")
    #expect(try found.inputSize(LoweringOptions())?.height == network.side)
  }

  @Test(arguments: networks)
  func foldingKeepsTheAnswer(network: SyntheticNetwork) throws {
    let weights = Weights(tensors: try network.tensors())
    let input = try network.input(batch: 2)
    var options = ExportOptions()
    let folded = try Exporter.export(weights, options: options).model
    options.keepsBatchNorm = true
    let kept = try Exporter.export(weights, options: options).model
    #expect(folded.graph.nodes.contains { $0.operatorType == "BatchNormalization" } == false)
    #expect(kept.graph.nodes.count { $0.operatorType == "BatchNormalization" } == network.widths.count)
    let answers = try [folded, kept].map { model in
      try #require(try ReferenceEvaluator(model: model).run(["input": .tensor(input)])["logits"]?.tensor)
        .doubles()
    }
    for (one, other) in zip(answers[0], answers[1]) { #expect(abs(one - other) < 1e-5, "\(network)") }
  }

  @Test func valuesAreNamedAfterModulesAndTyped() throws {
    let network = SyntheticNetwork()
    let model = try Exporter.export(Weights(tensors: try network.tensors()), options: ExportOptions()).model
    let names = model.graph.nodes.map(\.name)
    for expected in ["cbam1.channel_attn.fc.0#0", "cbam2.spatial_attn.conv", "relu2#1", "pool1", "logits"] {
      #expect(names.contains(expected), "\(expected) in \(names)")
    }
    #expect(model.graph.valueInfo["cbam1"]?.type == .tensor(.float32, [.named("batch"), 8, 6, 6]))
    #expect(
      model.graph.valueInfo["cbam1.channel_attn.fc.0#1"]?.type == .tensor(.float32, [.named("batch"), 2]))
    #expect(model.graph.outputs.first?.type == .tensor(.float32, [.named("batch"), 5]))
    let written = Set(model.graph.nodes.flatMap(\.outputs))
    let typed = Set(model.graph.valueInfo.keys).union(model.graph.outputs.map(\.name))
    #expect(written == typed)
  }

  @Test func attentionCanBeAnOutput() throws {
    let network = SyntheticNetwork()
    var options = ExportOptions()
    options.lowering.attentionOutputs = true
    options.lowering.batch = 3
    let model = try Exporter.export(Weights(tensors: try network.tensors()), options: options).model
    #expect(
      model.graph.outputs.map(\.name) == [
        "logits", "cbam1.channel_attn.sigmoid", "cbam1.spatial_attn.sigmoid", "cbam2.channel_attn.sigmoid",
        "cbam2.spatial_attn.sigmoid",
      ])
    #expect(model.graph.outputs[2].type == .tensor(.float32, [3, 1, 6, 6]))
  }

  @Test func sameInputSameBytes() throws {
    let folder = try ScratchFolder()
    for name in ["a.onnx", "b.onnx"] {
      let model = try Exporter.export(
        Weights(tensors: try SyntheticNetwork().tensors()), options: ExportOptions()
      ).model
      try ONNXWriter().write(model, path: folder.file(name))
    }
    #expect(try readFile(folder.file("a.onnx")) == readFile(folder.file("b.onnx")))
  }

  @Test(arguments: [
    ("cbam2.channel_attn.fc.2.weight", [16, 5], "cbam2.channel_attn.fc.0.weight"),
    ("conv2.weight", [16, 9, 3, 3], "conv1.weight"), ("bn1.running_var", [7], "conv1.weight"),
    ("fc2.weight", [5, 11], "fc1.weight"), ("fc1.weight", [10, 145], "conv2.weight"),
  ])
  func shapesThatDoNotFitNameBothTensors(name: String, shape: [Int], other: String) throws {
    var tensors = try SyntheticNetwork().tensors()
    tensors[name] = try Tensor(zeros: .float32, shape: shape)
    let weights = Weights(tensors: tensors)
    let error = #expect(throws: ExportError.self) { try Architectures.recognize(weights) }
    guard case .shapeConflict(let one, _, let two, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(Set([one, two]) == [name, other])
  }

  @Test func anUnknownNetworkIsDescribed() throws {
    let weights = Weights(tensors: [
      "backbone.stem.weight": try Tensor(zeros: .float32, shape: [4, 3, 3, 3]),
      "backbone.stem.bias": try Tensor(zeros: .float32, shape: [4]),
      "head.weight": try Tensor(zeros: .float32, shape: [2, 4]),
    ])
    let error = #expect(throws: ExportError.self) { try Architectures.recognize(weights) }
    let text = try #require(error?.description)
    #expect(text.contains("backbone.stem: weight [4, 3, 3, 3], bias [4]"))
    #expect(text.contains("head: weight [2, 4]"))
    #expect(text.contains("cbam_cnn"))
  }

  @Test func tensorsThatNobodyUsesAreRefused() throws {
    var tensors = try SyntheticNetwork().tensors()
    tensors["extra.weight"] = try Tensor(zeros: .float32, shape: [1])
    let weights = Weights(tensors: tensors)
    #expect(throws: ExportError.unusedTensors(["extra.weight"], family: "cbam_cnn")) {
      try Exporter.export(weights, options: ExportOptions())
    }
  }

  @Test func sizesThatFc1DoesNotAllowAreRefused() throws {
    let weights = Weights(tensors: try SyntheticNetwork().tensors())
    var options = ExportOptions()
    options.lowering.size = Preprocessing.Size(height: 20, width: 12)
    #expect(throws: ExportError.self) { try Exporter.export(weights, options: options) }
    options.lowering.size = Preprocessing.Size(height: 13, width: 15)
    let model = try Exporter.export(weights, options: options).model
    #expect(model.graph.inputs[0].type == .tensor(.float32, [.named("batch"), 3, 13, 15]))
  }
}
