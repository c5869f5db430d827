import Graph

/// An array as a `.npy` file holds it: a header that was read and data that were not yet looked at.
public struct NumPyArray: Sendable {
  /// The file, and in an archive the array, for messages.
  public let label: String
  /// The type that the header names.
  public let type: NumPyType
  /// The extent of each dimension, outermost first.
  public let shape: [Int]
  private let isFortranOrder: Bool
  private let data: FileBytes

  /// Reads the header of the `.npy` file in `bytes` and checks that the data have the size that it announces.
  ///
  /// - Throws: `NumPyError` where the header is damaged, the type has no counterpart, or bytes are missing or
  ///   left over.
  public init(npy bytes: FileBytes, label: String) throws(NumPyError) {
    let header = try NumPyHeader(bytes, array: label)
    self.label = label
    type = header.type
    shape = header.shape
    isFortranOrder = header.isFortranOrder
    var expected = header.shape.contains(0) ? 0 : header.type.size
    for extent in header.shape where expected > 0 {
      let (product, overflow) = expected.multipliedReportingOverflow(by: extent)
      expected = overflow ? Int.max : product
    }
    guard let data = bytes.slice(offset: header.dataOffset, length: expected),
      header.dataOffset + expected == bytes.count
    else { throw .size(array: label, expected: expected, found: bytes.count - header.dataOffset) }
    self.data = data
    // Elements of no bytes would let a small file announce any number of them.
    guard
      header.type.size > 0 || (try? Tensor.elementCount(of: shape)).map({ $0 <= Self.mostEmptyTexts }) == true
    else { throw .header(array: label, detail: "it announces more than \(Self.mostEmptyTexts) empty texts") }
  }

  private static let mostEmptyTexts = 1 << 20

  /// The array as a tensor in row-major order. Little-endian numbers in C order stay where they are in the
  /// file; all else is copied.
  ///
  /// - Parameter expected: the element type that is needed. Types that NumPy doesn't know are stored as nameless
  ///   bytes, so those of one byte can't be read without.
  /// - Throws: `NumPyError` where the array is of another type, or a text element is no text.
  public func tensor(as expected: ElementType? = nil) throws -> Tensor {
    let candidates = type.elementTypes
    if let expected, !candidates.contains(expected) {
      throw NumPyError.type(array: label, expected: expected, found: type.description)
    }
    guard let elementType = expected ?? (candidates.count == 1 ? candidates.first : nil) else {
      throw NumPyError.ambiguousType(array: label, type: type.description)
    }
    guard isFortranOrder, shape.count > 1, !shape.contains(0) else {
      return try rowMajor(elementType, shape: shape)
    }
    return try rowMajor(elementType, shape: shape.reversed())
      .gathering(reversedOrder(), shape: shape)
  }

  /// For each element in row-major order, where it lies in column-major order.
  private func reversedOrder() throws -> [Int] {
    var strides: [Int] = []
    var step = 1
    for extent in shape {
      strides.append(step)
      step *= extent
    }
    var order: [Int] = []
    order.reserveCapacity(step)
    var index = [Int](repeating: 0, count: shape.count)
    var place = 0
    for _ in 0..<step {
      order.append(place)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return order
  }

  private func rowMajor(_ elementType: ElementType, shape: [Int]) throws -> Tensor {
    try data.withBytes { bytes, owner in
      if elementType == .string {
        return try Tensor(strings: try texts(bytes, count: try Tensor.elementCount(of: shape)), shape: shape)
      }
      if elementType.isPacked { return try Tensor(unpacked: Array(bytes), as: elementType, shape: shape) }
      if elementType == .bool {
        // Any byte but zero is true to NumPy; ours must be 0 or 1.
        return try Tensor(bytes.map { $0 != 0 }, shape: shape)
      }
      guard type.isBigEndian, type.wordSize > 1 else {
        return try Tensor(viewing: bytes, owner: owner, elementType: elementType, shape: shape)
      }
      var tensor = try Tensor(copying: bytes, elementType: elementType, shape: shape)
      let size = type.wordSize
      tensor.withMutableBytes { target in
        for start in stride(from: 0, to: target.count, by: size) { target[start..<start + size].reverse() }
      }
      return tensor
    }
  }

  /// Fixed-width texts without the zeros that fill them up.
  private func texts(_ bytes: UnsafeRawBufferPointer, count: Int) throws(NumPyError) -> [String] {
    var strings: [String] = []
    strings.reserveCapacity(count)
    for index in 0..<count {
      let element = bytes[index * type.size..<(index + 1) * type.size]
      var text: String?
      if type.kind == .unicode {
        var units = stride(from: element.startIndex, to: element.endIndex, by: 4).map { start in
          let unit = bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
          return type.isBigEndian ? UInt32(bigEndian: unit) : UInt32(littleEndian: unit)
        }
        while units.last == 0 { units.removeLast() }
        text = String(validating: units, as: UTF32.self)
      } else {
        let end = element.lastIndex { $0 != 0 }.map { $0 + 1 } ?? element.startIndex
        text = String(validating: element[..<end], as: UTF8.self)
      }
      guard let text else { throw .text(array: label, index: index) }
      strings.append(text)
    }
    return strings
  }
}
