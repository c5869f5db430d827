import Graph
import OrderedCollections
import Testing

@testable import Interpreter

/// A convolution of real activations that can be computed in single precision with a defect.
struct PlantedConvolution {
  let node: Node
  let x: Tensor
  let weights: Tensor
  private let padded: [Float]
  private let kernel: [Float]
  private let extents: (height: Int, width: Int)
  private let stride: Int
  private let pad: Int
  private let verifier: Verifier
  /// As many filters as the slow kernels here have time for.
  private static let filters = 8

  /// Where one product takes its pixel and its weight from.
  struct Place {
    let channel: Int
    var row: Int
    var column: Int
  }

  var isSquare: Bool { weights.shape[2...] == [3, 3] && weights.shape[1] > 2 }

  /// Extents of the output.
  private var out: (height: Int, width: Int) {
    ((extents.height - 1) / stride + 1, (extents.width - 1) / stride + 1)
  }

  init(node: Node, x: Tensor, weights all: Tensor) throws {
    let filters = min(Self.filters, all.shape[0])
    let each = all.shape.dropFirst().reduce(1, *)
    kernel = Array(try all.elements(of: Float.self).prefix(filters * each))
    weights = try Tensor(kernel, shape: [filters] + all.shape.dropFirst())
    self.x = x
    var alone = node
    alone.inputs = ["x", "w"]
    alone.outputs = ["y"]
    self.node = alone
    pad = all.shape[2] / 2
    extents = (x.shape[2], x.shape[3])
    stride = try Window(node: node, kernel: Array(all.shape[2...]), spatial: Array(x.shape[2...])).strides[0]
    let graph = Graph(
      name: "planted", nodes: [alone], initializers: ["w": weights],
      inputs: [Value("x", .tensor(.float32, Shape(x.shape)))], outputs: [Value("y", nil)])
    verifier = Verifier(try Session(model: Model(graph: graph, opsetImports: ["": 22], irVersion: 10)))
    // Zeros around, and enough of them for the last tiles.
    let (height, width) = (extents.height + 2 * pad + 16, extents.width + 2 * pad + 16)
    var map = [Float](repeating: 0, count: x.shape[1] * height * width)
    for (index, value) in try x.elements(of: Float.self).enumerated() {
      let (row, column) = (index / extents.width % extents.height, index % extents.width)
      map[(index / (extents.width * extents.height) * height + row + pad) * width + column + pad] = value
    }
    padded = map
  }

  private var paddedWidth: Int { extents.width + 2 * pad + 16 }
  private var paddedPlane: Int { (extents.height + 2 * pad + 16) * paddedWidth }

  /// Sums in single precision, of stride 1; `place` says where each product is taken from, or leaves it out.
  func direct(
    rounding: (Float) -> Float = { $0 }, place: (Place) -> Place? = { $0 }
  ) -> [Float] {
    let (filters, depth, size) = (weights.shape[0], weights.shape[1], weights.shape[2])
    var result = [Float](repeating: 0, count: filters * extents.height * extents.width)
    for channel in 0..<depth {
      for row in 0..<size {
        for column in 0..<size {
          guard let from = place(Place(channel: channel, row: row, column: column)) else { continue }
          for filter in 0..<filters {
            let weight = kernel[((filter * depth + channel) * size + row) * size + column]
            for y in 0..<extents.height {
              let source = channel * paddedPlane + (y + from.row) * paddedWidth + from.column
              let target = (filter * extents.height + y) * extents.width
              for x in 0..<extents.width {
                result[target + x] = rounding(result[target + x] + weight * padded[source + x])
              }
            }
          }
        }
      }
    }
    return result
  }

  /// Winograd's algorithm in single precision.
  func winograd(_ transform: WinogradTransform) -> [Float] {
    let (m, n) = (transform.m, transform.points)
    let turns = stride == 1 ? [(row: 0, column: 0)] : ParityParts.turns
    let parted =
      stride == 1
      ? (kernel.map(Double.init), weights.shape)
      : ParityParts.kernels(kernel.map(Double.init), shape: weights.shape)
    let (filters, depth, area) = (weights.shape[0], parted.1[1], transform.taps * transform.taps)
    let (input, inner, outer) = (
      Self.single(transform.input), transform.weights, Self.single(transform.output)
    )
    // Weights are transformed in double precision and rounded once, as the kernels do it.
    let kernels = (0..<filters * depth).map { pair in
      inner.applied(
        toBothSidesOf: Array(parted.0[pair * area..<(pair + 1) * area]), size: transform.taps
      ).map { Float($0) }
    }
    var result = [Float](repeating: 0, count: filters * out.height * out.width)
    for y0 in Swift.stride(from: 0, to: out.height, by: m) {
      for x0 in Swift.stride(from: 0, to: out.width, by: m) {
        var sums = Array(repeating: [Float](repeating: 0, count: n * n), count: filters)
        for channel in 0..<depth {
          var patch = [Float](repeating: 0, count: n * n)
          let (turn, plane) = (turns[channel / weights.shape[1]], channel % weights.shape[1])
          for y in 0..<n {
            let row = plane * paddedPlane + ((y0 + y) * stride + turn.row) * paddedWidth
            for x in 0..<n { patch[y * n + x] = padded[row + (x0 + x) * stride + turn.column] }
          }
          let points = Self.both(input, patch, n)
          for filter in 0..<filters {
            let kernel = kernels[filter * depth + channel]
            for point in 0..<n * n { sums[filter][point] += kernel[point] * points[point] }
          }
        }
        for filter in 0..<filters {
          let tile = Self.both(outer, sums[filter], n)
          for y in 0..<min(m, out.height - y0) {
            for x in 0..<min(m, out.width - x0) {
              result[(filter * out.height + y0 + y) * out.width + x0 + x] = tile[y * m + x]
            }
          }
        }
      }
    }
    return result
  }

  private static func single(_ matrix: [[Double]]) -> [[Float]] { matrix.map { $0.map { Float($0) } } }

  /// `M · square · Mᵀ` in single precision.
  private static func both(_ matrix: [[Float]], _ square: [Float], _ size: Int) -> [Float] {
    let rows = matrix.count
    var half = [Float](repeating: 0, count: rows * size)
    for row in 0..<rows {
      for step in 0..<size where matrix[row][step] != 0 {
        for column in 0..<size {
          half[row * size + column] += matrix[row][step] * square[step * size + column]
        }
      }
    }
    var result = [Float](repeating: 0, count: rows * rows)
    for column in 0..<rows {
      for step in 0..<size where matrix[column][step] != 0 {
        for row in 0..<rows { result[row * rows + column] += matrix[column][step] * half[row * size + step] }
      }
    }
    return result
  }

  /// What the output must be, and how far rounding lets it be from that.
  func expected(_ algorithm: BoundCall.Algorithm = .sum) throws -> Bounded {
    var run = BoundedRun(flow: verifier.flow)
    run.algorithm = algorithm
    let values = try run([0], from: { $0 == "x" ? .tensor(x) : nil })
    return try #require(values["y"])
  }

  /// The largest quotient of difference and bound.
  func ratio(_ found: [Float], _ expected: Bounded) throws -> Double {
    let tensor = try Tensor(found, shape: [1, weights.shape[0], out.height, out.width])
    return try #require(try Deviation(found: .tensor(tensor), expected: expected)).maxRatio
  }

  /// Expects that verification catches the defect.
  func expectCaught(_ found: [Float], _ defect: String, _ expected: Bounded) throws {
    let ratio = try ratio(found, expected)
    #expect(ratio > 1, "\(defect), \(weights.shape) on \(x.shape)")
  }

  /// The channel with the largest sum: others may be dark on a picture, and then nothing depends on them.
  func brightestChannel() throws -> Int {
    let values = try x.elements(of: Float.self)
    let plane = extents.height * extents.width
    let sums = (0..<x.shape[1]).map { channel in
      values[channel * plane..<(channel + 1) * plane].reduce(0) { $0 + $1.magnitude }
    }
    return sums.indices.max { sums[$0] < sums[$1] } ?? 0
  }
}
