import Graph
import OrderedCollections
import Testing

@testable import Interpreter

@Suite struct ElementwiseTests {
  @Test func integersWrapAtTheirOwnWidth() throws {
    let sum = try OperatorCase("Add")(
      Tensor([200, 100] as [UInt8], shape: [2]), Tensor([100, 1] as [UInt8], shape: [2]))[0]
    #expect(try sum.integers() == [44, 101])
    let product = try OperatorCase("Mul")(
      Tensor([Int64.max], shape: [1]), Tensor([2 as Int64], shape: []))[0]
    #expect(try product.integers() == [-2])
    #expect(product.shape == [1])
  }

  @Test func unsignedLongsDivideAndCompareAsUnsigned() throws {
    let big = try Tensor([UInt64.max, UInt64.max - 1], shape: [2])
    let three = try Tensor([3 as UInt64], shape: [])
    #expect(
      try OperatorCase("Div")(big, three)[0].elements(of: UInt64.self) == [
        UInt64.max / 3, UInt64.max / 3 - 1,
      ])
    #expect(try OperatorCase("Mod")(big, three)[0].elements(of: UInt64.self) == [0, 2])
    #expect(try OperatorCase("Max")(big, three)[0].elements(of: UInt64.self) == [UInt64.max, UInt64.max - 1])
    #expect(try OperatorCase("Less")(big, three)[0].elements(of: Bool.self) == [false, false])
    #expect(
      try OperatorCase("Clip")(big, three, nil)[0].elements(of: UInt64.self) == [UInt64.max, UInt64.max - 1])
  }

  @Test func divisionTruncatesAndNamesZero() throws {
    #expect(
      try OperatorCase("Div")(longs([-7, 7, .min]), longs([2, -2, -1]))[0].integers() == [-3, -3, .min])
    #expect(throws: InterpreterError.node("node 'it' (Div)", reason: "integer division by zero")) {
      try OperatorCase("Div")(longs([1]), longs([0]))
    }
    #expect(try OperatorCase("Div")(floats([1]), floats([0]))[0].numbers == [.infinity])
  }

  @Test(arguments: [(0, [1, -1, 2, -2]), (1, [-2, 2, 2, -2])] as [(Int64, [Double])])
  func modTakesTheSignThatFmodSays(_ fmod: Int64, _ expected: [Double]) throws {
    let mod = OperatorCase("Mod", ["fmod": .int(fmod)])
    #expect(try mod(floats([-5, 5, 5, -5]), floats([3, -3, 3, -3]))[0].numbers == expected)
    #expect(try mod(longs([-5, 5, 5, -5]), longs([3, -3, 3, -3]))[0].numbers == expected)
  }

  @Test func modOfSpecialNumbers() throws {
    let rest = try OperatorCase("Mod")(
      floats([0, 0, .infinity, 1, 1, -1]), floats([3, -3, 2, 0, -.infinity, -.infinity]))[0].numbers
    #expect(rest[0].sign == .plus && rest[1].sign == .minus && rest[1] == 0)
    #expect(rest[2].isNaN && rest[3].isNaN)
    #expect(rest[4] == -.infinity && rest[5] == -1)
  }

  @Test func powersKeepTheBasesType() throws {
    let base = try Tensor([2, -3, 0] as [Int32], shape: [3])
    #expect(try OperatorCase("Pow")(base, longs([10, 3, 0]))[0].elements(of: Int32.self) == [1024, -27, 1])
    #expect(try OperatorCase("Pow")(base, longs([-1, -1, 1]))[0].elements(of: Int32.self) == [0, 0, 0])
    #expect(try OperatorCase("Pow")(base, floats([0.5]))[0].elements(of: Int32.self)[0] == 1)
    let high = try Tensor([UInt64.max], shape: [1])
    #expect(try OperatorCase("Pow")(floats([-1]), high)[0].elementType == .float32)
  }

  @Test func manyOperandsAreRoundedOnce() throws {
    // 2048 + 1 is not a float16; the sum of all is.
    let parts = try [2048, 1, 1].map { try Tensor([$0 as Float16], shape: [1]) }
    #expect(try OperatorCase("Sum")(parts[0], parts[1], parts[2])[0].numbers == [2050])
    #expect(
      try OperatorCase("Mean")(floats([1, 2], [2, 1]), floats([3]), floats([5]))[0].numbers
        == [3, 10.0 / 3].map { Double(Float($0)) })
    let extremes = try OperatorCase("Min")(floats([1, .nan]), floats([.nan, 1]))[0].numbers
    #expect(extremes.allSatisfy { $0.isNaN })
  }

  @Test func emptyAndScalarOperandsBroadcast() throws {
    let empty = try floats([], [0, 3])
    #expect(try OperatorCase("Add")(empty, floats([1], []))[0].shape == [0, 3])
    #expect(try OperatorCase("Sub")(floats([5], []), floats([3], []))[0].shape == [])
    #expect(
      try OperatorCase("Mul")(floats([1, 2], [2, 1]), floats([3, 4], [1, 2]))[0].numbers == [3, 4, 6, 8])
    #expect(throws: (any Error).self) { try OperatorCase("Add")(floats([1, 2]), floats([1, 2, 3])) }
    #expect(throws: (any Error).self) { try OperatorCase("Add")(floats([1]), longs([1])) }
  }

  @Test func clipLetsTheUpperBoundWin() throws {
    let clip = OperatorCase("Clip")
    #expect(
      try clip(floats([-2, 0, 9, .nan]), floats([2], []), floats([1], []))[0].numbers.prefix(3) == [1, 1, 1])
    #expect(try clip(floats([.nan]), floats([2], []), nil)[0].numbers[0].isNaN)
    #expect(
      try clip(Tensor([-9, 9] as [Int8], shape: [2]), nil, Tensor([3 as Int8], shape: []))[0].integers() == [
        -9, 3,
      ])
    let old = OperatorCase("Clip", opset: 6, ["max": .float(1)])
    #expect(try old(floats([-5, 5]))[0].numbers == [-5, 1])
  }

  /// Before operator set 7 the second operand was aligned by `axis`.
  @Test(
    arguments: [
      (0, [0, 0, 1, 1]), (1, [0, 1, 0, 1]), (-2, [0, 0, 1, 1]), (nil, [0, 1, 0, 1]),
    ] as [(Int64?, [Double])])
  func oldBroadcasting(_ axis: Int64?, _ expected: [Double]) throws {
    var add = OperatorCase("Add", opset: 6, ["broadcast": .int(1)])
    if let axis { add.attributes["axis"] = .int(axis) }
    #expect(try add(floats([0, 0, 0, 0], [2, 2]), floats([0, 1]))[0].numbers == expected)
    var less = OperatorCase("Less", opset: 1, ["broadcast": .int(1)])
    if let axis { less.attributes["axis"] = .int(axis) }
    let answers = try less(floats([0.5, 0.5, 0.5, 0.5], [2, 2]), floats([0, 1]))[0].integers()
    #expect(answers.map(Double.init) == expected)
  }

  @Test func shifts() throws {
    let values = try Tensor([-128, 127, 1] as [Int8], shape: [3])
    let right = OperatorCase("BitShift", ["direction": .string("RIGHT")])
    let left = OperatorCase("BitShift", ["direction": .string("LEFT")])
    #expect(try right(values, Tensor([7, 3, 100] as [Int8], shape: [3]))[0].integers() == [-1, 15, 0])
    #expect(try right(values, Tensor([-1, -1, -1] as [Int8], shape: [3]))[0].integers() == [-1, 0, 0])
    #expect(try left(values, Tensor([1, 1, 7] as [Int8], shape: [3]))[0].integers() == [0, -2, -128])
    let top = try Tensor([UInt64.max], shape: [1])
    #expect(try right(top, Tensor([63 as UInt64], shape: [1]))[0].integers() == [1])
    #expect(try OperatorCase("BitwiseNot")(Tensor([5 as UInt8], shape: [1]))[0].integers() == [250])
  }

  @Test func equalityOfStringsIsByCodePoint() throws {
    let answers = try OperatorCase("Equal")(texts(["a", "\u{E9}"]), texts(["a", "e\u{301}"]))[0]
    #expect(try answers.elements(of: Bool.self) == [true, false])
  }

  @Test func whereChoosesElementsOfAnyType() throws {
    let condition = try Tensor([true, false], shape: [2, 1])
    let chosen = try OperatorCase("Where")(condition, texts(["a", "b"]), texts(["-"], []))[0]
    #expect(try chosen.strings() == ["a", "b", "-", "-"])
    #expect(chosen.shape == [2, 2])
  }

  @Test func questionsAboutInfinity() throws {
    let values = try floats([.infinity, -.infinity, .nan, 1])
    let negative = OperatorCase("IsInf", ["detect_positive": .int(0)])
    #expect(try negative(values)[0].integers() == [0, 1, 0, 0])
    #expect(try OperatorCase("IsNaN")(values)[0].integers() == [0, 0, 1, 0])
  }
}
