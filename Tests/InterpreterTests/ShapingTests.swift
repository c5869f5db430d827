import Graph
import Testing

@testable import Interpreter

@Suite struct ShapingTests {
  @Test func reshapeCopiesInfersAndKeepsZero() throws {
    let input = try longs(Array(0..<6), [2, 3])
    #expect(try OperatorCase("Reshape")(input, longs([0, -1, 1]))[0].shape == [2, 3, 1])
    let empty = try floats([], [2, 0])
    #expect(try OperatorCase("Reshape", ["allowzero": .int(1)])(empty, longs([0, 5]))[0].shape == [0, 5])
    #expect(try OperatorCase("Reshape")(empty, longs([-1, 2, 1]))[0].shape == [0, 2, 1])
    #expect(throws: (any Error).self) { try OperatorCase("Reshape")(empty, longs([-1, 0])) }
    #expect(try OperatorCase("Reshape", opset: 1, ["shape": .ints([3, 2])])(input)[0].shape == [3, 2])
    #expect(try OperatorCase("Reshape")(floats([1], [1]), longs([]))[0].shape == [])
    for bad in [[4, -1], [0, 0, 0], [7]] as [[Int64]] {
      #expect(throws: (any Error).self, "\(bad)") { try OperatorCase("Reshape")(input, longs(bad)) }
    }
  }

  @Test func squeezingAndUnsqueezing() throws {
    let input = try floats([1, 2], [1, 2, 1])
    #expect(try OperatorCase("Squeeze")(input)[0].shape == [2])
    #expect(try OperatorCase("Squeeze")(input, longs([-1]))[0].shape == [1, 2])
    #expect(try OperatorCase("Squeeze", opset: 11, ["axes": .ints([0])])(input)[0].shape == [2, 1])
    #expect(throws: (any Error).self) { try OperatorCase("Squeeze")(input, longs([1])) }
    #expect(try OperatorCase("Unsqueeze")(floats([5], []), longs([0, -1]))[0].shape == [1, 1])
    let old = OperatorCase("Unsqueeze", opset: 1, ["axes": .ints([0, 3])])
    #expect(try old(floats([1, 2], [1, 2]))[0].shape == [1, 1, 2, 1])
    #expect(throws: (any Error).self) { try OperatorCase("Unsqueeze")(input, longs([0, 0])) }
    #expect(try OperatorCase("Flatten", ["axis": .int(0)])(input)[0].shape == [1, 2])
    #expect(try OperatorCase("Flatten", ["axis": .int(-1)])(input)[0].shape == [2, 1])
  }

  @Test func shapesAndSizes() throws {
    let input = try floats([], [2, 0, 3])
    #expect(try OperatorCase("Shape")(input)[0].integers() == [2, 0, 3])
    #expect(try OperatorCase("Shape", ["start": .int(-2), "end": .int(-1)])(input)[0].integers() == [0])
    #expect(try OperatorCase("Shape", ["start": .int(2), "end": .int(1)])(input)[0].shape == [0])
    #expect(
      try OperatorCase("Shape", ["start": .int(-9), "end": .int(9)])(input)[0].integers() == [2, 0, 3])
    #expect(try OperatorCase("Size")(input)[0].integers() == [0])
    #expect(try OperatorCase("Shape")(floats([1], []))[0].shape == [0])
  }

  @Test(arguments: [
    ElementType.uint4, .int2, .float4e2m1, .float8e4m3fn, .bool, .complex64, .string, .bfloat16,
  ])
  func everyTypeMoves(_ type: ElementType) throws {
    let numbers: [Int64] = [0, 1, 1, 0, 1, 0]
    let input: Tensor
    switch type {
    case .string: input = try texts(numbers.map { "\($0)" }, [2, 3])
    case .complex64: input = try Tensor(complexes: longs(numbers).complexes(), as: type, shape: [2, 3])
    case _ where type.isFloatingPoint:
      input = try Tensor(doubles: longs(numbers).doubles(), as: type, shape: [2, 3])
    default: input = try Tensor(integers: numbers, as: type, shape: [2, 3])
    }
    let turned = try OperatorCase("Transpose")(input)[0]
    #expect(turned.shape == [3, 2] && turned.elementType == type)
    #expect(try OperatorCase("Transpose")(turned)[0] == input)
    let parts = try OperatorCase("Split", ["axis": .int(1)], outputs: 2)(input, longs([1, 2]))
    #expect(try OperatorCase("Concat", ["axis": .int(1)])(parts[0], parts[1])[0] == input)
    let sliced = try OperatorCase("Slice")(input, longs([-1]), longs([.min]), longs([1]), longs([-1]))[0]
    #expect(try OperatorCase("Gather", ["axis": .int(1)])(input, longs([2, 1, 0]))[0] == sliced)
  }

  @Test func splittingEvenlyAndNot() throws {
    let input = try longs([0, 1, 2, 3, 4])
    let parts = try OperatorCase("Split", ["num_outputs": .int(3)], outputs: 3)(input)
    #expect(try parts.map { try $0.integers() } == [[0, 1], [2, 3], [4]])
    let old = try OperatorCase("Split", opset: 2, ["split": .ints([1, 4])], outputs: 2)(input)
    #expect(old.map(\.shape) == [[1], [4]])
    #expect(try OperatorCase("Split", opset: 13, outputs: 5)(input)[4].integers() == [4])
    #expect(try OperatorCase("Split", outputs: 2)(input, longs([0, 5]))[0].shape == [0])
    #expect(throws: (any Error).self) { try OperatorCase("Split", outputs: 2)(input, longs([2, 2])) }
    #expect(throws: (any Error).self) {
      try OperatorCase("Concat", ["axis": .int(0)])(floats([1], [1, 1]), floats([1, 2], [1, 2]))
    }
  }

  @Test func slices() throws {
    let input = try longs([0, 1, 2, 3, 4])
    func slice(_ start: Int64, _ end: Int64, _ step: Int64) throws -> [Int64] {
      try OperatorCase("Slice")(input, longs([start]), longs([end]), longs([0]), longs([step]))[0].integers()
    }
    #expect(try slice(1, -1, 2) == [1, 3])
    #expect(try slice(0, .max, 1) == [0, 1, 2, 3, 4])
    #expect(try slice(-1, .min, -2) == [4, 2, 0])
    #expect(try slice(9, 1, -1) == [4, 3, 2])
    #expect(try slice(3, 3, 1) == [])
    #expect(try slice(4, 0, .min) == [4])
    #expect(throws: (any Error).self) { try slice(0, 1, 0) }
    let old = OperatorCase("Slice", opset: 1, ["starts": .ints([1, 0]), "ends": .ints([2, 1000])])
    #expect(try old(longs([1, 2, 3, 4], [2, 2]))[0].integers() == [3, 4])
    let axes = OperatorCase(
      "Slice", opset: 1, ["starts": .ints([1]), "ends": .ints([2]), "axes": .ints([-1])])
    #expect(try axes(longs([1, 2, 3, 4], [2, 2]))[0].integers() == [2, 4])
  }

  @Test(
    arguments: [
      ("constant", [7, 7, 1, 2, 3, 7]), ("edge", [1, 1, 1, 2, 3, 3]), ("reflect", [3, 2, 1, 2, 3, 2]),
      ("wrap", [2, 3, 1, 2, 3, 1]),
    ] as [(String, [Double])])
  func padding(_ mode: String, _ expected: [Double]) throws {
    let pad = OperatorCase("Pad", ["mode": .string(mode)])
    #expect(try pad(floats([1, 2, 3]), longs([2, 1]), floats([7], []))[0].numbers == expected)
    #expect(try pad(floats([1, 2, 3]), longs([-1, -1]))[0].numbers == [2])
    #expect(throws: (any Error).self) { try pad(floats([1, 2, 3]), longs([-2, -2])) }
  }

  @Test func paddingFarOutAndInOldTimes() throws {
    let reflect = OperatorCase("Pad", ["mode": .string("reflect")])
    #expect(try reflect(longs([1, 2]), longs([0, 4]))[0].integers() == [1, 2, 1, 2, 1, 2])
    let axes = try OperatorCase("Pad")(texts(["a", "b"], [1, 2]), longs([1, 0]), nil, longs([-1]))[0]
    #expect(try axes.strings() == ["", "a", "b"])
    let second = OperatorCase("Pad", opset: 2, ["pads": .ints([1, 0]), "value": .float(5)])
    #expect(try second(Tensor([1.0], shape: [1]))[0].numbers == [5, 1])
    let first = OperatorCase("Pad", opset: 1, ["paddings": .ints([0, 1]), "mode": .string("edge")])
    #expect(try first(floats([3]))[0].numbers == [3, 3])
    #expect(throws: (any Error).self) {
      try OperatorCase("Pad", ["mode": .string("edge")])(floats([], [0]), longs([1, 0]))
    }
  }

  @Test func croppingAndPaddingAtTheCenter() throws {
    let crop = try OperatorCase("CenterCropPad", ["axes": .ints([1])])(
      longs([1, 2, 3, 4], [1, 4]), longs([1]))
    #expect(try crop[0].integers() == [2])
    let padded = try OperatorCase("CenterCropPad")(longs([1]), longs([4]))[0]
    #expect(try padded.integers() == [0, 1, 0, 0])
  }

  @Test func expandingAndTiling() throws {
    #expect(try OperatorCase("Expand")(longs([1, 2], [2, 1]), longs([3, 1, 2]))[0].shape == [3, 2, 2])
    #expect(try OperatorCase("Expand")(longs([1, 2]), longs([1]))[0].integers() == [1, 2])
    #expect(throws: (any Error).self) { try OperatorCase("Expand")(longs([1, 2]), longs([3])) }
    #expect(throws: TensorError.self) {
      _ = try ReferenceCall(
        node: Node("Expand", inputs: [], outputs: []), inputs: [], runSubgraph: { _, _ in [] },
        randomSeed: { _ in 0 }
      )
      .checkedCount(of: [1 << 20, 1 << 20])
    }
    let tile = try OperatorCase("Tile")(longs([1, 2], [1, 2]), longs([2, 2]))[0]
    #expect(try tile.integers() == [1, 2, 1, 2, 1, 2, 1, 2])
    let old = try OperatorCase("Tile", opset: 1)(floats([1, 2], [1, 2]), floats([2], []), floats([1], []))[0]
    #expect(old.shape == [1, 4])
    #expect(try OperatorCase("Tile")(longs([1, 2]), longs([0]))[0].shape == [0])
  }

  @Test func blocksBetweenDepthAndSpace() throws {
    let input = try longs(Array(0..<8), [1, 8, 1, 1])
    let deep = try OperatorCase("DepthToSpace", ["blocksize": .int(2)])(input)[0]
    #expect(try deep.integers() == [0, 2, 4, 6, 1, 3, 5, 7])
    let columns = OperatorCase("DepthToSpace", ["blocksize": .int(2), "mode": .string("CRD")])
    #expect(try columns(input)[0].integers() == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(try OperatorCase("SpaceToDepth", ["blocksize": .int(2)])(deep)[0] == input)
    let back = OperatorCase("SpaceToDepth", ["blocksize": .int(2), "mode": .string("CRD")])
    #expect(try back(columns(input)[0])[0] == input)
    #expect(throws: (any Error).self) { try OperatorCase("DepthToSpace", ["blocksize": .int(3)])(input) }
  }

  @Test func trianglesAndReversedSequences() throws {
    let square = try longs(Array(1...9), [3, 3])
    #expect(try OperatorCase("Trilu")(square, longs([1], []))[0].integers() == [0, 2, 3, 0, 0, 6, 0, 0, 0])
    let lower = OperatorCase("Trilu", ["upper": .int(0)])
    #expect(try lower(square)[0].integers() == [1, 0, 0, 4, 5, 0, 7, 8, 9])
    #expect(try lower(square, longs([.min], []))[0].integers() == Array(repeating: 0, count: 9))
    let reverse = OperatorCase("ReverseSequence", ["time_axis": .int(1), "batch_axis": .int(0)])
    #expect(try reverse(square, longs([1, 2, 3]))[0].integers() == [1, 2, 3, 5, 4, 6, 9, 8, 7])
  }

  @Test func columnsAddUpToAnImage() throws {
    // Two overlapping blocks of two on a line of three.
    let image = try OperatorCase("Col2Im")(floats([1, 2, 3, 4], [1, 2, 2]), longs([1, 3]), longs([1, 2]))[0]
    #expect(image.shape == [1, 1, 1, 3])
    #expect(try image.numbers == [1, 5, 4])
  }
}
