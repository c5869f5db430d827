/// A polynomial with integer coefficients in named sizes, in one canonical form.
///
/// Quotients that don't come out even become atoms named by how they read, `floor((h + 1)/2)`, so equal
/// expressions still compare equal.
public struct SymbolicExpression: Hashable, Sendable, CustomStringConvertible {
  /// A product: a coefficient that is not zero, and names in order, each as often as its power.
  private struct Term: Hashable, Sendable {
    let names: [String]
    var coefficient: Int
  }

  /// Terms of different names, highest powers first.
  private let terms: [Term]

  /// The sum of terms among which names may repeat; `nil` where a coefficient overflows.
  private init?(sumOf parts: [Term]) {
    let ordered =
      parts.count < 2
      ? parts
      : parts.sorted {
        $0.names.count != $1.names.count
          ? $0.names.count > $1.names.count : $0.names.lexicographicallyPrecedes($1.names)
      }
    var sum: [Term] = []
    for part in ordered {
      guard let last = sum.last, last.names == part.names else {
        sum.append(part)
        continue
      }
      let (value, overflow) = last.coefficient.addingReportingOverflow(part.coefficient)
      if overflow { return nil }
      sum[sum.count - 1].coefficient = value
    }
    self.init(ordered: sum)
  }

  private init(ordered parts: [Term]) { terms = parts.filter { $0.coefficient != 0 } }

  /// The expression that is one named size.
  public init(symbol: String) { terms = [Term(names: [symbol], coefficient: 1)] }

  /// A constant expression.
  public init(constant: Int) { terms = constant == 0 ? [] : [Term(names: [], coefficient: constant)] }

  /// The value, where no name occurs.
  public var constantValue: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 && terms[0].names.isEmpty ? terms[0].coefficient : nil
  }

  /// Whether no coefficient is negative: sizes aren't, so neither is the value.
  var isNeverNegative: Bool { terms.allSatisfy { $0.coefficient >= 0 } }

  /// The names that occur, atoms of quotients included.
  public var symbols: Set<String> { Set(terms.flatMap(\.names)) }

  func adding(_ other: SymbolicExpression) -> SymbolicExpression? {
    SymbolicExpression(sumOf: terms + other.terms)
  }

  func scaled(by factor: Int) -> SymbolicExpression? { multiplied(by: SymbolicExpression(constant: factor)) }

  func multiplied(by other: SymbolicExpression) -> SymbolicExpression? {
    var product: [Term] = []
    for one in terms {
      for another in other.terms {
        let (value, overflow) = one.coefficient.multipliedReportingOverflow(by: another.coefficient)
        if overflow { return nil }
        product.append(Term(names: (one.names + another.names).sorted(), coefficient: value))
      }
    }
    return SymbolicExpression(sumOf: product)
  }

  func dividedDown(by divisor: Int) -> SymbolicExpression {
    if let constantValue {
      let quotient = constantValue / divisor
      return SymbolicExpression(constant: constantValue % divisor < 0 ? quotient - 1 : quotient)
    }
    if divisor == 1 { return self }
    // Whole multiples leave the quotient: floor((2h + 3)/2) = h + 1 + floor(1/2).
    func remainder(_ value: Int) -> Int { ((value % divisor) + divisor) % divisor }
    let whole = mapCoefficients { ($0 - remainder($0)) / divisor }
    let rest = mapCoefficients(remainder)
    if rest.constantValue != nil { return whole }
    let atom = SymbolicExpression(symbol: "floor((\(rest))/\(divisor))")
    return whole.adding(atom) ?? atom
  }

  func dividedExactly(by other: SymbolicExpression) -> SymbolicExpression? {
    guard other.terms.count == 1, let divisor = other.terms.first else { return nil }
    var quotient: [Term] = []
    for term in terms {
      guard term.coefficient % divisor.coefficient == 0 else { return nil }
      var rest = term.names
      for name in divisor.names {
        guard let position = rest.firstIndex(of: name) else { return nil }
        rest.remove(at: position)
      }
      quotient.append(Term(names: rest, coefficient: term.coefficient / divisor.coefficient))
    }
    return SymbolicExpression(sumOf: quotient)
  }

  private func mapCoefficients(_ change: (Int) -> Int) -> SymbolicExpression {
    SymbolicExpression(ordered: terms.map { Term(names: $0.names, coefficient: change($0.coefficient)) })
  }

  /// The value once every name has one; `nil` where a name is missing or the value overflows.
  public func evaluated(_ sizes: [String: Int]) -> Int? {
    var total = 0
    for term in terms {
      var value = term.coefficient
      for name in term.names {
        guard let size = sizes[name] else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: size)
        if overflow { return nil }
        value = product
      }
      let (sum, overflow) = total.addingReportingOverflow(value)
      if overflow { return nil }
      total = sum
    }
    return total
  }

  /// The expression as people write it, highest powers first: `2*h + 1`.
  public var description: String {
    if terms.isEmpty { return "0" }
    var text = ""
    for term in terms {
      let sign = term.coefficient < 0 ? "-" : "+"
      text += text.isEmpty ? (term.coefficient < 0 ? "-" : "") : " \(sign) "
      let size = term.coefficient.magnitude
      if term.names.isEmpty {
        text += "\(size)"
      } else {
        text += (size == 1 ? "" : "\(size)*") + term.names.joined(separator: "*")
      }
    }
    return text
  }
}

extension SymbolicExpression {
  /// Reads what `description` writes: sums of products of integers, names and `floor(…)`. Any other text is
  /// one name, since files may call a size whatever they like.
  public init(parsing text: String) {
    // Nearly all are a name like `batch`, which need not be taken apart to be seen to be one.
    let isName = text.utf8.allSatisfy {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "_")
    }
    self = isName ? SymbolicExpression(symbol: text) : Self.sum(text) ?? SymbolicExpression(symbol: text)
  }

  private static func sum(_ text: String) -> SymbolicExpression? {
    var products: [Term] = []
    for (index, part) in split(text, at: ["+", "-"]).enumerated() {
      let item = String(part.text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      if item.isEmpty {
        // Only a leading sign may stand alone.
        if index == 0, part.mark == nil { continue }
        return nil
      }
      var product = SymbolicExpression(constant: part.mark == "-" ? -1 : 1)
      for factor in split(item, at: ["*"]) {
        guard let value = atom(factor.text), let next = product.multiplied(by: value) else { return nil }
        product = next
      }
      products += product.terms
    }
    return SymbolicExpression(sumOf: products)
  }

  private static func atom(_ text: String) -> SymbolicExpression? {
    if let value = Int(text) { return SymbolicExpression(constant: value) }
    guard let first = text.first, first.isLetter || first == "_" else { return nil }
    if text.hasPrefix("floor("), text.hasSuffix(")") {
      let inner = text.dropFirst(6).dropLast()
      guard let slash = inner.lastIndex(of: "/"), let divisor = Int(inner[slash...].dropFirst()), divisor > 0,
        inner.hasPrefix("("), inner[..<slash].hasSuffix(")"),
        let numerator = sum(String(inner[..<slash].dropFirst().dropLast()))
      else { return nil }
      return numerator.dividedDown(by: divisor)
    }
    return text.allSatisfy { $0.isLetter || $0.isNumber || "_.:".contains($0) }
      ? SymbolicExpression(symbol: text) : nil
  }

  /// Parts between `marks` outside parentheses, each with the mark before it.
  private static func split(_ text: String, at marks: Set<Character>) -> [(mark: Character?, text: String)] {
    var parts: [(mark: Character?, text: String)] = [(nil, "")]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth == 0, marks.contains(character) {
        parts.append((character, ""))
      } else {
        parts[parts.count - 1].text.append(character)
      }
    }
    return parts
  }
}
