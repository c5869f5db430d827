import Graph
import OrderedCollections
import Testing

@testable import Interpreter

@Suite struct LabelsTests {
  private static let domain = "ai.onnx.ml"

  @Test func labelsBecomeWhatTheirKeysSay() throws {
    let encoder = OperatorCase(
      "LabelEncoder", opset: 4,
      ["keys_floats": .floats([1, .nan, 1]), "values_strings": .strings(["first", "none", "last"])],
      domain: Self.domain)
    // Every NaN is one key, of equal keys the last counts, and what is not found has a name of its own.
    #expect(
      try encoder(floats([1, -.nan, 2], [3, 1]))[0] == texts(["last", "none", "_Unused"], [3, 1]))
    let back = OperatorCase(
      "LabelEncoder", opset: 2,
      ["keys_strings": .strings(["b"]), "values_int64s": .ints([.max]), "default_int64": .int(-7)],
      domain: Self.domain)
    #expect(try back(texts(["b", ""]))[0] == longs([.max, -7]))
    let oldest = OperatorCase(
      "LabelEncoder", opset: 1, ["classes_strings": .strings(["x", "y"])], domain: Self.domain)
    #expect(try oldest(texts(["y", "q"]))[0] == longs([1, -1]))
    #expect(try oldest(longs([0, 9]))[0] == texts(["x", "_Unused"]))
    let uneven = OperatorCase(
      "LabelEncoder", opset: 2, ["keys_int64s": .ints([1]), "values_int64s": .ints([1, 2])],
      domain: Self.domain)
    #expect(throws: InterpreterError.self) { try uneven(longs([1])) }
  }

  @Test func categoriesMapBothWays() throws {
    let mapper = OperatorCase(
      "CategoryMapper", opset: 1, ["cats_strings": .strings(["a", "b"]), "cats_int64s": .ints([5, -3])],
      domain: Self.domain)
    #expect(try mapper(texts(["b", "z"]))[0] == longs([-3, -1]))
    #expect(try mapper(longs([5, 6], [2, 1]))[0] == texts(["a", "_Unused"], [2, 1]))
  }

  /// Runs a node on a map, or makes maps with it.
  private static func run(
    _ name: String, _ attributes: OrderedDictionary<String, Attribute>, _ input: RuntimeValue
  ) throws -> RuntimeValue {
    let node = Node(name, domain: domain, inputs: ["x"], outputs: ["y"], attributes: attributes)
    let graph = Graph(
      name: "g", nodes: [node], inputs: [Value("x", input.type)], outputs: [Value("y", nil)])
    let evaluator = try ReferenceEvaluator(
      model: Model(graph: graph, opsetImports: ["": 21, domain: 1], irVersion: 10))
    return try #require(try evaluator.run(["x": input])["y"])
  }

  @Test func mapsBecomeTensors() throws {
    func value(_ number: Float) throws -> RuntimeValue { .tensor(try floats([number], [])) }
    let map = RuntimeValue.map(
      [.int(3): try value(1.5), .int(0): try value(2)], key: .int64, value: .tensor(.float32, []))
    #expect(try Self.run("CastMap", [:], map) == .tensor(floats([2, 1.5], [1, 2])))
    let sparse: OrderedDictionary<String, Attribute> = ["map_form": .string("SPARSE"), "max_map": .int(4)]
    #expect(try Self.run("CastMap", sparse, map) == .tensor(floats([2, 0, 0, 1.5], [1, 4])))
    #expect(
      try Self.run("CastMap", ["cast_to": .string("TO_STRING")], map)
        == .tensor(texts(["2.0", "1.5"], [1, 2])))
    #expect(throws: InterpreterError.self) {
      try Self.run("CastMap", ["map_form": .string("SPARSE"), "max_map": .int(3)], map)
    }
    let vocabulary: OrderedDictionary<String, Attribute> = ["int64_vocabulary": .ints([3, 9, 0])]
    #expect(try Self.run("DictVectorizer", vocabulary, map) == .tensor(floats([1.5, 0, 2], [1, 3])))
  }

  @Test func rowsBecomeMaps() throws {
    let scores = RuntimeValue.tensor(try floats([1, 2, 3, 4], [2, 2]))
    let zipped = try Self.run("ZipMap", ["classlabels_strings": .strings(["a", "b"])], scores)
    guard case .sequence(let maps, _) = zipped, case .map(let second, .string, _)? = maps.last else {
      Issue.record("\(zipped)")
      return
    }
    #expect(maps.count == 2)
    #expect(try second == [.string("a"): .tensor(floats([3], [])), .string("b"): .tensor(floats([4], []))])
  }
}
