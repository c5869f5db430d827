import COnnxProto
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
      _ = read.withBytes { addresses.insert(Int(bitPattern: $0.baseAddress) % 4) }
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

  @Test func segmentsAreRefused() throws {
    let data = Self.field(9, [UInt8](repeating: 1, count: 64))
    for fields in [Self.field(3, [8, 0, 16, 64]), Self.field(3, [8, 0, 16, 64]) + data] {
      #expect(throws: ONNXError.self) {
        try ONNXReader().model(Self.model(tensorFields: fields), path: "m.onnx")
      }
    }
  }

  @Test func secondDataIsRefused() throws {
    let data = Self.field(9, [UInt8](repeating: 1, count: 64))
    let error = #expect(throws: ONNXError.self) {
      try ONNXReader().model(Self.model(tensorFields: data + data), path: "m.onnx")
    }
    #expect(
      error?.description
        == "m.onnx: not an ONNX file: a second raw_data, which may be given once, in graph.initializer at byte 84"
    )
  }

  /// Protobuf would take the second tensor's data; the first's, being large, is lifted out before.
  @Test func aTensorInTwoPartsIsRefused() throws {
    func tensor(_ count: Int) -> [UInt8] {
      [2 << 3, 2] + Self.field(1, [UInt8(count)]) + Self.field(9, [UInt8](repeating: 1, count: count))
    }
    func model(_ tensors: [UInt8]) -> FileBytes {
      let attribute = Self.field(1, Array("value".utf8)) + tensors + [20 << 3 & 0x7F | 0x80, 20 >> 4, 4]
      let node =
        Self.field(2, Array("y".utf8)) + Self.field(4, Array("Constant".utf8)) + Self.longField(5, attribute)
      return FileBytes(copying: [1 << 3, 8] + Self.longField(7, Self.longField(1, node)))
    }
    let once = try ONNXReader().model(model(Self.field(5, tensor(70))), path: "m.onnx")
    #expect(
      once.graph.nodes.first?.attributes["value"]
        == .tensor(try Tensor([UInt8](repeating: 1, count: 70), shape: [70])))
    for counts in [(70, 3), (3, 70), (70, 70), (3, 3)] {
      let twice = Self.field(5, tensor(counts.0)) + Self.field(5, tensor(counts.1))
      let error = #expect(throws: ONNXError.self) { try ONNXReader().model(model(twice), path: "m.onnx") }
      #expect(
        error?.description.contains("a second t, which may be given once, in graph.node.attribute") == true)
    }
  }

  /// Every field of every message of the format that holds one message.
  @Test func noMessageIsMerged() throws {
    var left = [
      Descriptor.model, Descriptor.tensor, Descriptor.sparseTensor, Descriptor.sequence, Descriptor.optional,
      Descriptor.map,
    ]
    var known = Set(left)
    var refused: Set<String> = []
    while let descriptor = left.popLast() {
      for field in UnsafeBufferPointer(
        start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
      where field.type == PROTOBUF_C_TYPE_MESSAGE {
        let inner = try #require(field.descriptor).assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
        if known.insert(inner).inserted { left.append(inner) }
        let name = "\(String(cString: descriptor.pointee.short_name)).\(String(cString: field.name))"
        // No segment may occur at all.
        if field.label == PROTOBUF_C_LABEL_REPEATED || name == "TensorProto.segment" { continue }
        let tag = field.id << 3 | 2
        let empty = (tag < 0x80 ? [UInt8(tag)] : [UInt8(tag & 0x7F | 0x80), UInt8(tag >> 7)]) + [0]
        func check(_ bytes: [UInt8]) throws {
          try bytes.withUnsafeBytes { bytes in
            var check = WireCheck(path: name, bytes: bytes, limits: ReaderLimits())
            try check.run(descriptor)
          }
        }
        try check(empty)
        #expect(throws: ONNXError.self, "\(name)") { try check(empty + empty) }
        refused.insert(name)
      }
    }
    #expect(
      refused.isSuperset(of: [
        "ModelProto.graph", "AttributeProto.g", "ValueInfoProto.type", "TypeProto.tensor_type",
      ]))
  }
}
