import Graph

/// The error of Winograd's convolution F(m × m, r × r): `Y = Aᵀ M A` with `M = Σ (G g Gᵀ) ⊙ (Bᵀ d B)` over channels
/// (Barabasz, Anderson, Soodhalter and Gregg, "Error Analysis and Improving the Accuracy of Winograd Convolution for
/// Deep Neural Networks", 2020), element by element and in three parts, each with the γ of its own roundings:
///
/// - the transform of the input: `Σ |G g Gᵀ| ⊙ (|Bᵀ||d||B|)`;
/// - weights that were rounded when something was folded into them: `Σ (|G||g||Gᵀ|) ⊙ |Bᵀ d B|`;
/// - their transform, done in double precision and rounded once, and the sums over channels: `Σ |G g Gᵀ| ⊙ |Bᵀ d B|`;
/// - the outer transform: `|M|`;
///
/// all of them passed through `|Aᵀ| · |A|`. Terms of second order are covered by factors (1 + γ).
///
/// A convolution with stride 2 is one with stride 1 of maps and kernels that were parted by the parity of rows and of
/// columns (`ParityParts`).
struct WinogradBound {
  /// Roundings that what is added to the result may take part in.
  let terms = 4
  private let precision: Precision
  private let transform: WinogradTransform
  private let input: (values: [Double], shape: [Int])
  private let weights: (values: [Double], shape: [Int])
  private let bias: [Double]?
  private let pads: (top: Int, left: Int)
  private let extents: (height: Int, width: Int)

  /// `nil` where the convolution is none that Winograd's algorithm does with tiles of `m` by `m`.
  init?(_ call: BoundCall, m: Int) throws {
    guard let transform = WinogradTransform.of(m) else { return nil }
    let (x, w) = (try call.tensor(0), try call.tensor(1))
    guard x.rank == 4, w.rank == 4, w.shape[1] == x.shape[1] else { return nil }
    let window = try Window(node: call.node, kernel: Array(w.shape[2...]), spatial: Array(x.shape[2...]))
    guard window.dilations == [1, 1] else { return nil }
    self.transform = transform
    precision = call.precision
    switch window.strides {
    case [1, 1] where w.shape[2...] == [transform.taps, transform.taps]:
      input = (try x.doubles(), x.shape)
      weights = (try w.doubles(), w.shape)
      pads = (window.padsBegin[0], window.padsBegin[1])
    case [2, 2] where w.shape[2...].allSatisfy({ ($0 + 1) / 2 == transform.taps }):
      input = ParityParts.maps(
        try x.doubles(), shape: x.shape, pads: (window.padsBegin[0], window.padsBegin[1]))
      weights = ParityParts.kernels(try w.doubles(), shape: w.shape)
      pads = (0, 0)
    default: return nil
    }
    bias = call.has(2) ? try call.tensor(2).doubles().map(\.magnitude) : nil
    extents = (window.outputExtent(0, size: x.shape[2]), window.outputExtent(1, size: x.shape[3]))
  }

  /// How much the outer transform may enlarge what underflow loses in a product.
  private var amplification: Double {
    let rows = transform.output.map { $0.reduce(0) { $0 + $1.magnitude } }
    let largest = rows.max() ?? 1
    return largest * largest * Double(input.shape[1] + 1)
  }

  /// The bound for each output `[N, M, H, W]`.
  func errors() throws -> [Double] {
    let (m, n) = (transform.m, transform.points)
    let area = transform.taps * transform.taps
    let (images, channels, filters) = (input.shape[0], input.shape[1], weights.shape[0])
    let (height, width) = (input.shape[2], input.shape[3])
    let across = (extents.width + m - 1) / m
    let tiles = (extents.height + m - 1) / m * across
    let points = n * n
    let outer = transform.output.magnitudes
    let kernels = Transformed(
      transform.weights,
      of: (0..<filters * channels).map { Array(weights.values[$0 * area..<($0 + 1) * area]) })
    guard let product = MatrixProduct([points, filters, channels], [points, channels, tiles]) else {
      return []
    }
    let beyond = 1 + precision.gamma(channels + 16)
    let inner = precision.gamma(2 * transform.inputRoundings) * beyond
    let folded = precision.gamma(1) * beyond
    let sums = precision.gamma(channels + 1) * beyond
    // Two passes, and the sum with the bias.
    let outward = precision.gamma(2 * transform.outputRoundings + 1) * beyond
    let lost = Double(channels + 40) * precision.tiny * amplification
    var result = Array(repeating: 0.0, count: images * filters * extents.height * extents.width)
    for image in 0..<images {
      let patches = (0..<channels).flatMap { channel in
        (0..<tiles).map { tile in
          patch(
            (image * channels + channel) * height * width, tile / across * m - pads.top,
            tile % across * m - pads.left)
        }
      }
      let maps = Transformed(transform.input, of: patches)
      let (weights, inputs) = (kernels.values.map(\.magnitude), maps.values.map(\.magnitude))
      let spread = product(weights, maps.spread)
      let wide = product(kernels.spread, inputs)
      let magnitudes = product(weights, inputs)
      let products = product(kernels.values, maps.values)
      for filter in 0..<filters {
        let start = (bias?[filter] ?? 0) * outward + lost
        for tile in 0..<tiles {
          var errors = [Double](repeating: 0, count: points)
          for point in 0..<points {
            let at = (point * filters + filter) * tiles + tile
            errors[point] =
              spread[at] > precision.largest
              ? .infinity
              : inner * spread[at] + folded * wide[at] + sums * magnitudes[at] + outward
                * products[at].magnitude
          }
          let turned = outer.applied(toBothSidesOf: errors, size: n)
          let (y0, x0) = (tile / across * m, tile % across * m)
          for y in 0..<min(m, extents.height - y0) {
            let row = ((image * filters + filter) * extents.height + y0 + y) * extents.width + x0
            for x in 0..<min(m, extents.width - x0) { result[row + x] = start + turned[y * m + x] }
          }
        }
      }
    }
    return result
  }

  /// The part of one channel's map that a tile reads, zeros beyond the map.
  private func patch(_ base: Int, _ top: Int, _ left: Int) -> [Double] {
    let n = transform.points
    let (height, width) = (input.shape[2], input.shape[3])
    var result = [Double](repeating: 0, count: n * n)
    for y in 0..<n where top + y >= 0 && top + y < height {
      for x in 0..<n where left + x >= 0 && left + x < width {
        result[y * n + x] = input.values[base + (top + y) * width + left + x]
      }
    }
    return result
  }

  /// Squares after one of the inner transforms, point by point: `[n · n][squares]`.
  private struct Transformed {
    /// Exactly.
    var values: [Double]
    /// With magnitudes for all that goes in.
    var spread: [Double]

    init(_ matrix: [[Double]], of squares: [[Double]]) {
      let points = matrix.count * matrix.count
      let magnitudes = matrix.magnitudes
      let size = matrix[0].count
      values = Array(repeating: 0, count: points * squares.count)
      spread = values
      for (number, square) in squares.enumerated() {
        let exact = matrix.applied(toBothSidesOf: square, size: size)
        let large = magnitudes.applied(toBothSidesOf: square.map(\.magnitude), size: size)
        for point in 0..<points {
          values[point * squares.count + number] = exact[point]
          spread[point * squares.count + number] = large[point]
        }
      }
    }
  }
}
