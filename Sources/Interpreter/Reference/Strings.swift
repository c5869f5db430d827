import Graph

extension ReferenceFamily {
  /// Operators on text.
  static let strings = ReferenceFamily(
    "Strings",
    [
      ReferenceOperator("StringConcat") { call in
        let (left, right) = (try call.tensor(0), try call.tensor(1))
        let shape = try call.broadcastShape([left, right])
        let a = Broadcasting.expand(try left.strings(), from: left.shape, to: shape)
        let b = Broadcasting.expand(try right.strings(), from: right.shape, to: shape)
        call.set(0, try Tensor(strings: zip(a, b).map(+), shape: shape))
      },
      ReferenceOperator("StringSplit") { call in try splitStrings(&call) },
      ReferenceOperator("StringNormalizer") { call in try normalizeStrings(&call) },
      ReferenceOperator("RegexFullMatch") { call in
        let input = try call.tensor(0)
        guard let pattern = call.node.string("pattern") else { throw call.failure("has no pattern") }
        guard let expression = try? Regex(pattern) else {
          throw call.failure("'\(pattern)' is no regular expression")
        }
        // RE2 knows code points, and words of ASCII only.
        let plain = expression.matchingSemantics(.unicodeScalar).wordBoundaryKind(.simple)
          .asciiOnlyCharacterClasses()
        let results = try input.strings().map { try plain.wholeMatch(in: $0) != nil }
        call.set(0, try Tensor(results, shape: input.shape))
      },
      ReferenceOperator("TfIdfVectorizer") { call in try vectorize(&call) },
    ])

  /// Without a delimiter, parts are what stands between runs of white space (ONNX StringSplit-20).
  private static func splitStrings(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let delimiter = call.node.string("delimiter") ?? ""
    let limit = call.node.int("maxsplit").flatMap { $0 < 0 ? nil : $0 } ?? Int.max
    let parts = try input.strings().map {
      delimiter.isEmpty ? words($0, limit: limit) : pieces($0, delimiter, limit: limit)
    }
    let width = parts.map(\.count).max() ?? 0
    let padded = parts.flatMap { $0 + Array(repeating: "", count: width - $0.count) }
    call.set(0, try Tensor(strings: padded, shape: input.shape + [width]))
    call.set(1, try Tensor(parts.map { Int64($0.count) }, shape: input.shape))
  }

  private static func words(_ text: String, limit: Int) -> [String] {
    var result: [String] = []
    var rest = text.unicodeScalars.drop { $0.properties.isWhitespace }
    while !rest.isEmpty {
      if result.count == limit {
        result.append(String(rest))
        break
      }
      let word = rest.prefix { !$0.properties.isWhitespace }
      result.append(String(word))
      rest = rest[word.endIndex...].drop { $0.properties.isWhitespace }
    }
    return result
  }

  private static func pieces(_ text: String, _ delimiter: String, limit: Int) -> [String] {
    let (bytes, mark) = (Array(text.utf8), Array(delimiter.utf8))
    var result: [String] = []
    var start = 0
    var position = 0
    while position + mark.count <= bytes.count, result.count < limit {
      if bytes[position..<(position + mark.count)].elementsEqual(mark) {
        result.append(String(decoding: bytes[start..<position], as: UTF8.self))
        position += mark.count
        start = position
      } else {
        position += 1
      }
    }
    return result + [String(decoding: bytes[start...], as: UTF8.self)]
  }

  /// Stop words go first; where none are left, one empty string stands (ONNX StringNormalizer-10). Case is changed
  /// by Unicode's rules, whatever the `locale`.
  private static func normalizeStrings(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard input.rank == 1 || (input.rank == 2 && input.shape[0] == 1) else {
      throw call.failure("needs an input [C] or [1, C], found \(input.shape)")
    }
    let isSensitive = call.node.int("is_case_sensitive") == 1
    let stopWords = (call.node.strings("stopwords") ?? []).map { isSensitive ? $0 : $0.lowercased() }
    let stops = Set(stopWords.map { Array($0.utf8) })
    var kept = try input.strings().filter {
      !stops.contains(Array((isSensitive ? $0 : $0.lowercased()).utf8))
    }
    switch call.node.string("case_change_action") ?? "NONE" {
    case "NONE": break
    case "LOWER": kept = kept.map { $0.lowercased() }
    case "UPPER": kept = kept.map { $0.uppercased() }
    case let other: throw call.failure("case_change_action is '\(other)'")
    }
    if kept.isEmpty { kept = [""] }
    call.set(0, try Tensor(strings: kept, shape: input.shape.dropLast() + [kept.count]))
  }

  /// Counts of n-grams with up to `max_skip_count` elements skipped between neighbours (ONNX TfIdfVectorizer-9).
  private static func vectorize(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let isText = input.elementType == .string
    // Elements become numbers in order of appearance, in the pool first.
    var numbers: [String: Int] = [:]
    func number(_ text: String) -> Int {
      if let known = numbers[text] { return known }
      numbers[text] = numbers.count
      return numbers.count - 1
    }
    let pool =
      (isText ? call.node.strings("pool_strings") : call.node.ints("pool_int64s")?.map { "\($0)" }) ?? []
    let vectorizer = try NGramPool(call, pool: pool.map(number))
    let elements = try (isText ? input.strings() : input.integers().map { "\($0)" }).map(number)
    let rows = input.rank == 2 ? input.shape[0] : 1
    let length = input.rank == 0 ? 1 : input.shape[input.rank - 1]
    let results = (0..<rows).flatMap { row in
      vectorizer.weighed(elements[(row * length)..<((row + 1) * length)])
    }
    call.set(
      0,
      try Tensor(
        results.map { Float($0) }, shape: (input.rank == 2 ? [rows] : []) + [vectorizer.outputCount]))
  }
}

/// The n-grams that a `TfIdfVectorizer` counts.
private struct NGramPool {
  /// By n-gram its number in the pool.
  private var grams: [[Int]: Int] = [:]
  private let outputs: [Int]
  private let weights: [Double]?
  private let mode: String
  private let lengths: ClosedRange<Int>
  private let maximalSkip: Int
  let outputCount: Int

  init(_ call: ReferenceCall, pool: [Int]) throws {
    let node = call.node
    mode = node.string("mode") ?? ""
    guard ["TF", "IDF", "TFIDF"].contains(mode) else { throw call.failure("mode is '\(mode)'") }
    guard let starts = node.ints("ngram_counts"), let outputs = node.ints("ngram_indexes"),
      let least = node.int("min_gram_length"), let most = node.int("max_gram_length"), least >= 1,
      most >= least, let skip = node.int("max_skip_count"), (0...ReferenceCall.elementLimit).contains(skip),
      outputs.allSatisfy({ $0 >= 0 && $0 < ReferenceCall.elementLimit })
    else { throw call.failure("n-gram attributes are missing or negative") }
    self.outputs = outputs
    outputCount = (outputs.max() ?? -1) + 1
    lengths = least...most
    maximalSkip = skip
    weights = node.floats("weights")?.map(Double.init)
    if let weights, weights.count != outputs.count {
      throw call.failure("\(weights.count) weights for \(outputs.count) n-grams")
    }
    var gram = 0
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : pool.count
      guard start >= 0, start <= end, end <= pool.count, (end - start) % (index + 1) == 0 else {
        throw call.failure("ngram_counts \(starts) don't fit a pool of \(pool.count)")
      }
      for first in stride(from: start, to: end, by: index + 1) {
        grams[Array(pool[first..<(first + index + 1)])] = gram
        gram += 1
      }
    }
    guard gram <= outputs.count else { throw call.failure("\(gram) n-grams, but \(outputs.count) indexes") }
  }

  /// The weighed counts of one row.
  func weighed(_ row: ArraySlice<Int>) -> [Double] {
    var counts = Array(repeating: 0.0, count: outputs.count)
    let row = Array(row)
    guard lengths.lowerBound <= row.count else { return Array(repeating: 0, count: outputCount) }
    for length in lengths.lowerBound...min(lengths.upperBound, row.count) {
      // A single element has no neighbours to skip between.
      for step in 1...(length == 1 ? 1 : maximalSkip + 1) {
        let reach = (length - 1) * step
        guard reach < row.count else { break }
        for start in 0..<(row.count - reach) {
          let gram = (0..<length).map { row[start + $0 * step] }
          if let number = grams[gram] { counts[number] += 1 }
        }
      }
    }
    var result = Array(repeating: 0.0, count: outputCount)
    for (number, count) in counts.enumerated() where count > 0 {
      let weight = mode == "TF" ? 1 : weights?[number] ?? 1
      result[outputs[number]] = mode == "IDF" ? weight : weight * count
    }
    return result
  }
}
