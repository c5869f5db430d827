import Graph

/// What arithmetic in a floating type may do to a result (Higham 2002, chapter 2): `fl(a op b) = (a op b)(1 + δ) + η`
/// with `|δ| ≤ unit` and `|η| ≤ tiny`.
struct Precision: Sendable, Equatable {
  /// The unit roundoff u: half the distance from 1 to the next number.
  let unit: Double
  /// What gradual underflow may lose: half the smallest subnormal number.
  let tiny: Double
  /// The largest finite number.
  let largest: Double

  /// The arithmetic of `type`, or `nil` for types in which nothing is computed, only stored.
  init?(_ type: ElementType) {
    switch type {
    case .float32: self.init(unit: 0x1p-24, tiny: 0x1p-150, largest: Double(Float.greatestFiniteMagnitude))
    case .float64: self.init(unit: 0x1p-53, tiny: 0x1p-1074, largest: .greatestFiniteMagnitude)
    case .float16: self.init(unit: 0x1p-11, tiny: 0x1p-25, largest: 65504)
    case .bfloat16: self.init(unit: 0x1p-8, tiny: 0x1p-134, largest: 0x1.FEp127)
    default: return nil
    }
  }

  /// The smallest number of full precision.
  var smallestNormal: Double { 2 * tiny / (2 * unit) }

  /// The same arithmetic where subnormal results count as zero, as other runtimes set the CPU to do for speed. Half
  /// precision is computed in single, where its subnormal numbers are none.
  var flushing: Precision {
    largest < 0x1p16 ? self : Precision(unit: unit, tiny: smallestNormal, largest: largest)
  }

  private init(unit: Double, tiny: Double, largest: Double) {
    self.unit = unit
    self.tiny = tiny
    self.largest = largest
  }

  /// γₙ = n·u / (1 − n·u): no product of n factors (1 + δ)^±1 is farther from 1 (Higham 2002, lemma 3.1).
  func gamma(_ count: Int) -> Double {
    let sum = Double(count) * unit
    return sum < 1 ? sum / (1 - sum) : .infinity
  }

  /// The distance between numbers of this type around `value`.
  func ulp(of value: Double) -> Double {
    guard value.isFinite, value != 0 else { return 2 * tiny }
    return max(2 * tiny, 2 * unit * Double(sign: .plus, exponent: value.exponent, significand: 1))
  }
}

extension Precision {
  /// Double precision.
  static let double = Precision(unit: 0x1p-53, tiny: 0x1p-1074, largest: .greatestFiniteMagnitude)
}
