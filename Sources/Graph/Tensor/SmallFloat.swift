/// The arithmetic of the floating-point formats below 16 bits, described by their fields.
///
/// Sources: ONNX "Float stored in 8 bits" and "4 bit" technical notes; OCP Microscaling Formats (MX) v1.0 for
/// E2M1, E2M3, E3M2 and E8M0.
public struct SmallFloat: Sendable {
  /// Bits of the exponent field.
  let exponentBits: Int
  /// Bits of the fraction field.
  let fractionBits: Int
  /// Exponent bias.
  let bias: Int
  /// What the largest exponent and the sign-only pattern mean.
  let specials: Specials

  enum Specials {
    /// IEEE style: the largest exponent holds infinities and NaNs (E5M2).
    case infinities
    /// Only all-ones is NaN, no infinity (E4M3FN).
    case nanAllOnes
    /// The pattern of negative zero is the one NaN, no infinity (FNUZ).
    case nanNegativeZero
    /// All patterns are finite (E2M1, E2M3, E3M2).
    case finite
  }

  /// The format of `type`, or `nil` where it is not one of these.
  init?(_ type: ElementType) {
    switch type {
    case .float8e4m3fn: self.init(4, 3, 7, .nanAllOnes)
    case .float8e4m3fnuz: self.init(4, 3, 8, .nanNegativeZero)
    case .float8e5m2: self.init(5, 2, 15, .infinities)
    case .float8e5m2fnuz: self.init(5, 2, 16, .nanNegativeZero)
    case .float4e2m1: self.init(2, 1, 1, .finite)
    case .float6e2m3: self.init(2, 3, 1, .finite)
    case .float6e3m2: self.init(3, 2, 3, .finite)
    default: return nil
    }
  }

  private init(_ exponentBits: Int, _ fractionBits: Int, _ bias: Int, _ specials: Specials) {
    self.exponentBits = exponentBits
    self.fractionBits = fractionBits
    self.bias = bias
    self.specials = specials
  }

  private var signBit: UInt8 { 1 << UInt8(exponentBits + fractionBits) }
  private var magnitudeMask: UInt8 { signBit - 1 }

  /// The pattern of the largest finite magnitude.
  private var largestMagnitude: UInt8 {
    switch specials {
    case .infinities: (UInt8((1 << exponentBits) - 1) << UInt8(fractionBits)) - 1
    case .nanAllOnes: magnitudeMask - 1
    case .nanNegativeZero, .finite: magnitudeMask
    }
  }

  /// The exact value of a stored pattern.
  func decode(_ bits: UInt8) -> Double {
    let magnitude = bits & magnitudeMask
    let negative = bits & signBit != 0
    switch specials {
    case .nanNegativeZero where negative && magnitude == 0: return .nan
    case .nanAllOnes where magnitude == magnitudeMask: return .nan
    case .infinities where magnitude > largestMagnitude:
      if magnitude == largestMagnitude + 1 { return negative ? -.infinity : .infinity }
      return .nan
    default: break
    }
    let exponent = Int(magnitude) >> fractionBits
    let fraction = Double(Int(magnitude) & ((1 << fractionBits) - 1))
    let scale = Double(sign: .plus, exponent: max(exponent, 1) - bias - fractionBits, significand: 1)
    let value = (exponent == 0 ? fraction : fraction + Double(1 << fractionBits)) * scale
    return negative ? -value : value
  }

  /// Rounds to nearest, ties to even. Above the largest finite value the result saturates, or without
  /// `saturate` is infinity where the format has one and NaN otherwise, as `Cast` defines.
  func encode(_ value: Double, saturate: Bool) -> UInt8 {
    let sign: UInt8 = value.sign == .minus ? signBit : 0
    if value.isNaN {
      switch specials {
      case .infinities: return sign | magnitudeMask
      case .nanAllOnes: return sign | magnitudeMask
      case .nanNegativeZero: return signBit
      // The standard is silent; its tests were made by ml_dtypes, which takes negative zero.
      case .finite: return signBit
      }
    }
    let magnitude = value.magnitude
    if magnitude == 0 { return specials == .nanNegativeZero ? 0 : sign }
    let largest = decode(largestMagnitude)
    if !magnitude.isInfinite {
      let exponent = max(Int(magnitude.exponent), 1 - bias)
      let unit = Double(sign: .plus, exponent: exponent - fractionBits, significand: 1)
      let rounded = (magnitude / unit).rounded(.toNearestOrEven) * unit
      if rounded <= largest {
        if rounded == 0 { return specials == .nanNegativeZero ? 0 : sign }
        let resultExponent = max(Int(rounded.exponent), 1 - bias)
        let steps = Int(
          rounded / Double(sign: .plus, exponent: resultExponent - fractionBits, significand: 1))
        // A subnormal has no implicit bit, and its field is zero.
        let biased = steps < (1 << fractionBits) ? 0 : resultExponent + bias
        return sign | UInt8((biased << fractionBits) | (steps & ((1 << fractionBits) - 1)))
      }
    }
    if saturate || specials == .finite {
      // Float8E5M2 keeps infinities as they are only without saturation.
      return sign | largestMagnitude
    }
    switch specials {
    case .infinities: return sign | (largestMagnitude + 1)
    case .nanAllOnes: return sign | magnitudeMask
    case .nanNegativeZero: return signBit
    case .finite: return sign | largestMagnitude
    }
  }
}
