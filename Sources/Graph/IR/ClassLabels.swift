import OrderedCollections

/// The names of a classifier's classes, in the order of its outputs; travel in `metadata_props` under `labels`.
public struct ClassLabels: Sendable, Equatable {
  /// The key in `metadata_props`.
  public static let key = "labels"

  /// One name a class.
  public var names: [String]

  /// Labels of these names.
  public init(names: [String]) { self.names = names }

  /// Reads a JSON array of strings, or else one name a line (spaces around a name and empty lines at the end
  /// don't count).
  ///
  /// - Throws: `MetadataError` where `text` starts as JSON and is no array of strings, or holds no name.
  public init(parsing text: String) throws(MetadataError) {
    let trimmed = Self.trim(text[...])
    if trimmed.hasPrefix("[") || trimmed.hasPrefix("{") {
      var reader = StringArrayReader(bytes: Array(trimmed.utf8))
      guard let names = reader.read() else { throw Self.malformed(text) }
      self.names = names
    } else {
      var lines = trimmed.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .map { String(Self.trim($0)) }
      while lines.last?.isEmpty == true { lines.removeLast() }
      names = lines
    }
    if names.isEmpty { throw Self.malformed(text) }
  }

  /// The labels that `metadata` holds, or `nil` where it holds none.
  ///
  /// - Throws: `MetadataError` where they can't be understood.
  public init?(metadata: OrderedDictionary<String, String>) throws(MetadataError) {
    guard let text = metadata[Self.key] else { return nil }
    try self.init(parsing: text)
  }

  /// Writes the labels into `metadata`, replacing what was there.
  public func write(to metadata: inout OrderedDictionary<String, String>) { metadata[Self.key] = json }

  /// A JSON array of strings.
  public var json: String { "[" + names.map(Self.quoted).joined(separator: ",") + "]" }

  /// A JSON string (RFC 8259, section 7): only what must be escaped is.
  private static func quoted(_ name: String) -> String {
    var text = "\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  private static func malformed(_ text: String) -> MetadataError {
    .value(key: key, found: text, expected: "a JSON array of strings or one name a line")
  }

  private static func trim(_ text: Substring) -> Substring {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...last]
  }
}

/// Reads a JSON array of strings and nothing else (RFC 8259).
private struct StringArrayReader {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The strings, or `nil` where the bytes are anything else.
  mutating func read() -> [String]? {
    var strings: [String] = []
    guard take("[") else { return nil }
    if !take("]") {
      repeat {
        guard let string = readString() else { return nil }
        strings.append(string)
      } while take(",")
      guard take("]") else { return nil }
    }
    skipSpace()
    return position == bytes.count ? strings : nil
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func readString() -> String? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
      case 0..<0x20: return nil
      case UInt8(ascii: "\\"):
        guard let scalar = readEscape() else { return nil }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func readEscape() -> Unicode.Scalar? {
    guard position < bytes.count else { return nil }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let first = readUnit() else { return nil }
      if !(0xD800..<0xDC00).contains(first) { return Unicode.Scalar(first) }
      guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      else { return nil }
      position += 2
      guard let second = readUnit(), (0xDC00..<0xE000).contains(second) else { return nil }
      return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    default: return nil
    }
  }

  private mutating func readUnit() -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    let digits = bytes[position..<position + 4]
    position += 4
    // A sign would be accepted by the number parser.
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
