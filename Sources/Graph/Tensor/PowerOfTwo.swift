/// The format `float8e8m0`: a biased exponent alone, the scale of a block in OCP Microscaling Formats (MX) v1.0.
public enum PowerOfTwo {
  /// How a number between two powers is rounded (`Cast`'s `round_mode`).
  public enum Rounding: String, Sendable {
    /// To the greater power.
    case up
    /// To the smaller power.
    case down
    /// To the nearer power, and in the middle up.
    case nearest
  }

  static func decode(_ bits: UInt8) -> Double {
    bits == 255 ? .nan : Double(sign: .plus, exponent: Int(bits) - 127, significand: 1)
  }

  /// The pattern of the power of two near `value`, by ONNX Cast-28's table. There is no sign: of negative values,
  /// which the standard leaves open, the magnitude counts.
  public static func encode(_ value: Double, saturate: Bool, rounding: Rounding) -> UInt8 {
    let notANumber: UInt8 = 255
    if value.isNaN { return notANumber }
    if value.isInfinite { return saturate ? 254 : notANumber }
    if value == 0 { return saturate ? 0 : notANumber }
    let fraction = value.significand.magnitude
    var exponent = Int(value.exponent)
    switch rounding {
    case .up: exponent += fraction > 1 ? 1 : 0
    case .nearest: exponent += fraction >= 1.5 ? 1 : 0
    case .down: break
    }
    if exponent > 127 { return saturate ? 254 : notANumber }
    if exponent < -127 { return saturate ? 0 : notANumber }
    return UInt8(exponent + 127)
  }
}
