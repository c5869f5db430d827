extension ElementType {
  /// Whether `bytes`, whole little-endian elements of this type at any address, hold a NaN or an infinity. Of types
  /// other than float16, bfloat16, float32 and float64 it is not known, and the answer is no.
  public func hasNonFinite(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch self {
    case .float16: Self.hasNonFinite(bytes, exponent: 0x7C00 as UInt16)
    case .bfloat16: Self.hasNonFinite(bytes, exponent: 0x7F80 as UInt16)
    case .float32: Self.hasNonFinite(bytes, exponent: 0x7F80_0000 as UInt32)
    case .float64: Self.hasNonFinite(bytes, exponent: 0x7FF0_0000_0000_0000 as UInt64)
    default: false
    }
  }

  /// Whether the bits of `exponent` are all set in any element (IEEE 754-2019, 3.4). Adding the lowest of them then
  /// carries into the sign's place, and only then, so that no element needs a branch.
  @inline(__always)
  private static func hasNonFinite<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bytes: UnsafeRawBufferPointer, exponent: Bits
  ) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    let lowest = exponent & (~exponent &+ 1)
    var carries: Bits = 0
    for index in 0..<bytes.count / MemoryLayout<Bits>.size {
      let element = base.loadUnaligned(fromByteOffset: index &* MemoryLayout<Bits>.size, as: Bits.self)
      carries |= (element & exponent) &+ lowest
    }
    return carries >> (Bits.bitWidth - 1) != 0
  }
}
