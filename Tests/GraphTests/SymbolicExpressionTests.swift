import Testing

@testable import Graph

/// Sizes by name: one form for equal ones, written as people write them.
@Suite struct SymbolicExpressionTests {
  private func parsed(_ text: String) -> SymbolicExpression { SymbolicExpression(parsing: text) }

  @Test(arguments: [
    ("h + 1 + h", "2*h + 1"), ("1 - h", "-h + 1"), ("w*h - h*w", "0"), ("2*3", "6"),
    ("b*a*2 + a", "2*a*b + a"),
    ("floor((2*h + 3)/2)", "h + 1"), ("floor((h + 3)/2)", "floor((h + 1)/2) + 1"), ("what ever", "what ever"),
    ("h - h + w", "w"),
  ])
  func oneForm(text: String, form: String) {
    #expect(parsed(text).description == form)
    #expect(parsed(form) == parsed(text))
  }

  @Test func values() throws {
    let sizes = ["h": 5, "w": 7]
    #expect(parsed("2*h*w + w - 3").evaluated(sizes) == 74)
    #expect(parsed("h + missing").evaluated(sizes) == nil)
    #expect(parsed("h*h").evaluated(["h": Int.max]) == nil)
    #expect(parsed("7 - 7").constantValue == 0 && parsed("h").constantValue == nil)
    #expect(parsed("a*b + 2").symbols == ["a", "b"])
    #expect(parsed("2*h*w").dividedExactly(by: parsed("2*w")) == parsed("h"))
    #expect(parsed("2*h + 1").dividedExactly(by: parsed("2")) == nil)
    let large = SymbolicExpression(constant: Int.max)
    #expect(large.adding(SymbolicExpression(constant: 1)) == nil && large.scaled(by: 2) == nil)
  }

  /// Nobody may make a file's reader work for long by a long size: a thousand times as many terms as people write.
  @Test func longSumsAreRead() {
    let text = (0..<20_000).map { "n\($0 % 10_000)" }.joined(separator: " + ")
    #expect(parsed(text).symbols.count == 10_000)
  }
}
