/// The matrices of Winograd's F(m, 3) as Lavin and Gray give them ("Fast Algorithms for Convolutional Neural
/// Networks", 2015): points 0, ±1 (m = 2), ±2 too (m = 4), ±½ too (m = 6); and of F(3, 4), whose points are those of
/// F(4, 3).
struct WinogradTransform: Sendable {
  let m: Int
  /// Bᵀ `[points][points]`.
  var input: [[Double]]
  /// G `[points][taps]`.
  var weights: [[Double]]
  /// Aᵀ `[m][points]`.
  var output: [[Double]]
  var points: Int { input.count }
  /// The `r` of F(m, r).
  var taps: Int { points - m + 1 }
  /// Roundings of one pass of the transform on the longest way, without fused multiply-adds; products with powers of
  /// two are exact.
  let inputRoundings: Int
  let outputRoundings: Int

  /// The transform for tiles of `m` by `m`, which is 2, 3, 4 or 6.
  static func of(_ m: Int) -> WinogradTransform? {
    switch m {
    case 2: two
    case 3: three
    case 4: four
    case 6: six
    default: nil
    }
  }

  private static let two = WinogradTransform(
    m: 2,
    input: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
    weights: [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]],
    output: [[1, 1, 1, 0], [0, 1, -1, -1]], inputRoundings: 1, outputRoundings: 2)

  private static let three = WinogradTransform(
    m: 3, input: four.input,
    weights: [
      [1.0 / 4, 0, 0, 0], [-1.0 / 6, -1.0 / 6, -1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 6],
      [1.0 / 24, 1.0 / 12, 1.0 / 6, 1.0 / 3], [1.0 / 24, -1.0 / 12, 1.0 / 6, -1.0 / 3], [0, 0, 0, 1],
    ],
    output: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 1]],
    inputRoundings: 2, outputRoundings: 3)

  private static let four = WinogradTransform(
    m: 4,
    input: [
      [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0], [0, -2, -1, 2, 1, 0],
      [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
    ],
    weights: [
      [1.0 / 4, 0, 0], [-1.0 / 6, -1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6, -1.0 / 6],
      [1.0 / 24, 1.0 / 12, 1.0 / 6], [1.0 / 24, -1.0 / 12, 1.0 / 6], [0, 0, 1],
    ],
    output: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
    inputRoundings: 2, outputRoundings: 3)

  private static let six = WinogradTransform(
    m: 6,
    input: [
      [1, 0, -5.25, 0, 5.25, 0, -1, 0], [0, 1, 1, -4.25, -4.25, 1, 1, 0], [0, -1, 1, 4.25, -4.25, -1, 1, 0],
      [0, 0.5, 0.25, -2.5, -1.25, 2, 1, 0], [0, -0.5, 0.25, 2.5, -1.25, -2, 1, 0],
      [0, 2, 4, -2.5, -5, 0.5, 1, 0],
      [0, -2, 4, 2.5, -5, -0.5, 1, 0], [0, -1, 0, 5.25, 0, -5.25, 0, 1],
    ],
    weights: [
      [1, 0, 0], [-2.0 / 9, -2.0 / 9, -2.0 / 9], [-2.0 / 9, 2.0 / 9, -2.0 / 9],
      [1.0 / 90, 1.0 / 45, 2.0 / 45],
      [1.0 / 90, -1.0 / 45, 2.0 / 45], [32.0 / 45, 16.0 / 45, 8.0 / 45], [32.0 / 45, -16.0 / 45, 8.0 / 45],
      [0, 0, 1],
    ],
    output: [
      [1, 1, 1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0.5, -0.5, 0], [0, 1, 1, 4, 4, 0.25, 0.25, 0],
      [0, 1, -1, 8, -8, 0.125, -0.125, 0], [0, 1, 1, 16, 16, 0.0625, 0.0625, 0],
      [0, 1, -1, 32, -32, 0.03125, -0.03125, 1],
    ], inputRoundings: 4, outputRoundings: 4)
}

extension [[Double]] {
  var magnitudes: [[Double]] { map { $0.map(\.magnitude) } }

  /// `M · square · Mᵀ`, where `square` is `[size][size]`; row-major.
  func applied(toBothSidesOf square: [Double], size: Int) -> [Double] {
    var half = [Double](repeating: 0, count: count * size)
    for (row, factors) in enumerated() {
      for step in 0..<size where factors[step] != 0 {
        for column in 0..<size { half[row * size + column] += factors[step] * square[step * size + column] }
      }
    }
    var result = [Double](repeating: 0, count: count * count)
    for (column, factors) in enumerated() {
      for step in 0..<size where factors[step] != 0 {
        for row in 0..<count { result[row * count + column] += factors[step] * half[row * size + step] }
      }
    }
    return result
  }
}
