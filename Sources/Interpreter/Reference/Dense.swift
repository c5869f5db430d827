import Graph

extension ReferenceFamily {
  /// Products of matrices.
  static let dense = ReferenceFamily(
    "Dense",
    [
      ReferenceOperator("Gemm") { call in try gemm(&call) }
    ])

  /// `Y = alpha · op(A) · op(B) + beta · C` (ONNX Gemm-13).
  private static func gemm(_ call: inout ReferenceCall) throws {
    let (a, b) = (try call.tensor(0), try call.tensor(1))
    guard a.rank == 2, b.rank == 2 else {
      throw call.failure("needs matrices, found \(a.shape) and \(b.shape)")
    }
    let transposedA = call.node.int("transA") == 1
    let transposedB = call.node.int("transB") == 1
    let (rows, inner) = transposedA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let (depth, columns) = transposedB ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
    guard inner == depth else {
      throw call.failure("\(a.shape) and \(b.shape) don't fit: \(inner) meets \(depth)")
    }
    let alpha = Double(call.node.float("alpha") ?? 1)
    let beta = Double(call.node.float("beta") ?? 1)
    let (x, y) = (try a.doubles(), try b.doubles())
    var result = Array(repeating: 0.0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<inner {
          sum +=
            x[transposedA ? k * rows + row : row * inner + k]
            * y[transposedB ? column * depth + k : k * columns + column]
        }
        result[row * columns + column] = alpha * sum
      }
    }
    if let c = try call.optionalTensor(2) {
      guard Broadcasting.shape([c.shape, [rows, columns]]) == [rows, columns] else {
        throw call.failure("C \(c.shape) does not broadcast to [\(rows), \(columns)]")
      }
      let bias = try c.doubles()
      for (index, source) in Broadcasting.indices(of: c.shape, in: [rows, columns]).enumerated() {
        result[index] += beta * bias[source]
      }
    }
    if a.elementType.isFloatingPoint {
      call.set(0, try Tensor(doubles: result, as: a.elementType, shape: [rows, columns]))
    } else {
      call.set(
        0, try Tensor(integers: result.map { Int64($0) }, as: a.elementType, shape: [rows, columns]))
    }
  }
}
