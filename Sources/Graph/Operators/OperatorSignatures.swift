import Synchronization

/// The table of the standard's facts, read line by line as operators are asked for: a program that runs one
/// network must not pay for two hundred operators at its start.
enum OperatorSignatures {
  private static let cache = Mutex<[String: [OperatorSchema]]>([:])

  static func schemas(of name: String, domain: String) -> [OperatorSchema] {
    let key = "\(name)|\(domain)|"
    if let known = cache.withLock({ $0[key] }) { return known }
    let found = (index[key] ?? []).compactMap { parse($0) }
    cache.withLock { $0[key] = found }
    return found
  }

  static var allOperators: [(domain: String, name: String)] {
    index.keys.map { key in
      let fields = key.split(separator: "|", omittingEmptySubsequences: false)
      return (String(fields[1]), String(fields[0]))
    }.sorted { ($0.domain, $0.name) < ($1.domain, $1.name) }
  }

  /// The lines of each operator, oldest version first, by `name|domain|`.
  private static let index: [String: [Substring]] = {
    var index: [String: [Substring]] = [:]
    index.reserveCapacity(300)
    for line in split(lines[...], "\n") {
      let text = Substring(line.utf8.drop { $0 == UInt8(ascii: " ") })
      guard let first = text.utf8.firstIndex(of: UInt8(ascii: "|")) else { continue }
      let rest = text.utf8[text.utf8.index(after: first)...]
      guard let second = rest.firstIndex(of: UInt8(ascii: "|")) else { continue }
      index[String(text[..<text.utf8.index(after: second)]), default: []].append(text)
    }
    return index
  }()

  private static let sets: [Set<String>] = split(typeSets[...], "\n").map {
    Set(split($0, " ").map(String.init))
  }

  /// The parts of `text`, which is ASCII, between separators: bytes are compared, not characters, which takes a
  /// tenth of the time. A program pays it at its start.
  private static func split(_ text: Substring, _ separator: Unicode.Scalar, keepsEmpty: Bool = false)
    -> [Substring]
  {
    text.utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: !keepsEmpty)
      .map { Substring($0) }
  }

  private static func parse(_ line: Substring) -> OperatorSchema? {
    let fields = split(line, "|", keepsEmpty: true)
    guard fields.count == 8, let version = Int(fields[2]) else { return nil }
    var typeParameters: [String: Set<String>] = [:]
    for item in split(fields[7], " ") {
      let parts = split(item, "=")
      guard parts.count == 2, parts[1].utf8.first == UInt8(ascii: "&"), let set = Int(parts[1].dropFirst()),
        sets.indices.contains(set)
      else { return nil }
      typeParameters[String(parts[0])] = sets[set]
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
