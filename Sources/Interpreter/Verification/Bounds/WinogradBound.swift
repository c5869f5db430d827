import Graph

/// The error of Winograd's convolution F(m × m, 3 × 3): `Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A`, summed over channels before
/// the outer transform. With all matrices, weights and inputs replaced by their magnitudes the same formula gives the
/// sum of magnitudes that γ multiplies, element by element (Barabasz, Anderson, Soodhalter and Gregg, "Error Analysis
/// and Improving the Accuracy of Winograd Convolution for Deep Neural Networks", 2020, theorem 2).
struct WinogradBound {
  /// Roundings on the longest way from an input to an output.
  let roundings: Int
  private let transform: WinogradTransform
  private let input: (values: [Double], shape: [Int])
  private let weights: (values: [Double], shape: [Int])
  private let bias: [Double]?
  private let pads: (top: Int, left: Int)
  private let extents: (height: Int, width: Int)

  /// `nil` where the convolution is none that Winograd's algorithm does.
  init?(_ call: BoundCall, m: Int) throws {
    guard let transform = WinogradTransform.of(m) else { return nil }
    let (x, w) = (try call.tensor(0), try call.tensor(1))
    guard x.rank == 4, w.rank == 4, w.shape[2...] == [3, 3], w.shape[1] == x.shape[1] else { return nil }
    let window = try Window(node: call.node, kernel: [3, 3], spatial: Array(x.shape[2...]))
    guard window.strides == [1, 1], window.dilations == [1, 1] else { return nil }
    self.transform = transform
    let errors = try call.errors(0)
    input = (zip(try x.doubles(), errors).map { $0.magnitude + $1 }, x.shape)
    weights = (try w.doubles().map(\.magnitude), w.shape)
    bias = call.has(2) ? try call.tensor(2).doubles().map(\.magnitude) : nil
    pads = (window.padsBegin[0], window.padsBegin[1])
    extents = (window.outputExtent(0, size: x.shape[2]), window.outputExtent(1, size: x.shape[3]))
    // Two passes each way, the weights' rounding once or twice, the sum over channels, bias and residual.
    roundings = 2 * transform.inputRoundings + 2 * transform.outputRoundings + x.shape[1] + 4
  }

  /// How much the outer transform may enlarge what underflow loses in a product.
  var amplification: Double {
    let rows = transform.output.map { $0.reduce(0) { $0 + $1.magnitude } }
    let largest = rows.max() ?? 1
    return largest * largest * Double(input.shape[1] + 1)
  }

  /// The sum of magnitudes for each output `[N, M, H, W]`.
  func magnitudes() throws -> [Double] {
    let m = transform.m
    let n = m + 2
    let (images, channels, filters) = (input.shape[0], input.shape[1], weights.shape[0])
    let (height, width) = (input.shape[2], input.shape[3])
    let (down, across) = ((extents.height + m - 1) / m, (extents.width + m - 1) / m)
    let tiles = down * across
    let points = n * n
    let inner = transform.input.magnitudes
    let outer = transform.output.magnitudes
    // Weights by point: [n · n][filters][channels].
    var points1 = Array(repeating: 0.0, count: points * filters * channels)
    for pair in 0..<filters * channels {
      let kernel = Array(weights.values[pair * 9..<pair * 9 + 9])
      let turned = transform.weights.magnitudes.applied(toBothSidesOf: kernel, size: 3)
      for point in 0..<points { points1[point * filters * channels + pair] = turned[point] }
    }
    guard let product = MatrixProduct([points, filters, channels], [points, channels, tiles]) else {
      return []
    }
    var result = Array(repeating: 0.0, count: images * filters * extents.height * extents.width)
    for image in 0..<images {
      var points2 = Array(repeating: 0.0, count: points * channels * tiles)
      for channel in 0..<channels {
        let base = (image * channels + channel) * height * width
        for tile in 0..<tiles {
          let (y0, x0) = (tile / across * m - pads.top, tile % across * m - pads.left)
          var patch = Array(repeating: 0.0, count: points)
          for y in max(0, -y0)..<max(max(0, -y0), min(n, height - y0)) {
            for x in max(0, -x0)..<max(max(0, -x0), min(n, width - x0)) {
              patch[y * n + x] = input.values[base + (y0 + y) * width + x0 + x]
            }
          }
          let turned = inner.applied(toBothSidesOf: patch, size: n)
          for point in 0..<points { points2[(point * channels + channel) * tiles + tile] = turned[point] }
        }
      }
      let products = product(points1, points2)
      for filter in 0..<filters {
        let start = bias?[filter] ?? 0
        for tile in 0..<tiles {
          let patch = (0..<points).map { products[($0 * filters + filter) * tiles + tile] }
          let turned = outer.applied(toBothSidesOf: patch, size: n)
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
}
