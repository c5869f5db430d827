import Files

/// Protocol 0, which writes values as lines of text.
extension PickleMachine {
  /// Python reads no longer numbers from text either (`sys.int_info.default_max_str_digits`).
  private static let digitLimit = 4300

  mutating func executeText(_ opcode: PickleOpcode) throws(PickleError) {
    let line = try readLine(opcode, isLatin1: true)
    let isNumber = [.int, .long, .float].contains(opcode)
    if isNumber, line.utf8.count > Self.digitLimit {
      throw error(.limit("digits in one number", Self.digitLimit))
    }
    let node: Node? =
      switch opcode {
      case .int:
        switch line {
        case "00": .bool(false)
        case "01": .bool(true)
        default: Int64(line.trimmingSpaces).map(Node.integer) ?? bigInteger(line)
        }
      case .long:
        bigInteger(line.hasSuffix("L") ? String(line.dropLast()) : line)
      case .float: realNumber(line).map(Node.real)
      case .string: unquoted(line)
      default: unescaped(line, isRaw: true).map { Node.string(String(String.UnicodeScalarView($0))) }
      }
    guard let node else { throw error(.badText(opcode: "\(opcode)")) }
    try push(node)
  }

  /// A decimal number; beyond 64 bits its digits are only checked, since nothing in a checkpoint that matters
  /// here is so large.
  private func bigInteger(_ text: String) -> Node? {
    if let value = Int64(text) { return .integer(value) }
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      text.utf8.count - digits.count <= 1
    else { return nil }
    return .bigInteger(text)
  }

  private func realNumber(_ text: String) -> Double? {
    switch text {
    case "nan", "-nan": .nan
    case "inf": .infinity
    case "-inf": -.infinity
    default: Double(text)
    }
  }

  /// A quoted Python string literal; bytes where it isn't UTF-8.
  private func unquoted(_ line: String) -> Node? {
    let text = line.trimmingSpaces
    guard let quote = text.first, quote == "'" || quote == "\"", text.count >= 2, text.last == quote,
      let scalars = unescaped(String(text.dropFirst().dropLast()), isRaw: false)
    else { return nil }
    // Escapes stand for bytes; the characters between them were ASCII when Python wrote them.
    var bytes: [UInt8] = []
    for scalar in scalars {
      if let byte = UInt8(exactly: scalar.value) {
        bytes.append(byte)
      } else {
        bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
      }
    }
    return String(validating: bytes, as: UTF8.self).map(Node.string) ?? .bytes(.init(copying: bytes))
  }

  /// Resolves backslash escapes: `\u` and `\U` alone where `isRaw` (Python's raw-unicode-escape), else those
  /// of a bytes literal.
  private func unescaped(_ text: String, isRaw: Bool) -> [Unicode.Scalar]? {
    var result: [Unicode.Scalar] = []
    var rest = text.unicodeScalars[...]
    func number(_ count: Int, radix: UInt32) -> Unicode.Scalar? {
      // Counting all that is left, for each escape, would take quadratic time.
      let digits = rest.prefix(count)
      guard digits.count == count, digits.first != "+", digits.first != "-",
        let value = UInt32(String(digits), radix: Int(radix))
      else { return nil }
      rest.removeFirst(count)
      return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
    while let scalar = rest.popFirst() {
      guard scalar == "\\", let kind = rest.first else {
        result.append(scalar)
        continue
      }
      let simple: [Unicode.Scalar: Unicode.Scalar] = [
        "\\": "\\", "'": "'", "\"": "\"", "n": "\n", "r": "\r", "t": "\t", "a": "\u{7}", "b": "\u{8}",
        "f": "\u{C}", "v": "\u{B}",
      ]
      switch kind {
      case "u" where isRaw, "U" where isRaw:
        rest.removeFirst()
        guard let value = number(kind == "u" ? 4 : 8, radix: 16) else { return nil }
        result.append(value)
      case "x" where !isRaw:
        rest.removeFirst()
        guard let value = number(2, radix: 16) else { return nil }
        result.append(value)
      case "0"..."7" where !isRaw:
        let length = rest.prefix(3).prefix { ("0"..."7").contains($0) }.count
        guard let value = number(length, radix: 8) else { return nil }
        result.append(value)
      default:
        if !isRaw, let replacement = simple[kind] {
          rest.removeFirst()
          result.append(replacement)
        } else {
          result.append(scalar)
        }
      }
    }
    return result
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
  }
}
