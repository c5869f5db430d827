import Files

/// Taking bytes, numbers and strings from the pickle.
extension PickleMachine {
  mutating func readByte() throws(PickleError) -> UInt8 {
    guard let byte = input[position] else { throw error(.truncated) }
    position += 1
    return byte
  }

  mutating func readInteger<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type
  ) throws(PickleError) -> Integer {
    guard let value = input.integer(at: position, as: type) else { throw error(.truncated) }
    position += MemoryLayout<Integer>.size
    return value
  }

  /// A length, checked against what is left of the pickle before anything is allocated.
  mutating func readCount<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type
  ) throws(PickleError) -> Int {
    let value = try readInteger(type)
    guard let count = Int(exactly: value), count >= 0, count <= input.count - position else {
      throw error(.truncated)
    }
    return count
  }

  mutating func readBytes(_ count: Int) throws(PickleError) -> FileBytes {
    if count > limits.string { throw error(.limit("bytes in one string", limits.string)) }
    guard let bytes = input.slice(offset: position, length: count) else { throw error(.truncated) }
    position += count
    return bytes
  }

  /// Pushes a string. What Python 2 wrote as `str` may be text or bytes: it is text where it is UTF-8.
  mutating func pushString(byteCount: Int, isText: Bool) throws(PickleError) {
    let bytes = try readBytes(byteCount)
    let text = bytes.withBytes { bytes, _ in
      String(validating: bytes, as: UTF8.self)
    }
    if let text {
      try push(.string(text))
    } else if isText {
      // Python's surrogatepass lets lone surrogates through; no checkpoint needs their exact value.
      try push(.string(bytes.withBytes { bytes, _ in String(decoding: bytes, as: UTF8.self) }))
    } else {
      try push(.bytes(bytes))
    }
  }

  /// Pushes the two's complement integer in the next `byteCount` bytes.
  mutating func pushLong(byteCount: Int) throws(PickleError) {
    let bytes = try readBytes(byteCount).array
    let isNegative = bytes.last.map { $0 & 0x80 != 0 } ?? false
    if bytes.count <= 8 {
      try push(.integer(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }))
      return
    }
    guard bytes.count <= 1024 else { throw error(.limit("bytes in one integer", 1024)) }
    var carry = true
    let magnitude = bytes.map { byte -> UInt8 in
      guard isNegative else { return byte }
      let (sum, overflow) = (~byte).addingReportingOverflow(carry ? 1 : 0)
      carry = overflow
      return sum
    }
    let digits = magnitude.reversed().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    let significant = digits.drop { $0 == "0" }
    try push(.bigInteger("\(isNegative ? "-" : "")0x\(significant)"))
  }

  /// The text up to the next line feed, without it: UTF-8, or Latin-1 as Python's raw-unicode-escape has it.
  mutating func readLine(_ opcode: PickleOpcode, isLatin1: Bool = false) throws(PickleError) -> String {
    guard let end = input.firstIndex(of: 0x0A, from: position) else { throw error(.truncated) }
    let line = try readBytes(end - position)
    position += 1
    if isLatin1 {
      let scalars = line.withBytes { bytes, _ in bytes.map { Unicode.Scalar($0) } }
      return String(String.UnicodeScalarView(scalars))
    }
    guard let text = line.withBytes({ bytes, _ in String(validating: bytes, as: UTF8.self) }) else {
      throw error(.badText(opcode: "\(opcode)"))
    }
    return text
  }

  mutating func readDecimal(_ opcode: PickleOpcode) throws(PickleError) -> Int {
    guard let value = Int(try readLine(opcode)), value >= 0 else {
      throw error(.badText(opcode: "\(opcode)"))
    }
    return value
  }
}
