import Graph
import Testing

@testable import Interpreter

@Suite struct ReductionTests {
  @Test(
    arguments: [
      ("ReduceSum", [6.0, 15]), ("ReduceMean", [2, 5]), ("ReduceMax", [3, 6]), ("ReduceMin", [1, 4]),
      ("ReduceProd", [6, 120]), ("ReduceSumSquare", [14, 77]), ("ReduceL1", [6, 15]),
      ("ReduceL2", [3.741_657_5, 8.774_964_4]), ("ReduceLogSum", [1.791_759_5, 2.708_050_2]),
      ("ReduceLogSumExp", [3.407_606, 6.407_606]),
    ] as [(String, [Double])])
  func rowsOfOneToSix(_ name: String, _ expected: [Double]) throws {
    let input = try floats([1, 2, 3, 4, 5, 6], [2, 3])
    let result = try OperatorCase(name, ["keepdims": .int(0)])(input, longs([-1]))[0]
    #expect(result.shape == [2])
    for (value, other) in zip(try result.numbers, expected) { #expect(abs(value - other) < 1e-6, "\(name)") }
    // Axes were an attribute, and the result is the same.
    let old = try OperatorCase(name, opset: 12, ["axes": .ints([1])])(input)[0]
    #expect(old.shape == [2, 1])
    #expect(try old.numbers == result.numbers)
  }

  @Test(
    arguments: [
      ("ReduceSum", 0.0), ("ReduceProd", 1), ("ReduceMax", -.infinity), ("ReduceMin", .infinity),
      ("ReduceL1", 0),
      ("ReduceL2", 0), ("ReduceSumSquare", 0), ("ReduceLogSum", -.infinity), ("ReduceLogSumExp", -.infinity),
    ] as [(String, Double)])
  func nothingReducesToTheNeutralElement(_ name: String, _ neutral: Double) throws {
    let result = try OperatorCase(name, ["keepdims": .int(0)])(floats([], [2, 0]), longs([1]))[0]
    #expect(try result.numbers == [neutral, neutral])
  }

  @Test func withoutAxesAllOrNone() throws {
    let input = try floats([3, 4], [1, 2])
    #expect(try OperatorCase("ReduceL2", ["keepdims": .int(0)])(input)[0].shape == [])
    let kept = OperatorCase("ReduceL2", ["noop_with_empty_axes": .int(1)])
    #expect(try kept(input, longs([]))[0].numbers == [3, 4])
    let squares = OperatorCase("ReduceSumSquare", ["noop_with_empty_axes": .int(1)])
    #expect(try squares(input)[0].numbers == [9, 16])
  }

  @Test func extremesOfEveryKind() throws {
    let big = try Tensor([1, UInt64.max], shape: [2])
    #expect(try OperatorCase("ReduceMax")(big)[0].elements(of: UInt64.self) == [UInt64.max])
    #expect(try OperatorCase("ReduceMin")(Tensor([true, false], shape: [2]))[0].integers() == [0])
    #expect(try OperatorCase("ReduceMax")(floats([1, .nan, 3]))[0].numbers[0].isNaN)
    let empty = try Tensor([] as [Int8], shape: [0])
    #expect(try OperatorCase("ReduceMin")(empty)[0].integers() == [127])
    #expect(try OperatorCase("ReduceMax")(empty)[0].integers() == [-128])
  }

  @Test func reducingMiddleAxesAndScalars() throws {
    let cube = try floats((0..<8).map(Float.init), [2, 2, 2])
    #expect(try OperatorCase("ReduceSum")(cube, longs([0, 2]))[0].numbers == [10, 18])
    #expect(try OperatorCase("ReduceMean")(floats([5], []))[0].numbers == [5])
    #expect(throws: (any Error).self) { try OperatorCase("ReduceSum")(cube, longs([3])) }
  }

  @Test func positionsOfExtremes() throws {
    let input = try floats([1, 7, 7, 0, 0, 3], [2, 3])
    #expect(try OperatorCase("ArgMax", ["axis": .int(1)])(input)[0].integers() == [1, 2])
    let last = OperatorCase("ArgMin", ["axis": .int(-1), "select_last_index": .int(1), "keepdims": .int(0)])
    #expect(try last(input)[0].integers() == [0, 1])
    #expect(try OperatorCase("ArgMax")(floats([1, .nan, 9, .nan]))[0].integers() == [1])
    #expect(try OperatorCase("ArgMin")(Tensor([UInt64.max, 1], shape: [2]))[0].integers() == [1])
    #expect(throws: (any Error).self) { try OperatorCase("ArgMax")(floats([], [0])) }
  }

  @Test func runningSums() throws {
    let input = try longs([1, 2, 3, 4, 5, 6], [2, 3])
    #expect(try OperatorCase("CumSum")(input, longs([1], []))[0].integers() == [1, 3, 6, 4, 9, 15])
    let reversed = OperatorCase("CumSum", ["reverse": .int(1), "exclusive": .int(1)])
    #expect(try reversed(input, longs([0], []))[0].integers() == [4, 5, 6, 0, 0, 0])
    #expect(try OperatorCase("CumProd")(input, longs([-1], []))[0].integers() == [1, 2, 6, 4, 20, 120])
    #expect(try OperatorCase("CumSum")(floats([], [0, 3]), longs([0], []))[0].shape == [0, 3])
  }

  @Test func topOfEachLane() throws {
    let input = try floats([3, 1, 3, 2, .nan, 5, 4, 6], [2, 4])
    let top = try OperatorCase("TopK", outputs: 2)(input, longs([2]))
    #expect(try top[1].integers() == [0, 2, 0, 3])
    #expect(try top[0].numbers[0...1] == [3, 3])
    let least = try OperatorCase("TopK", ["largest": .int(0), "axis": .int(0)], outputs: 2)(input, longs([1]))
    #expect(try least[1].integers() == [0, 0, 0, 0])
    let old = try OperatorCase("TopK", opset: 1, ["k": .int(1)], outputs: 2)(floats([1, 9]))
    #expect(try old[0].numbers == [9])
    #expect(try OperatorCase("TopK", outputs: 2)(floats([1]), longs([0]))[0].shape == [0])
    #expect(throws: (any Error).self) { try OperatorCase("TopK", outputs: 2)(floats([1]), longs([2])) }
  }

  @Test func uniqueElementsAndSlices() throws {
    let found = try OperatorCase("Unique", outputs: 4)(texts(["b", "a", "b"]))
    #expect(try found[0].strings() == ["a", "b"])
    #expect(try found[1...].map { try $0.integers() } == [[1, 0], [1, 0, 1], [1, 2]])
    let rows = try OperatorCase("Unique", ["axis": .int(0), "sorted": .int(0)], outputs: 4)(
      longs([2, 3, 1, 0, 2, 3], [3, 2]))
    #expect(try rows[0].integers() == [2, 3, 1, 0])
    #expect(try rows[2].integers() == [0, 1, 0])
    #expect(try OperatorCase("Unique")(floats([.nan, .nan, -0, 0]))[0].count == 2)
    #expect(try OperatorCase("Unique")(floats([], [0]))[0].shape == [0])
  }

  @Test func indicesOfWhatIsNotZero() throws {
    let found = try OperatorCase("NonZero")(floats([0, 1, .nan, 0], [2, 2]))[0]
    #expect(found.shape == [2, 2])
    #expect(try found.integers() == [0, 1, 1, 0])
    #expect(try OperatorCase("NonZero")(floats([0], []))[0].shape == [0, 0])
    #expect(try OperatorCase("NonZero")(floats([2], []))[0].shape == [0, 1])
  }
}
