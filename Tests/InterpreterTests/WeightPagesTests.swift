import Graph
import ONNX
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Of weights that were packed, or used for the only run, the file's pages leave memory.
@Suite struct WeightPagesTests {
  /// A CBAM block, and behind it convolutions of all kinds and a dense layer, all with large weights.
  private func model(_ layers: [AttentionFormsTests.Layer], storedAs type: ElementType) throws -> Model {
    var generator = SeededGenerator(seed: 83)
    let channels = 1024
    let block = try AttentionFormsTests.Block(
      shape: [1, channels, 4, 4], hidden: 128, kernelSize: 7, type: type, hasBiases: false,
      reshapesBeforeSigmoid: false, &generator)
    var model = try block.model(layers, storedAs: type, sharesWeights: true)
    func add(
      _ operatorType: String, _ name: String, _ shape: [Int],
      _ attributes: OrderedDictionary<String, Attribute>
    )
      throws
    {
      model.graph.initializers[name] = try Tensor(generator.floats(shape.reduce(1, *)), shape: shape)
      let input = operatorType == "Gemm" ? "row" : "y"
      model.graph.nodes.append(
        Node(operatorType, inputs: [input, name], outputs: ["\(name)/out"], attributes: attributes))
      model.graph.outputs.append(Value("\(name)/out", nil))
    }
    model.graph.nodes.append(Node("Flatten", inputs: ["y"], outputs: ["row"], attributes: ["axis": .int(1)]))
    try add("Conv", "3x3", [64, channels, 3, 3], ["pads": .ints([1, 1, 1, 1])])
    try add(
      "Conv", "strided", [64, channels, 3, 3], ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])])
    try add("Conv", "1x1", [512, channels, 1, 1], [:])
    try add("Gemm", "dense", [64, channels * 16], ["transB": .int(1)])
    return model
  }

  @Test(arguments: [ElementType.float32, .float16], [false, true])
  func packedWeightsLeave(type: ElementType, expectsOneRun: Bool) throws {
    let folder = try ScratchFolder()
    for layers in [[AttentionFormsTests.Layer.convolution, .convolution], [.product, .sum]] {
      try ONNXWriter().write(try model(layers, storedAs: type), path: folder.file("model.onnx"))
      let read = try ONNXReader().model(path: folder.file("model.onnx"))
      var options = SessionOptions()
      options.expectsOneRun = expectsOneRun
      options.threads = 2
      let session = try Session(model: read, options: options)
      _ = try session.run(try RandomInputs(batch: 1, seed: 1).values(for: read.graph))
      var large = 0
      for (name, tensor) in session.model.graph.initializers where tensor.byteCount >= 200_000 {
        large += 1
        let pages = try tensor.withBytes { try presentPages($0) }
        let present = pages.filter { $0 }.count
        // The system brings pages in by sixteen: those at either end stay, and what lies around what was read last.
        #expect(present <= 32 && present * 2 < pages.count, "\(name): \(present) of \(pages.count) pages")
      }
      #expect(large == 6)
    }
  }
}
