import CommandSupport
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    (0.0, 1, "0.0"), (93.14, 1, "93.1"), (93.15, 0, "93"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"),
    (-2.5, 2, "-2.50"),
    (1234.5678, 3, "1234.568"), (.nan, 1, "nan"), (.infinity, 1, "inf"), (1e300, 3, "1e+300"),
  ])
  func numbersHaveFixedDigits(value: Double, digits: Int, expected: String) {
    #expect(Text.fixed(value, digits: digits) == expected)
  }

  @Test func barsGoToAnEighth() {
    #expect(Text.bar(1, width: 3) == "███")
    #expect(Text.bar(0.5, width: 3) == "█▌")
    #expect(Text.bar(0.0001, width: 10) == "▏")
    #expect(Text.bar(0, width: 10) == "" && Text.bar(.nan, width: 10) == "" && Text.bar(1, width: -1) == "")
    #expect(Text.bar(7, width: 2) == "██")
  }

  @Test func columnsAreFilledUp() {
    #expect(Text.left("ab", 4) + "|" == "ab  |" && Text.right("ab", 4) == "  ab")
    #expect(Text.left("abcde", 4) == "abcde")
  }

  /// A file's name must not be able to clear somebody's screen.
  @Test func controlCharactersAreNotPassedOn() {
    #expect(Diagnostics.printable("a\u{1B}[2Jb\r\u{202E}c\nd") == "a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}c\nd")
    #expect(Diagnostics.printable("日本 é") == "日本 é")
  }

  @Test func numbersThatJSONDoesNotKnowAreStrings() throws {
    #expect(
      try ResultStream.json(["b": [1.5, .nan], "a/": [-.infinity]]) == #"{"a/":["-inf"],"b":[1.5,"nan"]}"#)
  }
}
