import CMinizip
import Graph

/// A tensor as the bytes of a `.npy` file, the same that `numpy.save` writes.
///
/// Types that NumPy doesn't know are written as nameless bytes, as ml_dtypes' are: bfloat16 as `|V2`, all
/// others, packed ones too, as one byte each, `|V1`. After `numpy.load`, `.view(ml_dtypes.…)` names them again.
struct NumPyEncoder {
  private let header: [UInt8]
  private let body: Body

  private enum Body {
    case tensor(Tensor)
    case bytes([UInt8])
  }

  /// - Throws: `NumPyError.unwritable` for texts that NumPy's fixed-width texts can't hold.
  init(_ tensor: Tensor, label: String) throws {
    var textLength = 0
    if tensor.elementType == .string {
      let texts = try tensor.strings().map { Array($0.unicodeScalars) }
      guard texts.allSatisfy({ $0.last != "\0" }) else {
        throw NumPyError.unwritable(array: label, reason: "a text ends with a NUL, which NumPy drops")
      }
      textLength = texts.map(\.count).max() ?? 0
      // NumPy's own shortest type of text holds one character.
      textLength = max(1, textLength)
      let (total, overflow) = texts.count.multipliedReportingOverflow(by: textLength * 4)
      guard !overflow, total <= 1 << 32 else {
        throw NumPyError.unwritable(array: label, reason: "its texts would take \(total) bytes")
      }
      var bytes = [UInt8](repeating: 0, count: total)
      for (index, text) in texts.enumerated() {
        for (position, scalar) in text.enumerated() {
          let start = (index * textLength + position) * 4
          for byte in 0..<4 { bytes[start + byte] = UInt8(truncatingIfNeeded: scalar.value >> (8 * byte)) }
        }
      }
      body = .bytes(bytes)
    } else if tensor.elementType.isPacked {
      body = .bytes(tensor.unpackedBytes())
    } else {
      body = .tensor(tensor)
    }
    let type = NumPyType(tensor.elementType, textLength: textLength)
    header = NumPyHeader.encode(type: type, shape: tensor.shape)
    guard header.count < Int(UInt16.max) else {
      throw NumPyError.unwritable(array: label, reason: "it has \(tensor.rank) dimensions")
    }
  }

  /// Bytes of the whole file.
  var count: Int { header.count + withBody { $0.count } }

  /// CRC-32 of the whole file.
  var crc32: UInt32 {
    withBody { body in
      let start = header.withUnsafeBytes { Self.crc(of: $0, after: 0) }
      return UInt32(truncatingIfNeeded: Self.crc(of: body, after: start))
    }
  }

  private static func crc(of bytes: UnsafeRawBufferPointer, after start: UInt) -> UInt {
    crc32_z(start, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
  }

  /// Appends the file's bytes.
  ///
  /// - Throws: `FileError` where the system refuses.
  func write(to file: AtomicFile) throws {
    try file.write(header)
    try withBody { try file.write($0) }
  }

  private func withBody<Result>(_ call: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch body {
    case .tensor(let tensor): try tensor.withBytes(call)
    case .bytes(let bytes): try bytes.withUnsafeBytes(call)
    }
  }
}

extension Tensor {
  /// Writes the tensor as a `.npy` file, which appears whole or not at all.
  ///
  /// - Throws: `NumPyError.unwritable`, or `FileError` where the file can't be written.
  public func writeNumPy(path: String) throws {
    let encoder = try NumPyEncoder(self, label: path)
    let file = try AtomicFile(path: path)
    try encoder.write(to: file)
    try file.commit()
  }
}
