import Graph
import Testing

@testable import Interpreter

@Suite struct GatheringTests {
  @Test func gatheringWithIndicesOfAnyRank() throws {
    let data = try longs([1, 2, 3, 4, 5, 6], [3, 2])
    #expect(try OperatorCase("Gather")(data, longs([-1], []))[0].shape == [2])
    #expect(try OperatorCase("Gather")(data, longs([-1], []))[0].integers() == [5, 6])
    let columns = try OperatorCase("Gather", ["axis": .int(1)])(data, longs([1, 0], [1, 2]))[0]
    #expect(columns.shape == [3, 1, 2])
    #expect(try columns.integers() == [2, 1, 4, 3, 6, 5])
    #expect(try OperatorCase("Gather")(data, longs([], [0, 4]))[0].shape == [0, 4, 2])
    #expect(
      throws: InterpreterError.node("node 'it' (Gather)", reason: "index 3 is out of range for 3 elements")
    ) {
      try OperatorCase("Gather")(data, longs([3]))
    }
  }

  @Test func gatheringElementsAndSlices() throws {
    let data = try longs([1, 2, 3, 4], [2, 2])
    let elements = try OperatorCase("GatherElements", ["axis": .int(1)])(
      data, longs([0, 0, -1, 0], [2, 2]))[0]
    #expect(try elements.integers() == [1, 1, 4, 3])
    #expect(try OperatorCase("GatherND")(data, longs([0, 1, 1, 0], [2, 2]))[0].integers() == [2, 3])
    #expect(try OperatorCase("GatherND")(data, longs([1], [1, 1]))[0].shape == [1, 2])
    let batches = try longs(Array(0..<8), [2, 2, 2])
    let batched = try OperatorCase("GatherND", ["batch_dims": .int(1)])(batches, longs([1, 0], [2, 1]))[0]
    #expect(try batched.integers() == [2, 3, 4, 5])
    #expect(throws: (any Error).self) { try OperatorCase("GatherND")(data, longs([0, 0, 0], [1, 3])) }
  }

  @Test func compressing() throws {
    let data = try longs([1, 2, 3, 4], [2, 2])
    let mask = try Tensor([false, true, true], shape: [3])
    #expect(try OperatorCase("Compress")(data, mask)[0].integers() == [2, 3])
    let rows = try OperatorCase("Compress", ["axis": .int(-2)])(data, Tensor([false, true], shape: [2]))[0]
    #expect(try rows.integers() == [3, 4])
    #expect(throws: (any Error).self) { try OperatorCase("Compress", ["axis": .int(0)])(data, mask) }
  }

  @Test(
    arguments: [("none", [9, 3]), ("add", [11, 3]), ("mul", [9, 3]), ("max", [9, 3]), ("min", [1, 3])]
      as [(String, [Int64])])
  func scatteringElements(_ reduction: String, _ expected: [Int64]) throws {
    let scatter = OperatorCase("ScatterElements", ["reduction": .string(reduction)])
    let indices = try longs([0, -2])
    #expect(try scatter(longs([1, 3]), indices, longs([1, 9]))[0].integers() == expected)
    let singles = try scatter(floats([1, 3]), indices, floats([1, 9]))[0]
    #expect(try singles.numbers == expected.map(Double.init))
  }

  @Test func scatteringUnderItsOldName() throws {
    for opset in [9, 11] {
      let result = try OperatorCase("Scatter", opset: opset)(texts(["a", "b"]), longs([1]), texts(["c"]))[0]
      #expect(try result.strings() == ["a", "c"])
    }
  }

  @Test func scatteringSlices() throws {
    let data = try longs([0, 0, 0, 0], [2, 2])
    let result = try OperatorCase("ScatterND")(data, longs([1], [1, 1]), longs([5, 6], [1, 2]))[0]
    #expect(try result.integers() == [0, 0, 5, 6])
    let sums = OperatorCase("ScatterND", ["reduction": .string("add")])
    #expect(try sums(data, longs([0, 1, 0, 1], [2, 2]), longs([2, 3]))[0].integers() == [0, 5, 0, 0])
    let top = OperatorCase("ScatterND", ["reduction": .string("max")])
    let big = try Tensor([UInt64.max], shape: [1])
    #expect(try top(Tensor([1 as UInt64], shape: [1]), longs([0], [1, 1]), big)[0] == big)
    #expect(throws: (any Error).self) { try sums(data, longs([0], [1, 1]), longs([2, 3])) }
    #expect(throws: (any Error).self) { try sums(data, longs([2], [1, 1]), longs([2, 3], [1, 2])) }
  }

  @Test func writingToACache() throws {
    let cache = try longs([0, 0, 0, 0, 0, 0], [2, 3, 1])
    let update = try longs([1, 2, 3, 4], [2, 2, 1])
    let ring = OperatorCase("TensorScatter", ["mode": .string("circular")])
    #expect(try ring(cache, update, longs([2, 0]))[0].integers() == [2, 0, 1, 3, 4, 0])
    #expect(try OperatorCase("TensorScatter")(cache, update)[0].integers() == [1, 2, 0, 3, 4, 0])
    #expect(throws: (any Error).self) { try OperatorCase("TensorScatter")(cache, update, longs([2, 0])) }
  }

  @Test func oneHots() throws {
    let hot = try OperatorCase("OneHot")(longs([1, -1, 7]), longs([3]), floats([0, 5]))[0]
    #expect(hot.shape == [3, 3])
    #expect(try hot.numbers == [0, 5, 0, 0, 0, 5, 0, 0, 0])
    let first = OperatorCase("OneHot", ["axis": .int(0)])
    let words = try first(floats([1], []), floats([2], []), texts(["off", "on"]))[0]
    #expect(try words.strings() == ["off", "on"])
    #expect(throws: (any Error).self) { try first(longs([1]), longs([-1]), floats([0, 1])) }
  }
}
