/// A polynomial with integer coefficients in named sizes, in one canonical form.
///
/// Quotients that don't come out even become atoms named by how they read, `floor((h + 1)/2)`, so equal
/// expressions still compare equal.
public struct SymbolicExpression: Hashable, Sendable, CustomStringConvertible {
  /// Factors in order, each name as often as its power.
  typealias Monomial = [String]

  /// Non-zero coefficients by monomial; the empty monomial is the constant term.
  let terms: [Monomial: Int]

  private init(terms: [Monomial: Int]) { self.terms = terms.filter { $0.value != 0 } }

  /// The expression that is one named size.
  public init(symbol: String) { terms = [[symbol]: 1] }

  /// A constant expression.
  public init(constant: Int) { self.init(terms: [[]: constant]) }

  /// The value, where no name occurs.
  public var constantValue: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 ? terms[[]] : nil
  }

  /// The names that occur, atoms of quotients included.
  public var symbols: Set<String> { Set(terms.keys.joined()) }

  func adding(_ other: SymbolicExpression) -> SymbolicExpression? {
    var sum = terms
    for (monomial, coefficient) in other.terms {
      let (value, overflow) = sum[monomial, default: 0].addingReportingOverflow(coefficient)
      if overflow { return nil }
      sum[monomial] = value
    }
    return SymbolicExpression(terms: sum)
  }

  func scaled(by factor: Int) -> SymbolicExpression? { multiplied(by: SymbolicExpression(constant: factor)) }

  func multiplied(by other: SymbolicExpression) -> SymbolicExpression? {
    var product: [Monomial: Int] = [:]
    for (one, coefficient) in terms {
      for (another, factor) in other.terms {
        let monomial = (one + another).sorted()
        let (value, overflow) = coefficient.multipliedReportingOverflow(by: factor)
        let (sum, overflowed) = product[monomial, default: 0].addingReportingOverflow(value)
        if overflow || overflowed { return nil }
        product[monomial] = sum
      }
    }
    return SymbolicExpression(terms: product)
  }

  func dividedDown(by divisor: Int) -> SymbolicExpression {
    if let constantValue {
      let quotient = constantValue / divisor
      return SymbolicExpression(constant: constantValue % divisor < 0 ? quotient - 1 : quotient)
    }
    if divisor == 1 { return self }
    // Whole multiples leave the quotient: floor((2h + 3)/2) = h + 1 + floor(1/2).
    let whole = terms.mapValues { ($0 - (($0 % divisor) + divisor) % divisor) / divisor }
    let rest = terms.mapValues { (($0 % divisor) + divisor) % divisor }.filter { $0.value != 0 }
    if rest.isEmpty || (rest.count == 1 && rest[[]] != nil) { return SymbolicExpression(terms: whole) }
    let atom = SymbolicExpression(
      symbol: "floor((\(SymbolicExpression(terms: rest)))/\(divisor))")
    return SymbolicExpression(terms: whole).adding(atom) ?? atom
  }

  func dividedExactly(by other: SymbolicExpression) -> SymbolicExpression? {
    guard other.terms.count == 1, let (divisor, factor) = other.terms.first, factor != 0 else { return nil }
    var quotient: [Monomial: Int] = [:]
    for (monomial, coefficient) in terms {
      guard coefficient % factor == 0 else { return nil }
      var rest = monomial
      for name in divisor {
        guard let position = rest.firstIndex(of: name) else { return nil }
        rest.remove(at: position)
      }
      quotient[rest] = coefficient / factor
    }
    return SymbolicExpression(terms: quotient)
  }

  /// The value once every name has one; `nil` where a name is missing or the value overflows.
  public func evaluated(_ sizes: [String: Int]) -> Int? {
    var total = 0
    for (monomial, coefficient) in terms {
      var value = coefficient
      for name in monomial {
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
    let ordered = terms.sorted {
      $0.key.count != $1.key.count ? $0.key.count > $1.key.count : $0.key.lexicographicallyPrecedes($1.key)
    }
    var text = ""
    for (monomial, coefficient) in ordered {
      let sign = coefficient < 0 ? "-" : "+"
      text += text.isEmpty ? (coefficient < 0 ? "-" : "") : " \(sign) "
      let size = coefficient.magnitude
      if monomial.isEmpty {
        text += "\(size)"
      } else {
        text += (size == 1 ? "" : "\(size)*") + monomial.joined(separator: "*")
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
    var total = SymbolicExpression(constant: 0)
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
      guard let next = total.adding(product) else { return nil }
      total = next
    }
    return total
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
