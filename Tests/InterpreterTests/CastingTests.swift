import Graph
import Testing

@testable import Interpreter

@Suite struct CastingTests {
  private func cast(_ tensor: Tensor, to type: ElementType, saturate: Int64 = 1) throws -> Tensor {
    try OperatorCase("Cast", ["to": .int(Int64(type.rawValue)), "saturate": .int(saturate)])(tensor)[0]
  }

  @Test func integersKeepLowBits() throws {
    #expect(try cast(Tensor([200, -1] as [Int16], shape: [2]), to: .int8).integers() == [-56, -1])
    #expect(try cast(longs([-9, 8]), to: .int4).integers() == [7, -8])
    #expect(try cast(longs([-1]), to: .uint64).elements(of: UInt64.self) == [.max])
    #expect(try cast(floats([3.99, -3.99, 300]), to: .uint8).integers() == [3, 253, 44])
    #expect(try cast(floats([.nan, 1e30, -1e30]), to: .int64).integers() == [0, .max, .min])
    #expect(try cast(floats([0, -0, .nan, 0.1]), to: .bool).integers() == [0, 0, 1, 1])
    #expect(
      try cast(Tensor([1e19], shape: [1]), to: .uint64).elements(of: UInt64.self) == [
        10_000_000_000_000_000_000
      ])
  }

  @Test func longsAreRoundedOnce() throws {
    // Just above the middle of two floats; through Double it would seem the middle.
    let value: Int64 = (1 << 60) + (1 << 36) + 1
    #expect(
      try cast(longs([value, -value]), to: .float32).elements(of: Float.self) == [
        Float(value), -Float(value),
      ])
    #expect(try cast(Tensor([UInt64.max], shape: [1]), to: .float32).numbers == [18_446_744_073_709_551_616])
    #expect(try cast(longs([.max]), to: .float16).numbers == [.infinity])
  }

  @Test func smallFloatsSaturateOrNot() throws {
    let wide = try floats([1000, .infinity, -1000, .nan])
    #expect(try cast(wide, to: .float8e4m3fn).numbers.prefix(3) == [448, 448, -448])
    #expect(try cast(wide, to: .float8e4m3fn, saturate: 0).numbers.allSatisfy { $0.isNaN })
    #expect(try cast(wide, to: .float8e5m2, saturate: 0).numbers.prefix(3) == [1024, .infinity, -1024])
    #expect(try cast(wide, to: .float8e5m2fnuz).unpackedBytes()[3] == 0x80)
    #expect(try cast(floats([0.25, 2.5, -7]), to: .float4e2m1).numbers == [0, 2, -6])
  }

  @Test(
    arguments: [
      ("up", [2, 2, 4]), ("down", [1, 1, 2]), ("nearest", [1, 2, 4]),
    ] as [(String, [Double])])
  func powersOfTwoRoundAsTold(_ mode: String, _ expected: [Double]) throws {
    let type = Int64(ElementType.float8e8m0.rawValue)
    let cast = OperatorCase("Cast", ["to": .int(type), "round_mode": .string(mode)])
    #expect(try cast(floats([1.25, 1.5, 3]))[0].numbers == expected)
    #expect(try cast(floats([.infinity]))[0].unpackedBytes() == [254])
    #expect(try cast(floats([0]))[0].unpackedBytes() == [0])
    let strict = OperatorCase("Cast", ["to": .int(type), "round_mode": .string(mode), "saturate": .int(0)])
    #expect(try strict(floats([.infinity, 0, .nan]))[0].unpackedBytes() == [255, 255, 255])
  }

  @Test func textBothWays() throws {
    let numbers = try floats([1, 314.15926, 1e-5, 1e16, 16_777_216, 1.5e10, -0.000_123, .nan, -.infinity])
    let written = try cast(numbers, to: .string).strings()
    #expect(
      written == [
        "1.0", "314.15927", "1e-05", "1e+16", "16777216.0", "15000000000.0", "-0.000123", "NaN", "-INF",
      ])
    let read = try cast(texts(written), to: .float32)
    #expect(
      try read.elements(of: Float.self).dropLast(2).elementsEqual(
        numbers.elements(of: Float.self).dropLast(2)))
    #expect(try cast(texts(["+inf", "nan", "1E2"]), to: .float64).numbers[2] == 100)
    #expect(
      try cast(texts(["100.5", "-7", "18446744073709551615"]), to: .int64).integers() == [100, -7, -1])
    #expect(try cast(longs([-5]), to: .string).strings() == ["-5"])
    #expect(throws: (any Error).self) { try cast(texts(["Hello"]), to: .float32) }
    #expect(throws: (any Error).self) { try cast(texts(["0x1p3"]), to: .float32) }
    let first = OperatorCase("Cast", opset: 1, ["to": .string("INT64")])
    #expect(try first(floats([2.5]))[0].integers() == [2])
  }

  @Test func bitsStay() throws {
    let bits = OperatorCase("BitCast", ["to": .int(Int64(ElementType.uint32.rawValue))])
    #expect(try bits(floats([1, -0.0]))[0].integers() == [0x3F80_0000, 0x8000_0000])
    #expect(throws: (any Error).self) { try bits(longs([1])) }
    #expect(try OperatorCase("CastLike")(floats([2.5]), longs([0]))[0].integers() == [2])
  }

  @Test func quantizingRoundsHalvesToEvenAndSaturates() throws {
    let scale = try floats([2], [])
    let zero = try Tensor([128 as UInt8], shape: [])
    let levels = try OperatorCase("QuantizeLinear")(floats([0, 3, 5, 1000, -1000]), scale, zero)[0]
    #expect(try levels.integers() == [128, 130, 130, 255, 0])
    #expect(levels.elementType == .uint8)
    #expect(try OperatorCase("DequantizeLinear")(levels, scale, zero)[0].numbers == [0, 4, 4, 254, -256])
    let short = OperatorCase("QuantizeLinear", ["output_dtype": .int(Int64(ElementType.int2.rawValue))])
    #expect(try short(floats([-9, 1, 9]), floats([1], []))[0].integers() == [-2, 1, 1])
    // A scale may be a whole number, too; the quotient is none.
    let whole = try OperatorCase("QuantizeLinear")(
      Tensor([0 as Int32, 3, 5, 7, -1000], shape: [5]), Tensor([2 as Int32], shape: []), zero)[0]
    #expect(try whole.integers() == [128, 130, 130, 132, 0])
  }

  @Test func quantizingByAxisAndBlock() throws {
    let input = try floats([1, 2, 3, 4, 5, 6], [2, 3])
    let rows = OperatorCase("QuantizeLinear", ["axis": .int(0)])
    #expect(try rows(input, floats([1, 2]))[0].integers() == [1, 2, 3, 2, 2, 3])
    let blocks = OperatorCase("QuantizeLinear", ["axis": .int(1), "block_size": .int(2)])
    #expect(try blocks(input, floats([1, 3, 2, 6], [2, 2]))[0].integers() == [1, 2, 1, 2, 2, 1])
    let back = OperatorCase(
      "DequantizeLinear", ["axis": .int(1), "block_size": .int(2), "output_dtype": .int(10)])
    let numbers = try back(
      Tensor([1, 2, 1, 2, 2, 1] as [UInt8], shape: [2, 3]), floats([1, 3, 2, 6], [2, 2]))[0]
    #expect(try numbers.numbers == [1, 2, 3, 4, 4, 6])
    #expect(numbers.elementType == .float16)
    #expect(throws: (any Error).self) { try rows(input, floats([1, 2, 3])) }
  }

  @Test func quantizingByTheDatasRange() throws {
    let results = try OperatorCase("DynamicQuantizeLinear", outputs: 3)(floats([-1, 0, 2]))
    #expect(try results[0].integers() == [0, 85, 255])
    #expect(try results[2].integers() == [85])
    #expect(try results[1].elements(of: Float.self) == [3 / 255])
  }
}
