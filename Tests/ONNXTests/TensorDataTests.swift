import Files
import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import ONNX

/// Tensors' data stays in the file: what protobuf-c sees is the message without it.
@Suite struct TensorDataTests {
  /// A model whose tensors have every length about the one from which data is lifted out, at every nesting, so that the
  /// lengths around them need fewer bytes than they are written with.
  private static func model() throws -> Model {
    func numbers(_ count: Int) throws -> Tensor {
      try Tensor((0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + count) }, shape: [count])
    }
    var graph = Graph(name: "outer", outputs: [Value("y", nil)])
    for count in [0, 1, 2, 3, 4, 5, 62, 63, 64, 65, 66, 127, 128, 129, 16_383, 16_384, 100_000] {
      graph.initializers["w\(count)"] = try numbers(count)
    }
    graph.initializers["floats"] = try Tensor((0..<301).map { Float($0) / 3 }, shape: [7, 43])
    var inner = Graph(name: "inner", outputs: [Value("z", nil)])
    inner.initializers["a"] = try numbers(70)
    inner.nodes = [
      Node("Constant", inputs: [], outputs: ["z"], attributes: ["value": .tensor(try numbers(20_000))]),
      Node("Constant", inputs: [], outputs: ["s"], attributes: ["value": .tensor(try numbers(7))]),
    ]
    var middle = Graph(name: "middle", outputs: [Value("z", nil)])
    middle.nodes = [
      Node(
        "If", inputs: ["c"], outputs: ["z"],
        attributes: ["then_branch": .graph(inner), "else_branch": .graph(inner)])
    ]
    graph.nodes = [
      Node(
        "If", inputs: ["c"], outputs: ["y"],
        attributes: ["then_branch": .graph(middle), "else_branch": .graph(inner)]),
      Node(
        "Op", inputs: [], outputs: ["q"],
        attributes: ["ts": .tensors([try numbers(300), try numbers(3), try numbers(90)])]),
    ]
    return Model(graph: graph, opsetImports: ["": 17], irVersion: 8)
  }

  @Test func everyLengthIsReadAtEveryNesting() throws {
    let folder = try ScratchFolder()
    let model = try Self.model()
    try ONNXWriter(externalData: .never).write(model, path: folder.file("m.onnx"))
    #expect(try ONNXReader().model(path: folder.file("m.onnx")) == model)
  }

  @Test func oddAddressesAreReadAsElements() throws {
    let folder = try ScratchFolder()
    let values = (0..<100).map { Float($0) }
    var addresses: Set<Int> = []
    for length in 1...4 {
      var graph = Graph(name: String(repeating: "g", count: length))
      graph.initializers["w"] = try Tensor(values, shape: [100])
      let path = folder.file("\(length).onnx")
      try ONNXWriter(externalData: .never).write(
        Model(graph: graph, opsetImports: ["": 17], irVersion: 8), path: path)
      let read = try #require(try ONNXReader().model(path: path).graph.initializers["w"])
      read.withBytes { addresses.insert(Int(bitPattern: $0.baseAddress) % 4) }
      #expect(try read.elements(of: Float.self) == values)
      // The copy is made once, and is there for every other holder of the tensor too.
      let first = try read.withElements(of: Float.self) { $0.baseAddress }
      #expect(try read.withElements(of: Float.self) { $0.baseAddress } == first)
    }
    #expect(addresses == [0, 1, 2, 3])
  }

  /// A message's field of bytes, short enough that the length is one byte.
  private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(bytes.count)] + bytes
  }

  /// A model whose one initializer is an uint8 tensor of 64 elements with these further fields.
  private static func model(tensorFields: [UInt8]) -> FileBytes {
    let tensor = field(1, [64]) + [2 << 3, 2] + field(8, [0x77]) + tensorFields
    return FileBytes(copying: [1 << 3, 8] + longField(7, longField(5, tensor)))
  }

  /// The same with a length of three bytes, of which the last is a leading zero.
  private static func longField(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(bytes.count & 0x7F) | 0x80, UInt8(bytes.count >> 7) | 0x80, 0] + bytes
  }

  @Test func lengthsMayHaveLeadingZeros() throws {
    let data = (0..<64).map { UInt8($0) }
    let model = try ONNXReader().model(Self.model(tensorFields: Self.longField(9, data)), path: "m.onnx")
    #expect(try model.graph.initializers["w"]?.elements(of: UInt8.self) == data)
  }

  @Test func segmentsAndSecondDataAreRefused() throws {
    let data = Self.field(9, [UInt8](repeating: 1, count: 64))
    for fields in [Self.field(3, [8, 0, 16, 64]), Self.field(3, [8, 0, 16, 64]) + data, data + data] {
      #expect(throws: ONNXError.self) {
        try ONNXReader().model(Self.model(tensorFields: fields), path: "m.onnx")
      }
    }
  }
}
