/// The extent of one dimension: a number, an expression in named sizes, or not known.
public enum Dimension: Hashable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
  /// A fixed extent.
  case fixed(Int)
  /// An extent that depends on named sizes, such as `batch` or `2*h`.
  case symbolic(SymbolicExpression)
  /// Nothing is known.
  case unknown

  /// A dimension that one name stands for.
  public static func named(_ name: String) -> Dimension { .symbolic(SymbolicExpression(symbol: name)) }

  /// A fixed extent.
  public init(integerLiteral value: Int) { self = .fixed(value) }

  /// The number, where the extent is fixed.
  public var fixedValue: Int? {
    if case .fixed(let value) = self { value } else { nil }
  }

  /// The number, the expression, or `?`.
  public var description: String {
    switch self {
    case .fixed(let value): "\(value)"
    case .symbolic(let expression): expression.description
    case .unknown: "?"
    }
  }

  /// The dimension for an expression, fixed where it is constant.
  public init(_ expression: SymbolicExpression) {
    self = expression.constantValue.map(Dimension.fixed) ?? .symbolic(expression)
  }

  private var expression: SymbolicExpression? {
    switch self {
    case .fixed(let value): SymbolicExpression(constant: value)
    case .symbolic(let expression): expression
    case .unknown: nil
    }
  }

  /// `numbers` of two fixed extents, which are most, and else `operation` of two expressions.
  private static func combine(
    _ left: Dimension, _ right: Dimension,
    numbers: (Int) -> (Int) -> (partialValue: Int, overflow: Bool),
    _ operation: (SymbolicExpression, SymbolicExpression) -> SymbolicExpression?
  ) -> Dimension {
    if case .fixed(let left) = left, case .fixed(let right) = right {
      let (value, overflow) = numbers(left)(right)
      return overflow ? .unknown : .fixed(value)
    }
    guard let left = left.expression, let right = right.expression, let result = operation(left, right) else {
      return .unknown
    }
    return Dimension(result)
  }

  /// The sum; unknown where either is, or on overflow.
  public static func + (left: Dimension, right: Dimension) -> Dimension {
    combine(left, right, numbers: Int.addingReportingOverflow) { $0.adding($1) }
  }
  /// The difference; unknown where either is, or on overflow.
  public static func - (left: Dimension, right: Dimension) -> Dimension {
    combine(left, right, numbers: Int.subtractingReportingOverflow) { left, right in
      right.scaled(by: -1).flatMap { left.adding($0) }
    }
  }
  /// The product; zero where either is zero; unknown where either is, or on overflow.
  public static func * (left: Dimension, right: Dimension) -> Dimension {
    if left == .fixed(0) || right == .fixed(0) { return .fixed(0) }
    return combine(left, right, numbers: Int.multipliedReportingOverflow) { $0.multiplied(by: $1) }
  }
  /// The quotient rounded down.
  public func dividedDown(by divisor: Int) -> Dimension {
    guard divisor > 0, let expression else { return .unknown }
    return Dimension(expression.dividedDown(by: divisor))
  }
  /// The quotient rounded up.
  public func dividedUp(by divisor: Int) -> Dimension {
    (self + .fixed(divisor - 1)).dividedDown(by: divisor)
  }
  /// The exact quotient, where both are known to divide; otherwise unknown.
  public func dividedExactly(by divisor: Dimension) -> Dimension {
    if self == divisor, self != .unknown { return .fixed(1) }
    guard let expression, let other = divisor.expression else { return .unknown }
    return expression.dividedExactly(by: other).map(Dimension.init) ?? .unknown
  }
}
