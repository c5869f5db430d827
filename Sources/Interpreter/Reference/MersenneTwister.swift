import Numerics

/// The generator MT19937 of Matsumoto and Nishimura (1998), seeded and drawn from as NumPy's `RandomState` does:
/// equal seeds give the numbers that models checked against NumPy were checked with.
struct MersenneTwister {
  private var state: [UInt32]
  private var position: Int
  private var spareNormal: Double?

  private static let size = 624

  /// A generator whose numbers depend on the low 32 bits of `seed`.
  init(seed: UInt64) {
    var word = UInt32(truncatingIfNeeded: seed)
    state = [word]
    state.reserveCapacity(Self.size)
    for index in 1..<Self.size {
      word = 1_812_433_253 &* (word ^ (word >> 30)) &+ UInt32(index)
      state.append(word)
    }
    position = Self.size
  }

  private mutating func refill() {
    for index in 0..<Self.size {
      let joined = (state[index] & 0x8000_0000) | (state[(index + 1) % Self.size] & 0x7FFF_FFFF)
      let twist: UInt32 = joined & 1 == 0 ? 0 : 0x9908_B0DF
      state[index] = state[(index + 397) % Self.size] ^ (joined >> 1) ^ twist
    }
    position = 0
  }

  /// 32 random bits.
  mutating func nextWord() -> UInt32 {
    if position == Self.size { refill() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  /// A number in [0, 1), all multiples of 2⁻⁵³ being equally likely.
  mutating func nextUniform() -> Double {
    let high = Double(nextWord() >> 5)
    let low = Double(nextWord() >> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// A normally distributed number of mean 0 and deviation 1, by Marsaglia's polar method.
  mutating func nextNormal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let (x, y) = (2 * nextUniform() - 1, 2 * nextUniform() - 1)
      let square = x * x + y * y
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * Double.log(square) / square).squareRoot()
      spareNormal = factor * x
      return factor * y
    }
  }
}
