import CKernels
import TestSupport
import Testing

/// Winograd convolution against the definition, within the bound that the magnitudes of its transforms give:
/// γ times |Aᵀ| (Σ |G g Gᵀ| · |Bᵀ| |d| |B|) |A|.
@Suite struct WinogradTests {
  static let cases: [ConvolutionCase] = {
    var generator = SeededGenerator(seed: 15)
    return (0..<34).map { number in
      var one = ConvolutionCase(kernel: (3, 3), seed: UInt64(number))
      one.takeSizes(number)
      let pad = min(one.height, one.width) < 3 ? 1 : Int.random(in: 0...1, using: &generator)
      one.pad = (pad, pad, pad, pad)
      if one.outHeight >= 2, one.outWidth >= 2, number % 3 == 0 { one.pool = 2 }
      one.residual = one.pool == 1 && number % 2 == 0
      if number % 4 == 1 { one.clamp = (0, .infinity) }
      one.rowsAtOnce = .random(in: 1...9, using: &generator)
      return one
    }
  }()

  @Test func casesHaveAllSizes() { #expect(ConvolutionCase.haveAllSizes(Self.cases)) }

  @Test(arguments: KernelSet.all, [2, 4, 6]) func transformed(set: KernelSet, m: Int) {
    for one in Self.cases { run(one, m: m, on: set) }
  }

  private func run(_ one: ConvolutionCase, m: Int, on set: KernelSet) {
    let lanes = set.width
    let index = m / 2 - 1
    let points = (m + 2) * (m + 2)
    let planes = (one.inputs + lanes - 1) / lanes
    let blocks = (one.outputs + lanes - 1) / lanes
    let (input, weights, bias, residual) = one.data()
    let pixels = (one.outHeight / one.pool) * (one.outWidth / one.pool)
    let across = (one.outWidth + m - 1) / m
    let tiles = across * ((one.outHeight + m - 1) / m)
    var descriptor = ck_f32_winograd(
      planes: Int32(planes), in_height: Int32(one.height), in_width: Int32(one.width),
      pad_top: Int32(one.pad.top),
      pad_left: Int32(one.pad.left), out_height: Int32(one.outHeight), out_width: Int32(one.outWidth),
      pool: Int32(one.pool), tiles_across: Int32(across), kernel_h: 3, kernel_w: 3,
      in_plane_stride: one.height * one.width * lanes,
      out_plane_stride: pixels * lanes, lower: one.clamp.lower, upper: one.clamp.upper)
    let x = blocked(input, channels: one.inputs, pixels: one.height * one.width, width: lanes)
    let paddedBias = bias + [Float](repeating: 0, count: blocks * lanes - one.outputs)
    let added = blocked(residual, channels: one.outputs, pixels: pixels, width: lanes)
    var u = [Float](repeating: .nan, count: points * blocks * planes * lanes * lanes)
    winograd(set.conv.pack.winograd, index)(weights, CK_FLOAT32, Int32(one.outputs), Int32(one.inputs), &u)
    var out = [Float](repeating: .nan, count: blocks * pixels * lanes)
    let batch = one.rowsAtOnce
    var v = [Float](repeating: .nan, count: points * planes * batch * lanes)
    var products = [Float](repeating: .nan, count: points * blocks * batch * lanes)
    added.withUnsafeBufferPointer { added in
      for first in stride(from: 0, to: tiles, by: batch) {
        let end = Int32(min(tiles, first + batch))
        let count = end - Int32(first)
        winograd(set.conv.winograd_input, index)(
          &descriptor, x, &v, Int32(first), end, count, 0, Int32(planes))
        set.conv.winograd_multiply(
          Int32(points), Int32(planes), count, Int32(blocks), v, u, &products, 0, Int32(blocks), 2)
        winograd(set.conv.winograd_output, index)(
          &descriptor, products, paddedBias, one.residual ? added.baseAddress : nil, &out, Int32(first), end,
          count, 0,
          Int32(blocks))
      }
    }
    // Operations on the way of one term: weights rounded once, two transforms of at most 6 each way, the sum.
    let bound = magnitudes(one, m: m).map { gamma(one.inputs + 4 * 7 + 3) * $0 }
    one.check(
      plain(out, channels: one.outputs, pixels: pixels, width: lanes), bound: bound, value: one.sums().value,
      set)
  }

  @Test(arguments: KernelSet.all, 1...4) func fewChannelsOfAPlainMap(set: KernelSet, channels: Int) {
    for (number, original) in Self.cases.enumerated() {
      var one = original
      one.inputs = channels
      one.residual = false
      // Padding on one side alone, and more of it than one.
      let pad = one.pad.top
      one.pad = number % 5 == 4 ? (2, 0, pad, 2) : (pad, pad, pad, pad)
      guard one.isPossible, one.outHeight >= 2, one.outWidth >= 2 else { continue }
      runPlain(one, on: set)
    }
  }

  private func runPlain(_ one: ConvolutionCase, on set: KernelSet) {
    let (m, n, lanes) = (4, 6, set.width)
    let blocks = (one.outputs + lanes - 1) / lanes
    let (input, weights, bias, _) = one.data()
    let pixels = (one.outHeight / one.pool) * (one.outWidth / one.pool)
    var descriptor = ck_f32_winograd(
      planes: Int32(one.inputs), in_height: Int32(one.height), in_width: Int32(one.width),
      pad_top: Int32(one.pad.top), pad_left: Int32(one.pad.left), out_height: Int32(one.outHeight),
      out_width: Int32(one.outWidth), pool: Int32(one.pool), tiles_across: Int32((one.outWidth + m - 1) / m),
      kernel_h: 3, kernel_w: 3, in_plane_stride: one.height * one.width, out_plane_stride: pixels * lanes,
      lower: one.clamp.lower,
      upper: one.clamp.upper)
    let planes = (one.inputs + lanes - 1) / lanes
    var wide = [Float](repeating: .nan, count: n * n * blocks * planes * lanes * lanes)
    set.conv.pack.winograd.1(weights, CK_FLOAT32, Int32(one.outputs), Int32(one.inputs), &wide)
    var u: [Float] = []
    for block in 0..<blocks {
      for x in 0..<n {
        for y in 0..<n {
          for channel in 0..<one.inputs {
            let row =
              ((y * n + x) * blocks + block) * planes * lanes + channel / lanes * lanes + channel % lanes
            u += wide[row * lanes..<(row + 1) * lanes]
          }
        }
      }
    }
    var out = [Float](repeating: .nan, count: blocks * pixels * lanes)
    var scratch = [Float](
      repeating: .nan, count: ck_f32_winograd_plain_scratch(&descriptor, Int32(lanes)))
    let paddedBias = bias + [Float](repeating: 0, count: blocks * lanes - one.outputs)
    let rows = (one.outHeight + m - 1) / m
    for first in stride(from: 0, to: rows, by: 2) {
      set.conv.winograd_plain(
        &descriptor, input, u, paddedBias, &out, Int32(first), Int32(min(rows, first + 2)), Int32(blocks),
        &scratch)
    }
    let bound = magnitudes(one, m: m).map { gamma(one.inputs + 4 * 7 + 3) * $0 }
    one.check(
      plain(out, channels: one.outputs, pixels: pixels, width: lanes), bound: bound, value: one.sums().value,
      set)
  }

  /// With stride 2 the kernel's even and odd rows and columns are kernels of their own.
  @Test(arguments: KernelSet.all, 1...4) func strided(set: KernelSet, channels: Int) {
    var generator = SeededGenerator(seed: 16)
    for number in 0..<34 {
      let taps = 3 + number % 2
      let kernel = (h: 2 * taps - number / 2 % 2, w: 2 * taps - number / 4 % 2)
      var one = ConvolutionCase(kernel: kernel, stride: (2, 2), seed: UInt64(number))
      one.takeSizes(number)
      one.inputs = channels
      if number >= 17 {
        one.height += 20
        one.width += 23
      }
      // Enough for tiles to be cut into parts.
      if number == 24 { one.width = 700 }
      func pad() -> Int { .random(in: 0...4, using: &generator) }
      repeat { one.pad = (pad(), pad(), pad(), pad()) } while !one.isPossible
      if number % 4 == 1 { one.clamp = (0, .infinity) }
      one.rowsAtOnce = .random(in: 1...3, using: &generator)
      runStrided(one, m: 7 - taps, on: set)
    }
  }

  private func runStrided(_ one: ConvolutionCase, m: Int, on set: KernelSet) {
    let (taps, lanes) = (7 - m, set.width)
    let blocks = (one.outputs + lanes - 1) / lanes
    let depth = 4 * one.inputs
    let (input, weights, bias, _) = one.data()
    let pixels = one.outHeight * one.outWidth
    var descriptor = ck_f32_winograd(
      planes: Int32(one.inputs), in_height: Int32(one.height), in_width: Int32(one.width),
      pad_top: Int32(one.pad.top), pad_left: Int32(one.pad.left), out_height: Int32(one.outHeight),
      out_width: Int32(one.outWidth), pool: 1, tiles_across: Int32((one.outWidth + m - 1) / m),
      kernel_h: Int32(one.kernel.h), kernel_w: Int32(one.kernel.w), in_plane_stride: one.height * one.width,
      out_plane_stride: pixels * lanes, lower: one.clamp.lower, upper: one.clamp.upper)
    var parts: [Float] = []
    for output in 0..<one.outputs {
      for part in Self.parts(of: one) {
        for channel in 0..<one.inputs {
          parts += Self.kernel(part, output, channel, of: one, weights, taps: taps).flatMap {
            $0.map { Float($0) }
          }
        }
      }
    }
    let planes = (depth + lanes - 1) / lanes
    var wide = [Float](repeating: .nan, count: 36 * blocks * planes * lanes * lanes)
    let transform = m == 3 ? set.conv.pack.winograd_3 : set.conv.pack.winograd.1
    transform(parts, CK_FLOAT32, Int32(one.outputs), Int32(depth), &wide)
    var u: [Float] = []
    for first in stride(from: 0, to: wide.count, by: planes * lanes * lanes) {
      u += wide[first..<first + depth * lanes]
    }
    var out = [Float](repeating: .nan, count: blocks * pixels * lanes)
    var scratch = [Float](
      repeating: .nan, count: ck_f32_winograd_strided_scratch(&descriptor, Int32(lanes)))
    let paddedBias = bias + [Float](repeating: 0, count: blocks * lanes - one.outputs)
    let rows = (one.outHeight + m - 1) / m
    for first in stride(from: 0, to: rows, by: one.rowsAtOnce) {
      set.conv.winograd_strided(
        &descriptor, input, u, paddedBias, &out, Int32(first), Int32(min(rows, first + one.rowsAtOnce)),
        Int32(blocks), &scratch)
    }
    let bound = magnitudes(one, m: m).map { gamma(depth + 4 * 7 + 3) * $0 }
    one.check(
      plain(out, channels: one.outputs, pixels: pixels, width: lanes), bound: bound, value: one.sums().value,
      set)
  }

  private func winograd<Function>(_ functions: (Function, Function, Function), _ index: Int) -> Function {
    [functions.0, functions.1, functions.2][index]
  }

  /// First row and column of the kernels that a convolution's kernel is made of, in the kernels' order.
  private static func parts(of one: ConvolutionCase) -> [(row: Int, column: Int)] {
    one.stride.h == 1 ? [(0, 0)] : [(0, 0), (0, 1), (1, 1), (1, 0)]
  }

  private static func kernel(
    _ part: (row: Int, column: Int), _ output: Int, _ channel: Int, of one: ConvolutionCase,
    _ weights: [Float],
    taps: Int
  ) -> [[Double]] {
    let base = (output * one.inputs + channel) * one.kernel.h
    return (0..<taps).map { y in
      (0..<taps).map { x in
        let (row, column) = (part.row + y * one.stride.h, part.column + x * one.stride.w)
        return row < one.kernel.h && column < one.kernel.w
          ? Double(weights[(base + row) * one.kernel.w + column]) : 0
      }
    }
  }

  /// The magnitudes that Winograd's intermediate values reach, per output before pooling.
  private func magnitudes(_ one: ConvolutionCase, m: Int) -> [Double] {
    let (input, weights, bias, _) = one.data()
    let matrices = WinogradMatrices.of(m)
    let (n, taps) = (matrices.input.count, matrices.weights[0].count)
    let b = matrices.input.map { $0.map(abs) }
    let a = matrices.output.map { $0.map(abs) }
    let sources = Self.parts(of: one).flatMap { part in (0..<one.inputs).map { (part, $0) } }
    // Weights are transformed in Double and rounded once, so their own magnitude counts.
    let kernels = (0..<one.outputs).map { output in
      sources.map { part, channel in
        WinogradMatrices.both(
          matrices.weights, Self.kernel(part, output, channel, of: one, weights, taps: taps))
      }
    }
    var result = [Double](repeating: 0, count: one.outputs * one.outHeight * one.outWidth)
    for y0 in stride(from: 0, to: one.outHeight, by: m) {
      for x0 in stride(from: 0, to: one.outWidth, by: m) {
        let transformed = sources.map { part, channel in
          let tile = (0..<n).map { y in
            (0..<n).map { x -> Double in
              let iy = (y0 + y) * one.stride.h + part.row - one.pad.top
              let ix = (x0 + x) * one.stride.w + part.column - one.pad.left
              guard iy >= 0, iy < one.height, ix >= 0, ix < one.width else { return 0 }
              return Double(abs(input[(channel * one.height + iy) * one.width + ix]))
            }
          }
          return WinogradMatrices.both(b, tile)
        }
        for output in 0..<one.outputs {
          var sum = (0..<n).map { _ in [Double](repeating: 0, count: n) }
          for (g, d) in zip(kernels[output], transformed) {
            for y in 0..<n { for x in 0..<n { sum[y][x] += abs(g[y][x]) * d[y][x] } }
          }
          let back = WinogradMatrices.both(a, sum)
          for y in 0..<m where y0 + y < one.outHeight {
            for x in 0..<m where x0 + x < one.outWidth {
              result[(output * one.outHeight + y0 + y) * one.outWidth + x0 + x] =
                back[y][x] + Double(abs(bias[output]))
            }
          }
        }
      }
    }
    return result
  }
}

/// Bᵀ, G and Aᵀ of F(m, 3) from Lavin and Gray (2015), and of F(3, 4).
struct WinogradMatrices {
  let input: [[Double]]
  let weights: [[Double]]
  let output: [[Double]]

  static func of(_ m: Int) -> WinogradMatrices {
    switch m {
    case 2:
      WinogradMatrices(
        input: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
        weights: [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]],
        output: [[1, 1, 1, 0], [0, 1, -1, -1]])
    case 3:
      WinogradMatrices(
        input: of(4).input,
        weights: [
          [0.25, 0, 0, 0], [-1.0 / 6, -1.0 / 6, -1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 6],
          [1.0 / 24, 1.0 / 12, 1.0 / 6, 1.0 / 3], [1.0 / 24, -1.0 / 12, 1.0 / 6, -1.0 / 3], [0, 0, 0, 1],
        ],
        output: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 1]])
    case 4:
      WinogradMatrices(
        input: [
          [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0], [0, -2, -1, 2, 1, 0],
          [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
        ],
        weights: [
          [0.25, 0, 0], [-1.0 / 6, -1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6, -1.0 / 6],
          [1.0 / 24, 1.0 / 12, 1.0 / 6],
          [1.0 / 24, -1.0 / 12, 1.0 / 6], [0, 0, 1],
        ],
        output: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]])
    default:
      WinogradMatrices(
        input: [
          [1, 0, -5.25, 0, 5.25, 0, -1, 0], [0, 1, 1, -4.25, -4.25, 1, 1, 0],
          [0, -1, 1, 4.25, -4.25, -1, 1, 0],
          [0, 0.5, 0.25, -2.5, -1.25, 2, 1, 0], [0, -0.5, 0.25, 2.5, -1.25, -2, 1, 0],
          [0, 2, 4, -2.5, -5, 0.5, 1, 0], [0, -2, 4, 2.5, -5, -0.5, 1, 0], [0, -1, 0, 5.25, 0, -5.25, 0, 1],
        ],
        weights: [
          [1, 0, 0], [-2.0 / 9, -2.0 / 9, -2.0 / 9], [-2.0 / 9, 2.0 / 9, -2.0 / 9],
          [1.0 / 90, 1.0 / 45, 2.0 / 45],
          [1.0 / 90, -1.0 / 45, 2.0 / 45], [32.0 / 45, 16.0 / 45, 8.0 / 45],
          [32.0 / 45, -16.0 / 45, 8.0 / 45],
          [0, 0, 1],
        ],
        output: [
          [1, 1, 1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0.5, -0.5, 0], [0, 1, 1, 4, 4, 0.25, 0.25, 0],
          [0, 1, -1, 8, -8, 0.125, -0.125, 0], [0, 1, 1, 16, 16, 0.0625, 0.0625, 0],
          [0, 1, -1, 32, -32, 0.03125, -0.03125, 1],
        ])
    }
  }

  /// M X Mᵀ.
  static func both(_ matrix: [[Double]], _ x: [[Double]]) -> [[Double]] {
    let half = matrix.map { row in
      x[0].indices.map { column in zip(row, x).reduce(0.0) { $0 + $1.0 * $1.1[column] } }
    }
    return half.map { line in matrix.map { row in zip(row, line).reduce(0.0) { $0 + $1.0 * $1.1 } } }
  }
}
