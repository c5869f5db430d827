import Graph

/// How far a computed tensor is from the exact one.
public struct Deviation: Sendable, Equatable {
  /// The largest difference.
  public private(set) var maxError = 0.0
  /// The largest difference in units in the last place of the exact element, in the computed type.
  public private(set) var maxULP = 0.0
  /// The largest quotient of a difference and its bound; above 1 rounding does not explain it. Infinite where nothing
  /// may differ and something does.
  public private(set) var maxRatio = 0.0
  /// The element with the largest quotient: its index in row-major order, the computed and the exact number, the bound.
  public private(set) var worst: Element?

  /// One element that differs.
  public struct Element: Sendable, Equatable {
    /// Row-major.
    public let index: Int
    /// What was computed.
    public let found: Double
    /// What exact arithmetic gives.
    public let exact: Double
    /// How much they may differ.
    public let bound: Double
  }

  /// Bounds are taken this much larger: it covers the rounding of the reference itself, at most γₖ of double precision
  /// or 2⁻²⁹ of a bound in single, and of computing the bound.
  static let slack = 1 + 0x1p-20

  /// Compares element by element.
  init(found: [Double], exact: [Double], errors: [Double]?, precision: Precision) {
    // Where the type is double precision the reference has errors of the same size.
    let scale = Self.slack * (precision.unit <= 0x1p-53 ? 2 : 1)
    for index in found.indices {
      let (one, other) = (found[index], exact[index])
      if one == other { continue }
      if one.isNaN && other.isNaN { continue }
      let bound = errors.map { $0[index].isNaN ? .infinity : $0[index] * scale } ?? 0
      if bound == .infinity { continue }
      // What overflows becomes infinite.
      if one.isInfinite, other.isFinite, (one < 0) == (other < 0),
        other.magnitude + bound >= precision.largest * (1 + precision.unit / 2)
      {
        continue
      }
      let error = (one - other).magnitude
      let ratio = error.isNaN || error.isInfinite ? .infinity : error / bound
      maxError = error.isNaN ? .infinity : max(maxError, error)
      maxULP = error.isNaN ? .infinity : max(maxULP, error / precision.ulp(of: other))
      if ratio > maxRatio || worst == nil {
        maxRatio = max(maxRatio, ratio)
        worst = Element(index: index, found: one, exact: other, bound: bound)
      }
    }
  }

  /// The exact result rounded to the computed type is what exact operators must give. Levels are compared as numbers
  /// where rounding before them may make them others.
  init?(found: RuntimeValue, expected: Bounded) throws {
    guard case .tensor(let tensor) = found,
      let precision = Precision(tensor.elementType) ?? (expected.errors == nil ? nil : Precision(.float32)),
      case .tensor(let exact) = expected.value, exact.shape == tensor.shape, exact.elementType == .float64
    else { return nil }
    self.init(
      found: try tensor.doubles(), exact: try exact.doubles(), errors: expected.errors, precision: precision)
  }
}
