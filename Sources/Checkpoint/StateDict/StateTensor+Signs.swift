import Graph

/// Doing what PyTorch has only noted: conjugates and negated views share the storage of what they come from.
extension StateTensor {
  /// Whether an element's sign is one bit, the highest, of one or of two parts.
  static func canChangeSigns(_ type: ElementType) -> Bool {
    type.isComplex || [.float16, .bfloat16, .float32, .float64].contains(type)
  }

  /// Changes signs in the little-endian elements of a copy.
  func changeSigns(_ target: UnsafeMutableRawBufferPointer, elementSize: Int) {
    let parts = storedAs.isComplex ? 2 : 1
    let size = elementSize / parts
    let flipsReal = signs.contains(.negative)
    // The conjugate of a real number is the number.
    let flipsImaginary = parts == 2 && flipsReal != signs.contains(.conjugate)
    for part in 0..<parts where part == 0 ? flipsReal : flipsImaginary {
      for highest in stride(from: part * size + size - 1, to: target.count, by: elementSize) {
        target[highest] ^= 0x80
      }
    }
  }
}
