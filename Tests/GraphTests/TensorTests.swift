import Testing

@testable import Graph

@Suite struct TensorTests {
  @Test(arguments: ElementType.allCases.compactMap { type in SmallFloat(type).map { (type, $0) } })
  func smallFloatsRoundTripEveryPattern(type: ElementType, format: SmallFloat) throws {
    let width = 1 + format.exponentBits + format.fractionBits
    for pattern in 0..<(1 << width) {
      let value = format.decode(UInt8(pattern))
      if value.isNaN {
        #expect(format.decode(format.encode(value, saturate: false)).isNaN, "\(type) \(pattern)")
      } else {
        #expect(format.encode(value, saturate: false) == UInt8(pattern), "\(type) \(pattern) = \(value)")
      }
    }
  }

  @Test func packedTypesShareBytes() throws {
    let tensor = try Tensor(integers: [-8, 7, -1], as: .int4, shape: [3])
    #expect(tensor.byteCount == 2)
    #expect(try tensor.integers() == [-8, 7, -1])
    #expect(try tensor.gathering([2, -1, 0], shape: [3]).integers() == [-1, 0, -8])
  }

  @Test func writingCopiesWhatIsShared() throws {
    let original = try Tensor([1, 2, 3] as [Float], shape: [3])
    var copy = original
    try copy.withMutableElements(of: Float.self) { $0[0] = 9 }
    #expect(try original.elements(of: Float.self) == [1, 2, 3])
    #expect(try copy.elements(of: Float.self) == [9, 2, 3])
  }

  @Test func shapesAreCheckedAtTheBorder() {
    #expect(throws: TensorError.negativeDimension([2, -1])) { try Tensor(zeros: .float32, shape: [2, -1]) }
    #expect(throws: TensorError.tooLarge([1 << 40, 1 << 40])) {
      try Tensor(zeros: .float32, shape: [1 << 40, 1 << 40])
    }
    #expect(throws: TensorError.countMismatch(shape: [2], expected: 2, found: 3)) {
      try Tensor([1, 2, 3] as [Float], shape: [2])
    }
  }

  @Test func bfloat16RoundsOnce() {
    // Just above the tie 1 + 2⁻⁸: rounding to Float first would fall back onto the tie, then to even.
    let value = 1 + 0x1p-8 + 0x1p-40
    #expect(BFloat16(rounding: value).floatValue == 1 + 0x1p-7)
    #expect(BFloat16(rounding: 1 + 0x1p-8).floatValue == 1)
  }

  @Test func symbolicDimensionsStayCanonical() {
    let height = Dimension.named("h")
    #expect((height * .fixed(2) + .fixed(1)).description == "2*h + 1")
    #expect((height * .fixed(2)).dividedDown(by: 2) == height)
    #expect((height + .fixed(1)).dividedDown(by: 2).description == "floor((h + 1)/2)")
    #expect((height - height) == .fixed(0))
    #expect((height * .named("w")).dividedExactly(by: .named("w")) == height)
    #expect((Dimension.fixed(7)).dividedUp(by: 2) == .fixed(4))
  }

  @Test(arguments: [
    "h", "2*h + 1", "-h + 3", "h*w", "floor((h + 1)/2) + 4", "4*floor((h*w + 3)/8)", "unk__1", "a b", "x/y",
    "-1", "",
  ])
  func symbolicDimensionsReadWhatTheyWrite(text: String) {
    #expect(SymbolicExpression(parsing: text).description == text)
  }
}
