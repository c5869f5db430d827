import Graph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ReferenceFamily {
  /// Arithmetic on two or more tensors with NumPy's broadcasting.
  static let elementwise = ReferenceFamily(
    "Elementwise",
    [
      ReferenceOperator("Add") { call in try call.combine(+, &+) },
      ReferenceOperator("Sub") { call in try call.combine(-, &-) },
      ReferenceOperator("Mul") { call in try call.combine(*, &*) },
      ReferenceOperator("Div") { call in try divide(&call) },
      ReferenceOperator("Mod") { call in try modulo(&call) },
      ReferenceOperator("Pow") { call in try power(&call) },
      ReferenceOperator("Sum") { call in try call.accumulate(+, &+) },
      ReferenceOperator("Mean") { call in
        let count = Double(call.inputs.count)
        try call.accumulate(+, &+, finish: { $0 / count })
      },
      ReferenceOperator("Max") { call in try call.accumulate(larger, max, unsigned: max) },
      ReferenceOperator("Min") { call in try call.accumulate(smaller, min, unsigned: min) },
      ReferenceOperator("Clip") { call in try clip(&call) },
    ])

  /// The larger number; a NaN wins.
  static func larger(_ left: Double, _ right: Double) -> Double {
    left.isNaN || left > right ? left : right.isNaN || right > left ? right : left
  }

  /// The smaller number; a NaN wins.
  static func smaller(_ left: Double, _ right: Double) -> Double {
    left.isNaN || left < right ? left : right.isNaN || right < left ? right : left
  }

  private static func divide(_ call: inout ReferenceCall) throws {
    let zero = call.failure("integer division by zero")
    try call.combine(
      /,
      { left, right in
        guard right != 0 else { throw zero }
        return left.dividedReportingOverflow(by: right).partialValue
      },
      unsigned: { left, right in
        guard right != 0 else { throw zero }
        return left / right
      })
  }

  /// The remainder with the divisor's sign, or with `fmod` the dividend's (ONNX Mod-28).
  private static func modulo(_ call: inout ReferenceCall) throws {
    let zero = call.failure("integer division by zero")
    let truncates = call.node.int("fmod") == 1
    try call.combine(
      { left, right in
        let rest = left.truncatingRemainder(dividingBy: right)
        if truncates || rest.isNaN { return rest }
        if rest == 0 { return Double(signOf: right, magnitudeOf: 0) }
        return (rest < 0) == (right < 0) ? rest : rest + right
      },
      { left, right in
        guard right != 0 else { throw zero }
        let rest = left.remainderReportingOverflow(dividingBy: right).partialValue
        return truncates || rest == 0 || (rest < 0) == (right < 0) ? rest : rest + right
      },
      unsigned: { left, right in
        guard right != 0 else { throw zero }
        return left % right
      })
  }

  /// The result is of the base's type, whatever the exponent's (ONNX Pow-15).
  private static func power(_ call: inout ReferenceCall) throws {
    let (base, exponent) = (try call.tensor(0), try call.tensor(1))
    let shape = try call.broadcastShape([base, exponent])
    if base.elementType.isInteger, exponent.elementType.isInteger {
      let x = Broadcasting.expand(try base.integers(), from: base.shape, to: shape)
      let y = Broadcasting.expand(try exponent.integers(), from: exponent.shape, to: shape)
      let signed = exponent.elementType.isSignedInteger
      let results = zip(x, y).map { wrappingPower($0, UInt64(bitPattern: $1), isNegative: signed && $1 < 0) }
      return call.set(0, try Tensor(integers: results, as: base.elementType, shape: shape))
    }
    let x = Broadcasting.expand(try base.doubles(), from: base.shape, to: shape)
    let y = Broadcasting.expand(try exponent.doubles(), from: exponent.shape, to: shape)
    call.set(0, try Tensor(numbers: zip(x, y).map { pow($0, $1) }, as: base.elementType, shape: shape))
  }

  private static func wrappingPower(_ base: Int64, _ exponent: UInt64, isNegative: Bool) -> Int64 {
    if isNegative {
      // One over a whole number, rounded toward zero.
      switch base {
      case 1: return 1
      case -1: return exponent & 1 == 0 ? 1 : -1
      default: return 0
      }
    }
    var (result, factor, rest): (Int64, Int64, UInt64) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result &*= factor }
      factor &*= factor
      rest >>= 1
    }
    return result
  }

  /// Bounds may be missing; where they cross, the upper one wins (ONNX Clip-13). A NaN stays.
  private static func clip(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let bounds = try (1...2).map { index -> Tensor? in
      guard let bound = try call.optionalTensor(index) else { return nil }
      guard bound.count == 1 else { throw call.failure("a bound is \(bound.shape), not a scalar") }
      return bound
    }
    if input.elementType.isFloatingPoint {
      let low = try bounds[0]?.doubles()[0] ?? -.infinity
      let high = try bounds[1]?.doubles()[0] ?? .infinity
      try call.mapDoubles { value in
        let raised = value < low ? low : value
        return raised > high ? high : raised
      }
    } else if input.elementType == .uint64 {
      let low = try bounds[0].map { UInt64(bitPattern: try $0.integers()[0]) } ?? .min
      let high = try bounds[1].map { UInt64(bitPattern: try $0.integers()[0]) } ?? .max
      try call.map({ $0 }, { $0 }, unsigned: { min(max($0, low), high) })
    } else {
      let low = try bounds[0]?.integers()[0] ?? .min
      let high = try bounds[1]?.integers()[0] ?? .max
      let results = try input.integers().map { min(max($0, low), high) }
      call.set(0, try Tensor(integers: results, as: input.elementType, shape: input.shape))
    }
  }
}
