/// Numbers and places as the reports show them.
enum Number {
  /// Three digits: `0.0123`, `1.23e-07`, `inf`.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else {
      return value == 0 ? "0" : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
    }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    var hundredths = Int((mantissa * 100).rounded())
    if hundredths == 1000 { (hundredths, exponent) = (100, exponent + 1) }
    let sign = value < 0 ? "-" : ""
    let digits = "\(hundredths)"
    if (-4..<0).contains(exponent) {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    if (0..<3).contains(exponent) {
      let whole = digits.prefix(exponent + 1)
      let rest = digits.dropFirst(exponent + 1)
      return sign + whole + (rest.isEmpty ? "" : "." + rest)
    }
    let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
    return sign + "\(digits.prefix(1)).\(digits.dropFirst())e\(exponent < 0 ? "-" : "+")\(power)"
  }

  /// The coordinates of an element counted in row-major order.
  static func coordinates(_ index: Int, in shape: [Int]) -> [Int] {
    var rest = index
    var result: [Int] = []
    for extent in shape.reversed() where extent > 0 {
      result.append(rest % extent)
      rest /= extent
    }
    return result.reversed()
  }

  /// `[0, 3, 1, 4]`; nothing for a scalar.
  static func position(_ index: Int, in shape: [Int]) -> String {
    shape.isEmpty ? "" : "[" + coordinates(index, in: shape).map(String.init).joined(separator: ", ") + "]"
  }
}
