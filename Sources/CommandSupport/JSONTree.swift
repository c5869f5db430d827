import CJSON

/// A value that was encoded, on its way to json-c.
///
/// An object of its own, because what encodes a value may go on filling a container that it has got.
final class JSONTree {
  private enum Content {
    case null
    case truth(Bool)
    case integer(Int64)
    case natural(UInt64)
    case number(Double, text: String)
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])
  }

  private var content = Content.null

  init() {}

  /// - Throws: what the value's own encoding throws.
  convenience init(_ value: some Encodable) throws {
    self.init()
    try set(value)
  }

  /// Makes this stand for `value`. Numbers that JSON doesn't know are strings: `"nan"`, `"inf"`, `"-inf"`.
  func set(_ value: some Encodable) throws {
    switch value {
    case let value as Bool: content = .truth(value)
    case let value as String: content = .text(value)
    case let value as Double: content = Self.number(value, "\(value)")
    case let value as Float: content = Self.number(Double(value), "\(value)")
    case let value as any BinaryInteger:
      if let integer = Int64(exactly: value) {
        content = .integer(integer)
      } else if let natural = UInt64(exactly: value) {
        content = .natural(natural)
      } else {
        throw EncodingError.invalidValue(
          value, .init(codingPath: [], debugDescription: "JSON's integers have 64 bits here"))
      }
    default: try value.encode(to: TreeEncoder(tree: self))
    }
  }

  /// As Swift writes numbers: the shortest text that reads as the same one, whole ones without a fraction.
  private static func number(_ value: Double, _ text: String) -> Content {
    if !value.isFinite { return .text(text) }
    return .number(value, text: text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  fileprivate func beList() { if case .list = content {} else { content = .list([]) } }
  fileprivate func beObject() { if case .object = content {} else { content = .object([:]) } }

  fileprivate func append() -> JSONTree {
    let item = JSONTree()
    if case .list(var items) = content {
      content = .null
      items.append(item)
      content = .list(items)
    }
    return item
  }

  fileprivate func member(_ key: any CodingKey) -> JSONTree {
    let member = JSONTree()
    if case .object(var members) = content {
      content = .null
      members[key.stringValue] = member
      content = .object(members)
    }
    return member
  }

  fileprivate var count: Int { if case .list(let items) = content { items.count } else { 0 } }

  /// On one line, keys sorted; `nil` where there is no memory for it.
  var line: String? {
    guard let object = made else { return "null" }
    defer { json_object_put(object) }
    let text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
    return text.map { String(cString: $0) }
  }

  /// json-c's object of the same, which is the caller's to put away.
  private var made: OpaquePointer? {
    switch content {
    case .null: return nil
    case .truth(let value): return json_object_new_boolean(value ? 1 : 0)
    case .integer(let value): return json_object_new_int64(value)
    case .natural(let value): return json_object_new_uint64(value)
    case .number(let value, let text): return json_object_new_double_s(value, text)
    case .text(let text):
      return text.withCString { json_object_new_string_len($0, Int32(text.utf8.count)) }
    case .list(let items):
      let list = json_object_new_array_ext(Int32(items.count))
      for item in items { json_object_array_add(list, item.made) }
      return list
    case .object(let members):
      let object = json_object_new_object()
      for (key, member) in members.sorted(by: { $0.key < $1.key }) {
        json_object_object_add(object, key, member.made)
      }
      return object
    }
  }
}

/// Fills a tree with what a value says of itself.
private struct TreeEncoder: Encoder {
  let tree: JSONTree
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    tree.beObject()
    return KeyedEncodingContainer(Members(tree: tree))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    tree.beList()
    return Items(tree: tree)
  }
  func singleValueContainer() -> any SingleValueEncodingContainer { Single(tree: tree) }

  private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let tree: JSONTree
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil(forKey key: Key) { _ = tree.member(key) }
    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
      try tree.member(key).set(value)
    }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      TreeEncoder(tree: tree.member(key)).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      TreeEncoder(tree: tree.member(key)).unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { TreeEncoder(tree: tree.member(SuperKey())) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { TreeEncoder(tree: tree.member(key)) }
  }

  private struct Items: UnkeyedEncodingContainer {
    let tree: JSONTree
    var codingPath: [any CodingKey] { [] }
    var count: Int { tree.count }

    mutating func encodeNil() { _ = tree.append() }
    mutating func encode<Value: Encodable>(_ value: Value) throws { try tree.append().set(value) }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<
      Nested
    > {
      TreeEncoder(tree: tree.append()).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      TreeEncoder(tree: tree.append()).unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { TreeEncoder(tree: tree.append()) }
  }

  private struct Single: SingleValueEncodingContainer {
    let tree: JSONTree
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() {}
    mutating func encode<Value: Encodable>(_ value: Value) throws { try tree.set(value) }
  }

  /// The key of what a class's ancestor encodes.
  private struct SuperKey: CodingKey {
    let stringValue = "super"
    let intValue: Int? = nil
    init() {}
    init?(stringValue: String) { nil }
    init?(intValue: Int) { nil }
  }
}
