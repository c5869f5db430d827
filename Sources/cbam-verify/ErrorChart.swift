import Interpreter

/// A picture of errors over depth: logarithmic, one point a value, the accumulated error as a line and what each step
/// adds as dots.
struct ErrorChart {
  let errors: [AccumulatedError]
  let title: String

  private let size = (width: 960.0, height: 580.0)
  private let margin = (left: 80.0, right: 20.0, top: 40.0, bottom: 150.0)
  /// More names than these would stand on each other.
  private static let mostNames = 50

  /// The picture as SVG.
  var svg: String {
    let shown = errors.flatMap { [$0.maxError, $0.localError, $0.magnitude] }.filter { $0 > 0 && $0.isFinite }
    let low = Self.exponent(shown.min() ?? 1e-9, up: false)
    let high = max(low + 1, Self.exponent(shown.max() ?? 1, up: true))
    func x(_ index: Int) -> Double {
      let share = errors.count > 1 ? Double(index) / Double(errors.count - 1) : 0.5
      return margin.left + share * (size.width - margin.left - margin.right)
    }
    func y(_ value: Double) -> Double {
      let clipped = value > 0 ? max(Double(low), Self.logarithm(value)) : Double(low)
      let share = (clipped - Double(low)) / Double(high - low)
      return size.height - margin.bottom - share * (size.height - margin.top - margin.bottom)
    }
    var lines = [
      #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(Int(size.width)) \#(Int(size.height))" font-family="sans-serif" font-size="12">"#,
      #"<rect width="100%" height="100%" fill="white"/>"#,
      #"<text x="\#(margin.left)" y="22" font-size="14">\#(Self.escaped(title))</text>"#,
    ]
    for power in low...high {
      let line = Self.fixed(y(Self.power(power)))
      lines.append(
        #"<line x1="\#(margin.left)" x2="\#(size.width - margin.right)" y1="\#(line)" y2="\#(line)" stroke="lightgray"/>"#
      )
      lines.append(
        #"<text x="\#(margin.left - 8)" y="\#(line)" text-anchor="end" dominant-baseline="middle">1e\#(power)</text>"#
      )
    }
    func line(_ values: [Double], _ color: String) {
      let points = values.enumerated().map { "\(Self.fixed(x($0.offset))),\(Self.fixed(y($0.element)))" }
      lines.append(
        #"<polyline fill="none" stroke="\#(color)" stroke-width="1.5" points="\#(points.joined(separator: " "))"/>"#
      )
    }
    line(errors.map(\.magnitude), "silver")
    line(errors.map(\.maxError), "firebrick")
    for (index, error) in errors.enumerated() {
      let name = Self.escaped("\(error.step) \(error.operators.joined(separator: "+")) \(error.output)")
      lines.append(
        #"<circle cx="\#(Self.fixed(x(index)))" cy="\#(Self.fixed(y(error.localError)))" r="3" fill="royalblue"><title>\#(name): adds \#(Number.short(error.localError)), in all \#(Number.short(error.maxError))</title></circle>"#
      )
    }
    // Which step stands where: every name, or every so many.
    let each = (errors.count + Self.mostNames - 1) / Self.mostNames
    for (index, error) in errors.enumerated() where index % max(1, each) == 0 {
      let (left, top) = (Self.fixed(x(index) + 4), Self.fixed(size.height - margin.bottom + 10))
      let name = error.output.count > 18 ? "…" + error.output.suffix(17) : error.output
      lines.append(
        #"<text x="\#(left)" y="\#(top)" font-size="10" text-anchor="end" transform="rotate(-90 \#(left) \#(top))">\#(error.step) \#(Self.escaped(name))</text>"#
      )
    }
    for (index, (text, color)) in [
      ("largest element", "gray"), ("error accumulated", "firebrick"),
      ("error that the step adds", "royalblue"),
    ].enumerated() {
      lines.append(
        #"<text x="\#(margin.left + Double(index) * 180)" y="\#(size.height - 12)" fill="\#(color)">\#(text)</text>"#
      )
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  /// The power of ten next to `value`.
  private static func exponent(_ value: Double, up: Bool) -> Int {
    let exact = logarithm(value)
    return Int(exact.rounded(up ? .up : .down))
  }

  /// The logarithm to base ten, good to a thousandth, which is less than a pixel.
  private static func logarithm(_ value: Double) -> Double {
    var (rest, result) = (value, 0.0)
    while rest >= 10 { (rest, result) = (rest / 10, result + 1) }
    while rest < 1 { (rest, result) = (rest * 10, result - 1) }
    // Between powers by halving.
    var (low, high) = (0.0, 1.0)
    var step = 10.0.squareRoot()
    var base = 1.0
    while high - low > 1e-4 {
      let middle = (low + high) / 2
      if base * step <= rest { (base, low) = (base * step, middle) } else { high = middle }
      step = step.squareRoot()
    }
    return result + low
  }

  private static func power(_ exponent: Int) -> Double {
    (0..<abs(exponent)).reduce(1) { value, _ in exponent < 0 ? value / 10 : value * 10 }
  }

  private static func fixed(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }
}
