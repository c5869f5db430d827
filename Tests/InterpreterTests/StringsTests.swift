import Graph
import Testing

@testable import Interpreter

@Suite struct StringsTests {
  @Test func joining() throws {
    let result = try OperatorCase("StringConcat")(texts(["a", "b"], [2, 1]), texts(["x", "y"]))[0]
    #expect(try result.strings() == ["ax", "ay", "bx", "by"])
  }

  @Test func splitting() throws {
    let byComma = try OperatorCase("StringSplit", ["delimiter": .string(",")], outputs: 2)(
      texts(["a,,b", ""]))
    #expect(try byComma[0].strings() == ["a", "", "b", "", "", ""])
    #expect(try byComma[1].integers() == [3, 1])
    let limited = OperatorCase("StringSplit", ["maxsplit": .int(1)], outputs: 2)
    #expect(try limited(texts(["  a b  c "]))[0].strings() == ["a", "b  c "])
    let blank = try OperatorCase("StringSplit", outputs: 2)(texts(["  "]))
    #expect(blank[0].shape == [1, 0])
    #expect(try blank[1].integers() == [0])
    #expect(try OperatorCase("StringSplit", outputs: 2)(texts([], [0]))[0].shape == [0, 0])
  }

  @Test func normalizing() throws {
    let input = try texts(["Monday", "tuesday", "É"])
    let upper = OperatorCase(
      "StringNormalizer", ["case_change_action": .string("UPPER"), "stopwords": .strings(["monday"])])
    #expect(try upper(input)[0].strings() == ["TUESDAY", "É"])
    let sensitive = OperatorCase(
      "StringNormalizer",
      [
        "case_change_action": .string("LOWER"), "is_case_sensitive": .int(1),
        "stopwords": .strings(["monday"]),
      ])
    #expect(try sensitive(input)[0].strings() == ["monday", "tuesday", "é"])
    let all = OperatorCase("StringNormalizer", ["stopwords": .strings(["monday"])])
    #expect(try all(texts(["Monday"], [1, 1]))[0] == texts([""], [1, 1]))
    #expect(throws: (any Error).self) { try all(texts(["a", "b"], [2, 1])) }
  }

  @Test func matchingWholeStrings() throws {
    let match = OperatorCase("RegexFullMatch", ["pattern": .string(#"[a-z]+\.\bcom\b"#)])
    #expect(try match(texts(["onnx.com", "onnx.com ", "x"]))[0].integers() == [1, 0, 0])
    let digits = OperatorCase("RegexFullMatch", ["pattern": .string(#"\d+"#)])
    #expect(try digits(texts(["12", "١٢"]))[0].integers() == [1, 0])
    #expect(throws: (any Error).self) {
      try OperatorCase("RegexFullMatch", ["pattern": .string("(")])(texts(["a"]))
    }
  }

  @Test func countingNGramsWithSkips() throws {
    func vectorizer(_ mode: String) -> OperatorCase {
      OperatorCase(
        "TfIdfVectorizer",
        [
          "mode": .string(mode), "min_gram_length": .int(1), "max_gram_length": .int(2),
          "max_skip_count": .int(1), "ngram_counts": .ints([0, 2]), "ngram_indexes": .ints([2, 0, 1]),
          "pool_int64s": .ints([1, 2, 1, 3]), "weights": .floats([10, 20, 30]),
        ])
    }
    // 1 twice, 2 once; the pair (1, 3) next to each other and with one skipped.
    let row = try longs([1, 2, 3, 1, 3])
    #expect(try vectorizer("TF")(row)[0].numbers == [1, 2, 2])
    #expect(try vectorizer("IDF")(row)[0].numbers == [20, 30, 10])
    #expect(
      try vectorizer("TFIDF")(Tensor([1, 1, 2, 2] as [Int32], shape: [2, 2]))[0].numbers == [
        0, 0, 20, 40, 0, 0,
      ])
    #expect(throws: (any Error).self) { try vectorizer("X")(row) }
  }
}
