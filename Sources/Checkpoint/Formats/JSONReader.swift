import Files

/// A JSON value (RFC 8259).
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// Members in their order; no name is there twice.
  case object([(name: String, value: JSONValue)])

  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }

  /// A whole number that a `Double` holds exactly.
  var integer: Int? {
    guard case .number(let value) = self, value.magnitude <= 9_007_199_254_740_992 else { return nil }
    return Int(exactly: value)
  }

  /// An array of whole numbers that are not negative.
  var extents: [Int]? {
    guard case .array(let items) = self else { return nil }
    let values = items.compactMap(\.integer).filter { $0 >= 0 }
    return values.count == items.count ? values : nil
  }
}

/// Reads JSON strictly, keeping the order of names and refusing a name that is there twice.
///
/// Both matter for safetensors (its order is the file's; a repeated name is an attack), and decoders that fill
/// dictionaries lose both.
struct JSONReader {
  /// What is wrong, and at which byte.
  struct Failure: Error {
    let detail: String
    let position: Int
  }

  private let bytes: [UInt8]
  private var position = 0
  private var budget: Int

  private init(_ bytes: [UInt8], limit: Int) {
    self.bytes = bytes
    budget = limit
  }

  /// The one value that `bytes` are, of no more than `limit` values in all.
  static func read(_ bytes: FileBytes, limit: Int) throws(Failure) -> JSONValue {
    var reader = JSONReader(bytes.array, limit: limit)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == reader.bytes.count else { throw reader.failure("something follows the value") }
    return value
  }

  private func failure(_ detail: String) -> Failure { Failure(detail: detail, position: position) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) throws(Failure) {
    guard let byte = next, byte == UInt8(ascii: character) else { throw failure("'\(character)' is missing") }
    position += 1
  }

  private mutating func value(depth: Int) throws(Failure) -> JSONValue {
    budget -= 1
    guard depth < 64, budget > 0 else { throw failure("too deep or too much") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
    let count = text.utf8CodeUnitCount
    let matches =
      bytes.count - position >= count
      && text.withUTF8Buffer { bytes[position..<(position + count)].elementsEqual($0) }
    guard matches else { throw failure("no value") }
    position += count
    return value
  }

  private mutating func array(depth: Int) throws(Failure) -> JSONValue {
    try take("[")
    var items: [JSONValue] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array([])
    }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if next == UInt8(ascii: "]") { break }
      try take(",")
    }
    position += 1
    return .array(items)
  }

  private mutating func object(depth: Int) throws(Failure) -> JSONValue {
    try take("{")
    var members: [(name: String, value: JSONValue)] = []
    var names: Set<String> = []
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object([])
    }
    while true {
      skipSpace()
      let name = try string()
      guard names.insert(name).inserted else { throw failure("the name '\(name)' is there twice") }
      skipSpace()
      try take(":")
      members.append((name, try value(depth: depth + 1)))
      skipSpace()
      if next == UInt8(ascii: "}") { break }
      try take(",")
    }
    position += 1
    return .object(members)
  }

  private mutating func string() throws(Failure) -> String {
    try take("\"")
    var result: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: result, as: UTF8.self) else {
          throw failure("a string is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): result += try escape()
      case 0..<0x20: throw failure("a control character in a string")
      default: result.append(byte)
      }
    }
    throw failure("a string has no end")
  }

  private mutating func escape() throws(Failure) -> [UInt8] {
    guard let byte = next else { throw failure("a string has no end") }
    position += 1
    let simple: [Unicode.Scalar: UInt8] = [
      "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
    ]
    if let value = simple[Unicode.Scalar(byte)] { return [value] }
    guard byte == UInt8(ascii: "u") else { throw failure("an unknown escape in a string") }
    var unit = try hexadecimal()
    if (0xD800..<0xDC00).contains(unit) {
      try take("\\")
      try take("u")
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair in a string") }
      unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw failure("half a surrogate pair in a string") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    let end = min(position + 4, bytes.count)
    let digits = String(decoding: bytes[position..<end], as: UTF8.self)
    guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16)
    else {
      throw failure("an unknown escape in a string")
    }
    position = end
    return value
  }

  private mutating func number() throws(Failure) -> Double {
    let start = position
    let allowed: Set<UInt8> = Set("0123456789+-.eE".utf8)
    while let byte = next, allowed.contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
      let value = Double(text)
    else {
      position = start
      throw failure("no value")
    }
    return value
  }
}
