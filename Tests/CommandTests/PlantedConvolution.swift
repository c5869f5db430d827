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
    let graph = Graph(
      name: "planted", nodes: [alone], initializers: ["w": weights],
      inputs: [Value("x", .tensor(.float32, Shape(x.shape)))], outputs: [Value("y", nil)])
    verifier = Verifier(try Session(model: Model(graph: graph, opsetImports: ["": 22], irVersion: 10)))
    // Zeros around, and enough of them for the last tiles.
    let (height, width) = (extents.height + 2 * pad + 8, extents.width + 2 * pad + 8)
    var map = [Float](repeating: 0, count: x.shape[1] * height * width)
    for (index, value) in try x.elements(of: Float.self).enumerated() {
      let (row, column) = (index / extents.width % extents.height, index % extents.width)
      map[(index / (extents.width * extents.height) * height + row + pad) * width + column + pad] = value
    }
    padded = map
  }

  private var paddedWidth: Int { extents.width + 2 * pad + 8 }
  private var paddedPlane: Int { (extents.height + 2 * pad + 8) * paddedWidth }

  /// Sums in single precision; `place` says where each product is taken from, or leaves it out.
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
    let (m, n) = (transform.m, transform.m + 2)
    let (filters, depth) = (weights.shape[0], weights.shape[1])
    let (input, inner, outer) = (
      Self.single(transform.input), transform.weights, Self.single(transform.output)
    )
    // Weights are transformed in double precision and rounded once, as the kernels do it.
    let kernels = (0..<filters * depth).map { pair in
      inner.applied(toBothSidesOf: kernel[pair * 9..<pair * 9 + 9].map(Double.init), size: 3).map {
        Float($0)
      }
    }
    var result = [Float](repeating: 0, count: filters * extents.height * extents.width)
    for y0 in stride(from: 0, to: extents.height, by: m) {
      for x0 in stride(from: 0, to: extents.width, by: m) {
        var sums = Array(repeating: [Float](repeating: 0, count: n * n), count: filters)
        for channel in 0..<depth {
          var patch = [Float](repeating: 0, count: n * n)
          for y in 0..<n {
            let source = channel * paddedPlane + (y0 + y) * paddedWidth + x0
            for x in 0..<n { patch[y * n + x] = padded[source + x] }
          }
          let points = Self.both(input, patch, n)
          for filter in 0..<filters {
            let kernel = kernels[filter * depth + channel]
            for point in 0..<n * n { sums[filter][point] += kernel[point] * points[point] }
          }
        }
        for filter in 0..<filters {
          let tile = Self.both(outer, sums[filter], n)
          for y in 0..<min(m, extents.height - y0) {
            for x in 0..<min(m, extents.width - x0) {
              result[(filter * extents.height + y0 + y) * extents.width + x0 + x] = tile[y * m + x]
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
    let tensor = try Tensor(found, shape: [1, weights.shape[0], extents.height, extents.width])
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
