import Graph

extension ReferenceFamily {
  /// Arithmetic on two or more tensors with NumPy's broadcasting.
  static let elementwise = ReferenceFamily(
    "Elementwise",
    [
      ReferenceOperator("Add") { call in try call.combine({ $0 + $1 }, { $0 &+ $1 }) },
      ReferenceOperator("Sub") { call in try call.combine({ $0 - $1 }, { $0 &- $1 }) },
      ReferenceOperator("Mul") { call in try call.combine({ $0 * $1 }, { $0 &* $1 }) },
    ])
}

extension ReferenceCall {
  /// Sets output 0 to the broadcast combination of inputs 0 and 1: in `Double` where they are floating, in
  /// wrapping 64-bit integers (whose low bits are every narrower type's answer) where they are integers.
  mutating func combine(
    _ floating: (Double, Double) -> Double, _ integer: (Int64, Int64) throws -> Int64
  ) throws {
    let (left, right) = (try tensor(0), try tensor(1))
    guard let shape = Broadcasting.shape([left.shape, right.shape]) else {
      throw failure("shapes \(left.shape) and \(right.shape) don't broadcast")
    }
    let from = Broadcasting.indices(of: left.shape, in: shape)
    let other = Broadcasting.indices(of: right.shape, in: shape)
    if left.elementType.isFloatingPoint {
      let (a, b) = (try left.doubles(), try right.doubles())
      set(
        0,
        try Tensor(
          doubles: zip(from, other).map { floating(a[$0], b[$1]) }, as: left.elementType, shape: shape))
    } else {
      let (a, b) = (try left.integers(), try right.integers())
      set(
        0,
        try Tensor(
          integers: zip(from, other).map { try integer(a[$0], b[$1]) }, as: left.elementType, shape: shape))
    }
  }
}
