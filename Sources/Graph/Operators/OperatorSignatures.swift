import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The table of the standard's facts, of which a line is read when it is asked for: a program that runs one network
/// must not pay for two hundred operators, nor for the many versions of one, at its start.
enum OperatorSignatures {
  /// The versions of `name`, oldest first; each is read when its schema is asked for.
  static func versions(of name: String, domain: String) -> [Version] {
    let operatorKey = "\(name)|\(domain)"
    if let known = found.withLock({ $0[operatorKey] }) { return known }
    let wanted = (domain[...], name[...])
    var (low, high) = (lines.startIndex, lines.endIndex)
    while low < high {
      let middle = line(at: lines.utf8.index(low, offsetBy: lines.utf8.distance(from: low, to: high) / 2))
      if key(middle) < wanted { low = end(of: middle) } else { high = middle.startIndex }
    }
    var versions: [Version] = []
    while low < lines.endIndex {
      let line = line(at: low)
      guard key(line) == wanted else { break }
      if let since = Int(split(line, "|", keepsEmpty: true)[2]) {
        versions.append(Version(since: since, line: line))
      }
      low = end(of: line)
    }
    // Where another thread was first, its versions have perhaps been read.
    return found.withLock { known in
      if let earlier = known[operatorKey] { return earlier }
      known[operatorKey] = versions
      return versions
    }
  }

  /// One version of an operator, as it stands in the table.
  struct Version {
    /// The first operator-set version with this definition.
    let since: Int
    private let read: ReadOnce<OperatorSchema?>

    fileprivate init(since: Int, line: Substring) {
      self.since = since
      read = ReadOnce { OperatorSignatures.parse(line) }
    }

    /// What the line says.
    var schema: OperatorSchema? { read.value }
  }

  /// What a part of the table says, read when it is first asked for.
  private final class ReadOnce<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)
    private let read: @Sendable () -> Value

    init(_ read: @escaping @Sendable () -> Value) { self.read = read }

    var value: Value {
      state.withLock { known in
        if let known { return known }
        let value = read()
        known = value
        return value
      }
    }
  }

  static var allOperators: [(domain: String, name: String)] {
    var found: [(domain: String, name: String)] = []
    for line in split(lines[...], "\n") {
      let (domain, name) = key(line)
      if let last = found.last, last.domain == domain, last.name == name { continue }
      found.append((String(domain), String(name)))
    }
    return found
  }

  private static let found = Mutex<[String: [Version]]>([:])

  private static let newline = UInt8(ascii: "\n")

  /// The line around `position`, of those that are ordered by domain, name and version as they are written: what is looked
  /// for is found by halves, and most of the table stays unread.
  private static func line(at position: String.Index) -> Substring {
    let bytes = lines.utf8
    let start = bytes[..<position].lastIndex(of: newline).map { bytes.index(after: $0) } ?? bytes.startIndex
    return lines[start..<(bytes[position...].firstIndex(of: newline) ?? bytes.endIndex)]
  }

  /// Where the line after `line` begins.
  private static func end(of line: Substring) -> String.Index {
    line.endIndex < lines.endIndex ? lines.utf8.index(after: line.endIndex) : lines.endIndex
  }

  /// The sets of types that parameters share, by number.
  private static let sets = split(typeSets[...], "\n").map { line in
    ReadOnce { Set(split(line, " ").map(String.init)) }
  }

  private static func key(_ line: Substring) -> (domain: Substring, name: Substring) {
    let bytes = line.utf8
    let bar = UInt8(ascii: "|")
    guard let first = bytes.firstIndex(of: bar) else { return ("", line) }
    let rest = bytes[bytes.index(after: first)...]
    return (Substring(rest[..<(rest.firstIndex(of: bar) ?? rest.endIndex)]), line[..<first])
  }

  /// The parts of `text`, which is ASCII, between separators. Bytes are looked at, not characters, in memory and not
  /// one by one.
  private static func split(_ text: Substring, _ separator: Unicode.Scalar, keepsEmpty: Bool = false)
    -> [Substring]
  {
    var text = text
    let ends = text.withUTF8 { bytes in
      var ends: [Int] = []
      var position = 0
      while position < bytes.count, let base = bytes.baseAddress,
        let end = memchr(base + position, Int32(separator.value), bytes.count - position)
      {
        position = UnsafeRawPointer(end) - UnsafeRawPointer(base) + 1
        ends.append(position - 1)
      }
      return ends + [bytes.count]
    }
    var parts: [Substring] = []
    parts.reserveCapacity(ends.count)
    var start = text.startIndex
    var offset = 0
    for end in ends {
      let stop = text.utf8.index(start, offsetBy: end - offset)
      if keepsEmpty || start < stop { parts.append(text[start..<stop]) }
      offset = end + 1
      if stop < text.endIndex { start = text.utf8.index(after: stop) } else { start = stop }
    }
    return parts
  }

  private static func parse(_ line: Substring) -> OperatorSchema? {
    let fields = split(line, "|", keepsEmpty: true)
    guard fields.count == 8, let version = Int(fields[2]) else { return nil }
    var typeParameters: [String: Set<String>] = [:]
    for item in split(fields[7], " ") {
      let parts = split(item, "=")
      guard parts.count == 2, parts[1].utf8.first == UInt8(ascii: "&"),
        let number = Int(parts[1].dropFirst()), sets.indices.contains(number)
      else { return nil }
      typeParameters[String(parts[0])] = sets[number].value
    }
    return OperatorSchema(
      name: String(fields[0]), domain: String(fields[1]), sinceVersion: version,
      isDeprecated: fields[3] == "d",
      inputs: split(fields[4], " ").map(parameter),
      outputs: split(fields[5], " ").map(parameter),
      attributes: split(fields[6], " ").compactMap(attribute), typeParameters: typeParameters)
  }

  private static func parameter(_ text: Substring) -> OperatorSchema.Parameter {
    let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
    var type = text[colon...].dropFirst()
    var occurrence = OperatorSchema.Occurrence.single
    if type.hasSuffix("?") {
      type = type.dropLast()
      occurrence = .optional
    } else if let mark = type.lastIndex(where: { $0 == "*" || $0 == "~" }) {
      occurrence = .variadic(
        minimum: Int(type[mark...].dropFirst()) ?? 0, homogeneous: type[mark] == "*")
      type = type[..<mark]
    }
    return OperatorSchema.Parameter(name: String(text[..<colon]), type: String(type), occurrence: occurrence)
  }

  private static let kinds: [Substring: Attribute.Kind] = [
    "f": .float, "i": .int, "s": .string, "t": .tensor, "g": .graph, "p": .sparseTensor, "y": .type,
    "fs": .floats, "is": .ints, "ss": .strings, "ts": .tensors, "gs": .graphs, "ps": .sparseTensors,
    "ys": .types,
  ]

  private static func attribute(_ text: Substring) -> OperatorSchema.AttributeSpecification? {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let rest = text[colon...].dropFirst()
    let isRequired = rest.hasSuffix("!")
    let parts = (isRequired ? rest.dropLast() : rest).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kindText = parts.first, let kind = kinds[kindText] else { return nil }
    return OperatorSchema.AttributeSpecification(
      name: String(text[..<colon]), kind: kind, isRequired: isRequired,
      defaultValue: parts.count > 1 ? value(parts[1], kind) : nil)
  }

  private static func value(_ text: Substring, _ kind: Attribute.Kind) -> Attribute? {
    let items = text.split(separator: ",")
    switch kind {
    case .float: return Double(text).map { .float(Float($0)) }
    case .int: return Int64(text).map { .int($0) }
    case .string: return .string(decodePercent(text))
    case .floats: return .floats(items.compactMap { Double($0).map { Float($0) } })
    case .ints: return .ints(items.compactMap { Int64($0) })
    case .strings: return .strings(items.map(String.init))
    default: return nil
    }
  }

  private static func decodePercent(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let code = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
