import Graph
import Numerics
import OrderedCollections
import Testing

@testable import Interpreter

/// Element types that few models use, where operators add, multiply or carry them.
@Suite struct EveryTypeTests {
  private static let types: [ElementType] = [.complex64, .complex128]

  private static func complexes(
    _ parts: [(Double, Double)], _ type: ElementType, _ shape: [Int]? = nil
  ) throws -> Tensor {
    try Tensor(complexes: parts.map { Complex($0.0, $0.1) }, as: type, shape: shape ?? [parts.count])
  }

  private static func refusal(_ operation: () throws -> [Tensor]) -> String? {
    do {
      _ = try operation()
      return nil
    } catch { return "\(error)" }
  }

  @Test(arguments: types) func complexUpdatesAreAddedAndMultiplied(_ type: ElementType) throws {
    let data = try Self.complexes([(1, 2), (0, 1)], type)
    let update = try Self.complexes([(3, -1)], type)
    let indices = try longs([1])
    for (name, places) in [("ScatterElements", indices), ("ScatterND", try longs([1], [1, 1]))] {
      let sum = try OperatorCase(name, ["reduction": .string("add")])(data, places, update)[0]
      #expect(try sum == Self.complexes([(1, 2), (3, 0)], type))
      let product = try OperatorCase(name, ["reduction": .string("mul")])(data, places, update)[0]
      #expect(try product == Self.complexes([(1, 2), (1, 3)], type))
      for order in ["max", "min"] {
        let refusal = Self.refusal {
          try OperatorCase(name, ["reduction": .string(order)])(data, places, update)
        }
        #expect(
          refusal
            == "node 'it' (\(name)): reduction '\(order)' is not defined for complex numbers, which have no order"
        )
      }
    }
  }

  @Test func updatesJoinStrings() throws {
    let (data, update) = (try texts(["a", "b"]), try texts(["x", "y"]))
    let joined = OperatorCase("ScatterElements", ["reduction": .string("add")])
    #expect(try joined(data, longs([1, 1]), update)[0].strings() == ["a", "bxy"])
    #expect(try OperatorCase("ScatterND")(data, longs([1, 0], [2, 1]), update)[0].strings() == ["y", "x"])
    for order in ["mul", "max", "min"] {
      let refusal = Self.refusal {
        try OperatorCase("ScatterND", ["reduction": .string(order)])(data, longs([1, 0], [2, 1]), update)
      }
      #expect(refusal == "node 'it' (ScatterND): reduction '\(order)' is not defined for strings")
    }
  }

  @Test func truthValuesAddToWhetherAnyIsTrue() throws {
    let sum = OperatorCase("ScatterElements", ["reduction": .string("add")])
    let truths = { (values: [Bool]) in try Tensor(values, shape: [values.count]) }
    #expect(
      try sum(truths([true, false]), longs([0, 1]), truths([true, true]))[0] == truths([true, true]))
  }

  @Test(arguments: types) func complexColumnsAreAdded(_ type: ElementType) throws {
    // Two blocks of two, which share the element in the middle.
    let columns = try Self.complexes([(1, 1), (2, 0), (0, 3), (4, -4)], type, [1, 2, 2])
    let image = try OperatorCase("Col2Im")(columns, longs([1, 3]), longs([1, 2]))[0]
    #expect(try image == Self.complexes([(1, 1), (2, 3), (4, -4)], type, [1, 1, 1, 3]))
    let words = try texts(["a", "b", "c", "d"], [1, 2, 2])
    let refusal = Self.refusal { try OperatorCase("Col2Im")(words, longs([1, 3]), longs([1, 2])) }
    #expect(
      refusal
        == "node 'it' (Col2Im): a sum of strings is not defined, nor what stands where no block is")
  }

  @Test func wholeColumnsAreAddedExactly() throws {
    let big: Int64 = 1 << 53
    let columns = try longs([0, big, 1, 0], [1, 2, 2])
    let image = try OperatorCase("Col2Im")(columns, longs([1, 3]), longs([1, 2]))[0]
    #expect(try image.integers() == [0, big + 1, 0])
  }

  @Test(arguments: types) func complexNumbersAreSampled(_ type: ElementType) throws {
    let input = try Self.complexes([(1, 2), (3, 6)], type, [1, 1, 1, 2])
    let sampled = try OperatorCase("GridSample", ["align_corners": .int(1)])(
      input, floats([0, 0], [1, 1, 1, 2]))[0]
    #expect(try sampled == Self.complexes([(2, 4)], type, [1, 1, 1, 1]))
  }

  @Test func stringsAreSampledWhereNothingIsAdded() throws {
    let (words, middle) = (try texts(["a", "b"], [1, 1, 1, 2]), try floats([0.9, 0], [1, 1, 1, 2]))
    #expect(try OperatorCase("GridSample", ["mode": .string("nearest")])(words, middle)[0].strings() == ["b"])
    let refusal = Self.refusal { try OperatorCase("GridSample")(words, middle) }
    #expect(
      refusal
        == "node 'it' (GridSample): a weighted sum of strings is not defined; mode 'nearest' takes strings")
  }

  // MARK: What older versions permit

  @Test(arguments: [ElementType.float16, .float64]) func boundsAndFillingsWereFloatOfAnyInput(
    _ type: ElementType
  ) throws {
    let input = try Tensor(doubles: [-2, 0.5, 3], as: type, shape: [3])
    let clip = OperatorCase("Clip", opset: 7, ["min": .float(-1), "max": .float(1)])
    #expect(try clip(input)[0] == Tensor(doubles: [-1, 0.5, 1], as: type, shape: [3]))
    let pad = OperatorCase("Pad", opset: 7, ["pads": .ints([1, 0]), "value": .float(0.25)])
    #expect(try pad(input)[0] == Tensor(doubles: [0.25, -2, 0.5, 3], as: type, shape: [4]))
  }

  @Test func boundsThatWereAttributesAreConstants() throws {
    let clip = Node(
      "Clip", inputs: ["x"], outputs: ["y"], attributes: ["min": .float(0), "max": .float(6)])
    let graph = Graph(
      name: "g", nodes: [clip], inputs: [Value("x", .tensor(.float16, [2]))], outputs: [Value("y", nil)])
    let upgraded = try Model(graph: graph, opsetImports: ["": 7], irVersion: 8).upgraded().graph
    #expect(upgraded.nodes.map(\.operatorType) == ["Clip"])
    let bound = try #require(upgraded.nodes[0].input(2).flatMap { upgraded.initializers[$0] })
    #expect(try bound == Tensor(doubles: [6], as: .float16, shape: []))
    #expect(upgraded.initializers.count == 2)
  }

  @Test func wholeNumbersWherePermittedOnce() throws {
    let values = try Tensor([1, 2, 3] as [Int32], shape: [3])
    #expect(
      try OperatorCase("Erf", opset: 9)(Tensor([1, 3, 4] as [Int32], shape: [3]))[0].integers() == [0, 0, 1])
    #expect(try OperatorCase("ReduceLogSum", opset: 13)(values)[0].integers() == [1])
    #expect(try OperatorCase("ReduceLogSumExp", opset: 13)(values)[0].integers() == [3])
  }

  @Test func windowsOfWholeNumbersKeepTheirMiddle() throws {
    for name in ["BlackmanWindow", "HammingWindow", "HannWindow"] {
      let window = OperatorCase(name, ["output_datatype": .int(Int64(ElementType.int32.rawValue))])
      #expect(try window(longs([10], []))[0].integers() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0], "\(name)")
    }
  }

  @Test func powersOfTwoScaleNegativeNumbersToo() throws {
    let scale = try Tensor(doubles: [2], as: .float8e8m0, shape: [])
    let zero = try Tensor([128 as UInt8], shape: [])
    let levels = try OperatorCase("QuantizeLinear")(floats([0, 2, 5, -254, 1000]), scale, zero)[0]
    #expect(try levels.integers() == [128, 129, 130, 1, 255])
  }

  /// Schemas write a map's type otherwise than the type of a value is written.
  @Test func mapsAreTakenWhereTheyArePermitted() throws {
    func model(_ key: ElementType) -> Model {
      let node = Node("CastMap", domain: "ai.onnx.ml", inputs: ["x"], outputs: ["y"])
      let graph = Graph(
        name: "g", nodes: [node], inputs: [Value("x", .map(key: key, value: .tensor(.float32, nil)))],
        outputs: [Value("y", .tensor(.float32, [1, .unknown]))])
      return Model(graph: graph, opsetImports: ["": 21, "ai.onnx.ml": 1], irVersion: 10)
    }
    let values: OrderedDictionary<RuntimeValue.MapKey, RuntimeValue> = [
      .int(4): .tensor(try floats([-2.5], [])), .int(1): .tensor(try floats([1.5], [])),
    ]
    let given = RuntimeValue.map(values, key: .int64, value: .tensor(.float32, []))
    let session = try Session(model: model(.int64))
    #expect(try session.run(["x": given])["y"]?.tensor == floats([1.5, -2.5], [1, 2]))
    #expect(throws: (any Error).self) {
      try model(.string).upgraded().graph.checkTypes()
    }
  }
}
