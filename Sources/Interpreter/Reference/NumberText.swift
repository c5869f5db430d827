import Graph

/// Numbers as `Cast` writes and reads them.
enum NumberText {
  /// The number that a text stands for: plain or scientific notation, or `INF`, `+INF`, `-INF`, `NaN` in any case.
  static func number(_ text: String) -> Double? {
    switch text.lowercased() {
    case "nan", "+nan", "-nan": return .nan
    case "inf", "+inf": return .infinity
    case "-inf": return -.infinity
    default: break
    }
    let trimmed = text.drop { $0 == " " }
    // Swift reads hexadecimal too, which no other runtime does.
    guard !trimmed.utf8.contains(where: { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") }) else {
      return nil
    }
    return Double(trimmed)
  }

  /// The integer that a text stands for, a fraction being cut off; for `bool`, words too.
  static func integer(_ text: String) -> Int64? {
    if let value = Int64(text) { return value }
    if let value = UInt64(text) { return Int64(bitPattern: value) }
    switch text {
    case "True", "true": return 1
    case "False", "false": return 0
    default: break
    }
    return number(text).flatMap { Int64(exactly: $0.rounded(.towardZero)) }
  }

  /// The elements of a tensor as text: the shortest that reads back as the same number of the type.
  static func texts(of tensor: Tensor) throws -> [String] {
    switch tensor.elementType {
    case .string: return try tensor.strings()
    case .bool: return try tensor.integers().map { $0 == 0 ? "False" : "True" }
    case .uint64: return try tensor.elements(of: UInt64.self).map { "\($0)" }
    case .float32: return try tensor.elements(of: Float.self).map { plain($0.description) }
    case .float16: return try tensor.elements(of: Float16.self).map { plain($0.description) }
    case let type where type.isFloatingPoint: return try tensor.doubles().map { plain($0.description) }
    default: return try tensor.integers().map { "\($0)" }
    }
  }

  /// A description of a floating number with its exponent, where it has one, written out as zeros between
  /// 10⁻⁴ and 10¹⁶.
  private static func plain(_ text: String) -> String {
    switch text {
    case "nan", "-nan", "snan": return "NaN"
    case "inf": return "INF"
    case "-inf": return "-INF"
    default: break
    }
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]), exponent >= -4, exponent < 16 else { return text }
    let sign = parts[0].hasPrefix("-") ? "-" : ""
    let digits = parts[0].filter(\.isNumber)
    let mantissa = parts[0].drop { $0 == "-" }
    // Digits before the point, of which scientific notation has one.
    let whole = mantissa.prefix { $0 != "." }.count + exponent
    let significant = digits.hasSuffix("0") && digits.count > 1 ? String(digits.dropLast()) : String(digits)
    if whole <= 0 { return sign + "0." + String(repeating: "0", count: -whole) + significant }
    if significant.count <= whole {
      return sign + significant + String(repeating: "0", count: whole - significant.count) + ".0"
    }
    return sign + significant.prefix(whole) + "." + significant.dropFirst(whole)
  }
}
