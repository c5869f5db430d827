import Files
import Glibc
import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import ONNX

@Suite struct RoundTripTests {
  /// A model with something of everything that the format can hold.
  static func everything() throws -> Model {
    var graph = Graph(name: "everything", documentation: "a graph")
    let types = ElementType.allCases.filter { $0 != .string }
    for type in types { graph.initializers["w_\(type)"] = try Tensor(zeros: type, shape: [2, 3]) }
    graph.initializers["text"] = try Tensor(strings: ["a", "", "ü"], shape: [3])
    graph.initializers["scalar"] = try Tensor([1.5] as [Float], shape: [])
    graph.initializers["big"] = try Tensor((0..<1000).map { Float($0) }, shape: [10, 100])
    graph.sparseInitializers["sparse"] = SparseTensor(
      values: try Tensor([1] as [Float], shape: [1]), indices: try Tensor([3] as [Int64], shape: [1]),
      shape: [2, 2])
    graph.inputs = [
      Value(
        "x", .tensor(.float32, [.named("batch"), 3, .unknown, .named("h") * 2]), documentation: "the input"),
      Value("s", .sequence(.tensor(.int64, nil))), Value("o", .optional(.sequence(.tensor(.string, [])))),
      Value("m", .map(key: .int64, value: .tensor(.float32, nil))), Value("p", .sparseTensor(.float64, [4])),
    ]
    graph.outputs = [Value("y", .tensor(.float32, nil)), Value("open", nil)]
    graph.valueInfo["c"] = Value("c", .tensor(.float32, [1]))
    graph.quantizationAnnotations["c"] = ["SCALE_TENSOR": "scalar"]
    graph.metadata = ["k": "v"]
    let inner = Graph(
      name: "inner", nodes: [Node("Identity", inputs: ["x"], outputs: ["z"])], outputs: [Value("z", nil)])
    graph.nodes = [
      Node(
        "Op", name: "n", domain: "org.example", overload: "o", inputs: ["x", "", "text"],
        outputs: ["c", "", "d"],
        attributes: [
          "f": .float(-0.0), "i": .int(.min), "s": .string("ä"),
          "t": .tensor(try Tensor([1, 2] as [Int8], shape: [2])),
          "g": .graph(inner), "fs": .floats([1, .infinity]), "is": .ints([]), "ss": .strings(["", "b"]),
          "ts": .tensors([try Tensor([true], shape: [1])]), "gs": .graphs([inner, inner]),
          "ty": .type(.tensor(.bfloat16, [1])), "tys": .types([.sequence(.tensor(.float32, nil))]),
        ], documentation: "a node", metadata: ["a": "b"])
    ]
    let function = Function(
      name: "F", domain: "org.example", inputs: ["a"], outputs: ["b"], attributes: ["alpha"],
      attributeDefaults: ["beta": .float(2)],
      nodes: [
        Node(
          "Elu", inputs: ["a"], outputs: ["b"], attributes: ["alpha": .reference(name: "alpha", kind: .float)]
        )
      ], opsetImports: ["": 17])
    return Model(
      graph: graph, opsetImports: ["": 17, "org.example": 1], irVersion: 8, producerName: "p",
      producerVersion: "1",
      domain: "d", modelVersion: 3, documentation: "doc", metadata: ["labels": "a\nb"], functions: [function])
  }

  @Test(arguments: ExternalDataPolicy.allCases)
  func whatIsWrittenIsRead(policy: ExternalDataPolicy) throws {
    let folder = try ScratchFolder()
    let model = try Self.everything()
    try ONNXWriter(externalData: policy).write(model, path: folder.file("m.onnx"))
    #expect(folder.names == (policy == .always ? ["m.onnx", "m.onnx.data"] : ["m.onnx"]))
    let back = try ONNXReader().model(path: folder.file("m.onnx"))
    #expect(back == model)
  }

  private static func failure(_ bytes: FileBytes) -> ONNXError? {
    do throws(ONNXError) {
      _ = try ONNXReader().model(bytes, path: "m.onnx")
      return nil
    } catch { return error }
  }

  @Test func everyPrefixIsAnErrorOrASmallerModelAndNeverACrash() throws {
    let folder = try ScratchFolder()
    try ONNXWriter().write(try Self.everything(), path: folder.file("m.onnx"))
    let file = try MappedFile(path: folder.file("m.onnx")).withBytes { Array($0) }
    var cutShort = 0
    for length in file.indices {
      let error = Self.failure(FileBytes(copying: file[..<length]))
      switch error {
      case nil, .graph: break
      case .truncated: cutShort += 1
      default: Issue.record("\(length) bytes: \(String(describing: error))")
      }
    }
    #expect(cutShort > file.count * 9 / 10)
  }

  @Test func flippedBytesNeverCrash() throws {
    let folder = try ScratchFolder()
    try ONNXWriter().write(try Self.everything(), path: folder.file("m.onnx"))
    let original = try MappedFile(path: folder.file("m.onnx")).withBytes { Array($0) }
    var generator = SeededGenerator(seed: 1)
    var refused = 0
    for position in original.indices.prefix(1500) {
      var bytes = original
      bytes[position] = UInt8.random(in: 0...255, using: &generator)
      if Self.failure(FileBytes(copying: bytes)) != nil { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test func nestingIsLimited() throws {
    var graph = Graph(name: "leaf")
    for _ in 0..<40 {
      graph = Graph(name: "g", nodes: [Node("If", inputs: [], outputs: [], attributes: ["b": .graph(graph)])])
    }
    let folder = try ScratchFolder()
    try ONNXWriter().write(
      Model(graph: graph, opsetImports: ["": 17], irVersion: 8), path: folder.file("m.onnx"))
    let path = folder.file("m.onnx")
    let error = #expect(throws: ONNXError.self) { try ONNXReader().model(path: path) }
    #expect(
      error?.description.contains("the nesting at graph.node.attribute.g") == true,
      "\(String(describing: error))")
  }

  @Test func externalDataStaysInTheModelsFolder() throws {
    let folder = try ScratchFolder()
    try ONNXWriter(externalData: .always).write(try Self.everything(), path: folder.file("m.onnx"))
    let bytes = try MappedFile(path: folder.file("m.onnx")).withBytes { Array($0) }
    let name = Array("m.onnx.data".utf8)
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
    for (replacement, expected) in [
      ("../../etc/x", "leaves the model's folder"), ("/etc/passwd", "leaves the model's folder"),
      ("missing.bin", "can't open"),
    ] {
      var changed = bytes
      changed.replaceSubrange(start..<(start + name.count), with: replacement.utf8)
      let path = folder.file("m.onnx")
      let error = #expect(throws: ONNXError.self) {
        try ONNXReader().model(FileBytes(copying: changed), path: path)
      }
      #expect(error?.description.contains(expected) == true, "\(replacement): \(String(describing: error))")
    }
    truncate(folder.file("m.onnx.data"), 100)
    #expect(throws: ONNXError.self) { try ONNXReader().model(path: folder.file("m.onnx")) }
  }

  @Test func valuesOfTestFoldersRoundTrip() throws {
    let folder = try ScratchFolder()
    let tensor = try Tensor([1, 2] as [Int64], shape: [2])
    let values: [RuntimeValue] = [
      .tensor(tensor), .sequence([.tensor(tensor)], element: .tensor(.int64, nil)),
      .optional(nil, element: .tensor(.int64, nil)),
      .optional(.tensor(tensor), element: .tensor(.int64, nil)),
      .map([.int(-3): .tensor(tensor), .int(5): .tensor(tensor)], key: .int64, value: .tensor(.int64, [2])),
      .sequence(
        [.map([.string("ü"): .tensor(tensor)], key: .string, value: .tensor(.int64, [2]))],
        element: .map(key: .string, value: .tensor(.int64, [2]))),
    ]
    for value in values {
      try ONNXWriter().write(value, name: "v", path: folder.file("v.pb"))
      #expect(try ONNXReader().value(path: folder.file("v.pb"), as: value.type) == value)
    }
  }

  /// onnx 1.23 packs float6e2m3 0 to 6 into these bytes.
  @Test func sixBitFloatsArePackedInFiles() throws {
    let packed: [UInt8] = [0x00, 0x02, 0x51, 0x98, 0xC6, 0x01]
    final class Owner: Sendable {}
    let tensor = try packed.withUnsafeBytes {
      try Tensor(storing: $0, owner: Owner(), elementType: .float6e2m3, shape: [7])
    }
    #expect(try tensor.doubles() == [0, 1, 2, 3, 4, 5, 6])
    #expect(tensor.packedSixBitFloats() == packed)
    #expect(throws: TensorError.countMismatch(shape: [8], expected: 6, found: 5)) {
      try packed.dropLast().withUnsafeBytes {
        try Tensor(storing: $0, owner: Owner(), elementType: .float6e3m2, shape: [8])
      }
    }
    for count in 0...9 {
      let numbers = (0..<count).map { Double($0) - 4 }
      let own = try Tensor(doubles: numbers, as: .float6e3m2, shape: [count])
      let bytes = own.packedSixBitFloats()
      #expect(bytes.count == (6 * count + 7) / 8)
      let read = try bytes.withUnsafeBytes {
        try Tensor(storing: $0, owner: Owner(), elementType: .float6e3m2, shape: [count])
      }
      #expect(read == own)
    }
  }

  /// Weights that are yet to be made are written as those that are, larger than the buffers between.
  @Test(arguments: ExternalDataPolicy.allCases)
  func weightsYetToBeMadeAreWrittenAsTheyWouldBe(_ policy: ExternalDataPolicy) throws {
    let folder = try ScratchFolder()
    let source = try Tensor((0..<700_000).map { Float($0) * 0.1 }, shape: [7, 100_000])
    let small = try Tensor([1, 2, 3, 4, 5, 6, 7] as [Float], shape: [7, 1])
    let factors = (0..<7).map { 1 / Double($0 + 3) }
    var files: [[[UInt8]]] = []
    for isMade in [false, true] {
      var graph = Graph(name: "g", outputs: [Value("w", nil)])
      for (name, tensor) in [("w", source), ("odd", small), ("same", source)] {
        let scaled = try tensor.scalingRows(by: factors)
        graph.initializers[name] =
          isMade ? try Tensor(scaled.elements(of: Float.self), shape: scaled.shape) : scaled
      }
      graph.initializers["source"] = source
      let path = folder.file("m.onnx")
      try ONNXWriter(externalData: policy).write(
        Model(graph: graph, opsetImports: ["": 17], irVersion: 8), path: path)
      files.append(try [path].map(readFile) + (policy == .always ? [readFile(path + ".data")] : []))
    }
    #expect(files[0] == files[1])
  }

  /// In each place and type, also in what is yet to be made and where two tensors share bytes.
  @Test(arguments: ExternalDataPolicy.allCases)
  func whatIsNotFiniteIsTold(_ policy: ExternalDataPolicy) throws {
    let folder = try ScratchFolder()
    func written(_ initializers: OrderedDictionary<String, Tensor>) throws -> [String] {
      var graph = Graph(name: "g", outputs: [Value("w", nil)])
      graph.initializers = initializers
      return try ONNXWriter(externalData: policy).write(
        Model(graph: graph, opsetImports: ["": 17], irVersion: 8), path: folder.file("m.onnx")
      ).notFinite
    }
    let largest: [(ElementType, Double)] = [
      (.float16, 65_504), (.bfloat16, 0x1.FEp127), (.float32, 0x1.FFFFFEp127),
      (.float64, .greatestFiniteMagnitude),
    ]
    for (type, most) in largest {
      for count in [1, 300, 300_001] {
        var numbers = (0..<count).map { $0.isMultiple(of: 2) ? most : -most }
        if count > 2 { numbers[1] = .leastNonzeroMagnitude }
        let finite = try Tensor(doubles: numbers, as: type, shape: [count])
        #expect(try written(["w": finite]) == [])
        for place in Set([0, count / 2, count - 1]) {
          for value in [Double.infinity, -.infinity, .nan] {
            var changed = numbers
            changed[place] = value
            let bad = try Tensor(doubles: changed, as: type, shape: [count])
            #expect(try written(["w": finite, "x": bad, "y": finite, "z": bad]) == ["x", "z"])
          }
        }
      }
    }
    let rows = try Tensor([Float](repeating: 3e38, count: 400_000), shape: [4, 100_000])
    #expect(
      try written([
        "ok": rows.scalingRows(by: [1, 1, 0, 1]), "w": rows.scalingRows(by: [1, 1, 1, 2]),
        "n": rows.scalingRows(by: [.nan, 1, 1, 2]),
      ]) == ["w", "n"])
    // The same bits as other types.
    let words = [UInt32](repeating: 0xFFFF_FFFF, count: 500)
    #expect(try written(["i": Tensor(words, shape: [500]), "s": Tensor(strings: ["nan"], shape: [1])]) == [])
  }
}
