import CommandSupport
import FoundationEssentials
import Testing

/// What results are as JSON, beside what Foundation writes for the same values.
@Suite struct JSONTreeTests {
  private struct Everything: Encodable {
    struct Inner: Encodable {
      var name: String
      var missing: Int?
      var list: [[Double]] = []
    }
    enum Kind: String, Encodable { case winograd = "f4/plain" }

    var truth = true
    var least = Int64.min
    var most = UInt64.max
    var byte: UInt8 = 255
    var small: Float = 0.1
    var numbers: [Double] = [
      0, -0.0, 5, 0.1, 1e-7, 1e16, 123_456_789.125, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    var strange: [Float] = [.nan, .infinity, -.infinity]
    var text = "\"quotes\", \\, /, \u{7}, \u{1F}, \n, \t, é, 日本, 😀, a\0b"
    var empty = ""
    var kind = Kind.winograd
    var inner = [Inner(name: "b"), Inner(name: "a", missing: 3, list: [[], [1.5]])]
    var optional: [Int?] = [1, nil, 3]
    var byName = ["z": 1, "a": 2, "é": 3]
    var nothing: [String: Int] = [:]
  }

  @Test func isWhatFoundationWrites() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let expected = String(decoding: try encoder.encode(Everything()), as: UTF8.self)
    #expect(try ResultStream.json(Everything()) == expected)
  }

  /// Containers that are asked for one after another, and inside of others.
  private struct ByHand: Encodable {
    enum Key: String, CodingKey { case first, second, third }

    func encode(to encoder: any Encoder) throws {
      var members = encoder.container(keyedBy: Key.self)
      var list = members.nestedUnkeyedContainer(forKey: .second)
      try list.encode("one")
      var inner = list.nestedContainer(keyedBy: Key.self)
      try inner.encodeNil(forKey: .third)
      try list.encodeNil()
      #expect(list.count == 3)
      var deeper = list.nestedUnkeyedContainer()
      try deeper.encode(contentsOf: [1, 2])
      var again = encoder.container(keyedBy: Key.self)
      try again.encode(2.5, forKey: .first)
    }
  }

  @Test func containersAreFilledInAnyOrder() throws {
    #expect(try ResultStream.json(ByHand()) == #"{"first":2.5,"second":["one",{"third":null},null,[1,2]]}"#)
  }

  @Test func whatHasNoSixtyFourBitsIsAnError() {
    #expect(throws: EncodingError.self) { try ResultStream.json([UInt128.max]) }
  }
}
