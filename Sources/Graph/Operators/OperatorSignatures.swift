import Synchronization

/// The table of the standard's facts, of which a line is read when it is asked for: a program that runs one network
/// must not pay for two hundred operators, nor for the many versions of one, at its start.
enum OperatorSignatures {
  /// The versions of `name`, oldest first; each is read when its schema is asked for.
  static func versions(of name: String, domain: String) -> [Version] {
    let operatorKey = domain.isEmpty ? name : "\(name)|\(domain)"
    if let known = found.withLock({ $0[operatorKey] }) { return known }
    let versions = LiteralText.reading(name) { name in
      LiteralText.reading(domain) { domain in read(Key(domain: domain, name: name)) }
    }
    // Where another thread was first, its versions have perhaps been read.
    return found.withLock { known in
      if let earlier = known[operatorKey] { return earlier }
      known[operatorKey] = versions
      return versions
    }
  }

  /// Lines are ordered by domain, name and version as they are written: what is looked for is found by halves, and most of
  /// the table stays unread.
  private static func read(_ wanted: Key) -> [Version] {
    let table = LiteralText(lines)
    var (low, high) = (0, table.count)
    while low < high {
      let middle = line(at: (low + high) / 2, of: table)
      if Key(table[middle]) < wanted { low = middle.upperBound + 1 } else { high = middle.lowerBound }
    }
    var versions: [Version] = []
    while low < table.count {
      let place = line(at: low, of: table)
      let line = table[place]
      guard Key(line) == wanted else { break }
      if let since = line.parts(at: "|", keepsEmpty: true)[2].integer {
        versions.append(Version(since: since, line: line))
      }
      low = place.upperBound + 1
    }
    return versions
  }

  /// One version of an operator, as it stands in the table.
  struct Version {
    /// The first operator-set version with this definition.
    let since: Int
    private let read: ReadOnce<OperatorSchema?>

    fileprivate init(since: Int, line: LiteralText) {
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
    var found: [Key] = []
    for line in LiteralText(lines).parts(at: "\n") {
      let key = Key(line)
      if found.last != key { found.append(key) }
    }
    return found.map { ($0.domain.string, $0.name.string) }
  }

  private static let found = Mutex<[String: [Version]]>([:])

  /// Where the line around `position` is.
  private static func line(at position: Int, of table: LiteralText) -> Range<Int> {
    let start = table.lastIndex(of: "\n", before: position).map { $0 + 1 } ?? 0
    return start..<(table.firstIndex(of: "\n", from: position) ?? table.count)
  }

  /// The sets of types that parameters share, by number.
  private static let sets = LiteralText(typeSets).parts(at: "\n").map { line in
    ReadOnce { Set(line.parts(at: " ").map(\.string)) }
  }

  /// What lines are ordered by before their version.
  private struct Key: Comparable {
    let domain: LiteralText
    let name: LiteralText

    init(domain: LiteralText, name: LiteralText) {
      self.domain = domain
      self.name = name
    }

    /// A line's.
    init(_ line: LiteralText) {
      let first = line.firstIndex(of: "|") ?? line.count
      let rest = min(first + 1, line.count)
      name = line[0..<first]
      domain = line[rest..<(line.firstIndex(of: "|", from: rest) ?? line.count)]
    }

    static func < (one: Key, other: Key) -> Bool {
      one.domain == other.domain ? one.name < other.name : one.domain < other.domain
    }
  }

  private static func parse(_ line: LiteralText) -> OperatorSchema? {
    let fields = line.parts(at: "|", keepsEmpty: true)
    guard fields.count == 8, let version = fields[2].integer else { return nil }
    var typeParameters: [String: Set<String>] = [:]
    for item in fields[7].parts(at: " ") {
      let parts = item.parts(at: "=")
      guard parts.count == 2, let number = parts[1].dropping(prefix: "&")?.integer,
        sets.indices.contains(number)
      else { return nil }
      typeParameters[parts[0].string] = sets[number].value
    }
    return OperatorSchema(
      name: fields[0].string, domain: fields[1].string, sinceVersion: version,
      isDeprecated: fields[3].string == "d",
      inputs: fields[4].parts(at: " ").map(parameter),
      outputs: fields[5].parts(at: " ").map(parameter),
      attributes: fields[6].parts(at: " ").compactMap(attribute), typeParameters: typeParameters)
  }

  private static func parameter(_ text: LiteralText) -> OperatorSchema.Parameter {
    let colon = text.firstIndex(of: ":") ?? text.count
    var type = text[min(colon + 1, text.count)..<text.count]
    var occurrence = OperatorSchema.Occurrence.single
    if let short = type.dropping(suffix: "?") {
      type = short
      occurrence = .optional
    } else if let mark = type.firstIndex(of: "*") ?? type.firstIndex(of: "~") {
      occurrence = .variadic(
        minimum: type[mark + 1..<type.count].integer ?? 0, homogeneous: type.firstIndex(of: "*") == mark)
      type = type[0..<mark]
    }
    return OperatorSchema.Parameter(name: text[0..<colon].string, type: type.string, occurrence: occurrence)
  }

  private static func kind(_ name: String) -> Attribute.Kind? {
    switch name {
    case "f": .float
    case "i": .int
    case "s": .string
    case "t": .tensor
    case "g": .graph
    case "p": .sparseTensor
    case "y": .type
    case "fs": .floats
    case "is": .ints
    case "ss": .strings
    case "ts": .tensors
    case "gs": .graphs
    case "ps": .sparseTensors
    case "ys": .types
    default: nil
    }
  }

  private static func attribute(_ text: LiteralText) -> OperatorSchema.AttributeSpecification? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let all = text[colon + 1..<text.count]
    let required = all.dropping(suffix: "!")
    let rest = required ?? all
    let equals = rest.firstIndex(of: "=")
    guard let kind = kind(rest[0..<(equals ?? rest.count)].string) else { return nil }
    return OperatorSchema.AttributeSpecification(
      name: text[0..<colon].string, kind: kind, isRequired: required != nil,
      defaultValue: equals.flatMap { value(rest[$0 + 1..<rest.count], kind) })
  }

  private static func value(_ text: LiteralText, _ kind: Attribute.Kind) -> Attribute? {
    func items() -> [String] { text.parts(at: ",").map(\.string) }
    switch kind {
    case .float: return Double(text.string).map { .float(Float($0)) }
    case .int: return Int64(text.string).map { .int($0) }
    case .string: return .string(text.decodingPercents)
    case .floats: return .floats(items().compactMap { Double($0).map { Float($0) } })
    case .ints: return .ints(items().compactMap { Int64($0) })
    case .strings: return .strings(items())
    default: return nil
    }
  }
}
