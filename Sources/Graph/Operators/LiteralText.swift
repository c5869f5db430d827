#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bytes of a literal or part of them, which are ASCII and lie in memory for as long as the program runs. They are looked
/// at where they lie: no characters, no copies.
struct LiteralText: Comparable, @unchecked Sendable {
  private let start: UnsafePointer<UInt8>
  let count: Int

  private init(_ start: UnsafePointer<UInt8>, _ count: Int) {
    self.start = start
    self.count = count
  }

  /// All of a literal.
  init(_ literal: StaticString) { self.init(literal.utf8Start, literal.utf8CodeUnitCount) }

  /// Calls `body` with the bytes of any text, which must not be kept.
  static func reading<Result>(_ text: String, _ body: (LiteralText) -> Result) -> Result {
    var text = text
    return text.withUTF8 { bytes in
      guard let base = bytes.baseAddress else { return body(LiteralText("")) }
      return body(LiteralText(base, bytes.count))
    }
  }

  /// A part; `range` is cut to what there is.
  subscript(range: Range<Int>) -> LiteralText {
    let part = range.clamped(to: 0..<count)
    return LiteralText(start + part.lowerBound, part.count)
  }

  var string: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

  var integer: Int? { Int(string) }

  func firstIndex(of byte: Unicode.Scalar, from first: Int = 0) -> Int? {
    guard first < count, let found = memchr(start + first, Int32(byte.value), count - first) else {
      return nil
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(start)
  }

  func lastIndex(of byte: Unicode.Scalar, before end: Int) -> Int? {
    var place = min(end, count) - 1
    while place >= 0, start[place] != UInt8(ascii: byte) { place -= 1 }
    return place < 0 ? nil : place
  }

  /// Parts between separators.
  func parts(at separator: Unicode.Scalar, keepsEmpty: Bool = false) -> [LiteralText] {
    var parts: [LiteralText] = []
    var first = 0
    while first <= count {
      let end = firstIndex(of: separator, from: first) ?? count
      if keepsEmpty || first < end { parts.append(self[first..<end]) }
      first = end + 1
    }
    return parts
  }

  /// What comes after `prefix`; `nil` where it begins otherwise.
  func dropping(prefix: Unicode.Scalar) -> LiteralText? {
    count > 0 && start[0] == UInt8(ascii: prefix) ? self[1..<count] : nil
  }

  /// What comes before `suffix`; `nil` where it ends otherwise.
  func dropping(suffix: Unicode.Scalar) -> LiteralText? {
    count > 0 && start[count - 1] == UInt8(ascii: suffix) ? self[0..<count - 1] : nil
  }

  /// The text that `%20` and the like stand in.
  var decodingPercents: String {
    var bytes: [UInt8] = []
    var place = 0
    while place < count {
      if start[place] == UInt8(ascii: "%"), let code = UInt8(self[place + 1..<place + 3].string, radix: 16) {
        bytes.append(code)
        place += 3
      } else {
        bytes.append(start[place])
        place += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func == (one: LiteralText, other: LiteralText) -> Bool {
    one.count == other.count && memcmp(one.start, other.start, one.count) == 0
  }

  static func < (one: LiteralText, other: LiteralText) -> Bool {
    let order = memcmp(one.start, other.start, min(one.count, other.count))
    return order == 0 ? one.count < other.count : order < 0
  }
}
