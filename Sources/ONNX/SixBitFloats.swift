import Graph

/// `float6e2m3` and `float6e3m2` in raw and external data: four elements in three bytes, the first in the lowest bits,
/// the last group filled up with zeros (onnx.proto, `TensorProto.raw_data`). A `Tensor` gives each a byte of its own.
extension Tensor {
  /// A tensor whose elements' bytes are stored as raw data are: a view of them, but for packed six-bit floats.
  ///
  /// - Throws: `TensorError` where the bytes are too few or too many for the shape.
  init(
    storing bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable, elementType: ElementType,
    shape: [Int]
  ) throws(TensorError) {
    guard elementType.isSixBitFloat else {
      try self.init(viewing: bytes, owner: owner, elementType: elementType, shape: shape)
      return
    }
    let count = try Self.elementCount(of: shape)
    let stored = count / 4 * 3 + (count % 4 * 6 + 7) / 8
    guard bytes.count == stored else {
      throw .countMismatch(shape: shape, expected: stored, found: bytes.count)
    }
    let elements = (0..<count).map { index -> UInt8 in
      let bit = index * 6
      let low = UInt16(bytes[bit / 8])
      let high = bit / 8 + 1 < stored ? UInt16(bytes[bit / 8 + 1]) : 0
      return UInt8(truncatingIfNeeded: (low | high << 8) >> UInt16(bit % 8)) & 0x3F
    }
    do {
      try self.init(unpacked: elements, as: elementType, shape: shape)
    } catch let error as TensorError {
      throw error
    } catch {
      throw .notNumeric(elementType)
    }
  }

  /// The elements of a tensor of six-bit floats as raw data holds them.
  func packedSixBitFloats() -> [UInt8] {
    let elements = unpackedBytes()
    var packed = [UInt8](repeating: 0, count: (elements.count * 6 + 7) / 8)
    for (index, element) in elements.enumerated() {
      let bit = index * 6
      let shifted = UInt16(element & 0x3F) << UInt16(bit % 8)
      packed[bit / 8] |= UInt8(truncatingIfNeeded: shifted)
      if shifted > 0xFF { packed[bit / 8 + 1] |= UInt8(shifted >> 8) }
    }
    return packed
  }
}

extension ElementType {
  /// Whether four elements take three bytes in files.
  var isSixBitFloat: Bool { self == .float6e2m3 || self == .float6e3m2 }
}
