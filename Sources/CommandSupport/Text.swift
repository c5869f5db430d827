/// Numbers and columns as people read them.
public enum Text {
  /// A number with `digits` digits after the point, rounded, such as `93.1`.
  public static func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let scaled = (value.magnitude * scale).rounded()
    // Beyond this a double has no digits after the point.
    guard scaled < 1e15 else { return "\(value)" }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let number = Int(scaled)
    if digits == 0 { return "\(sign)\(number)" }
    let fraction = "\(number % Int(scale))"
    return "\(sign)\(number / Int(scale))." + String(repeating: "0", count: digits - fraction.count)
      + fraction
  }

  /// `text` filled up with spaces after it.
  public static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// `text` filled up with spaces before it.
  public static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// A bar of `share` of `width` columns, to an eighth of a column; at least a sliver for what is above zero.
  public static func bar(_ share: Double, width: Int) -> String {
    guard share > 0, width > 0 else { return "" }
    let eighths = max(1, Int((min(share, 1) * Double(width) * 8).rounded()))
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + partial
  }
}
