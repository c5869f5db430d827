import Graph

extension Kernel {
  static let dense = [Kernel("Gemm", "sgemm") { call in try gemm(&call) }]

  private static func gemm(_ call: inout ReferenceCall) throws -> Bool {
    guard let operands = call.singles(call.value(2) == nil ? 2 : 3), operands[0].rank == 2,
      operands[1].rank == 2, let blas = OpenBLAS.shared,
      operands[0].count > 0, operands[1].count > 0
    else { return false }
    let (a, b) = (operands[0], operands[1])
    let (transposedA, transposedB) = (call.node.int("transA") == 1, call.node.int("transB") == 1)
    let (rows, inner) = transposedA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let (depth, columns) = transposedB ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
    guard inner == depth else {
      throw call.failure("\(a.shape) and \(b.shape) don't fit: \(inner) meets \(depth)")
    }
    guard [rows, inner, columns].allSatisfy({ $0 < Int(Int32.max) }) else { return false }
    var result = try Tensor(uninitialized: .float32, shape: [rows, columns])
    if operands.count == 3 {
      guard Broadcasting.shape([operands[2].shape, [rows, columns]]) == [rows, columns] else {
        throw call.failure("C \(operands[2].shape) does not broadcast to [\(rows), \(columns)]")
      }
      result = try operands[2].gathering(
        Broadcasting.indices(of: operands[2].shape, in: [rows, columns]), shape: [rows, columns])
    }
    let alpha = call.node.float("alpha") ?? 1
    let beta = operands.count == 3 ? call.node.float("beta") ?? 1 : 0
    try a.withElements(of: Float.self) { x in
      try b.withElements(of: Float.self) { w in
        try result.withMutableElements(of: Float.self) { y in
          blas.multiply(
            rows: rows, columns: columns, depth: inner, alpha: alpha,
            OpenBLAS.Operand(elements: x.baseAddress, rowLength: a.shape[1], isTransposed: transposedA),
            OpenBLAS.Operand(elements: w.baseAddress, rowLength: b.shape[1], isTransposed: transposedB),
            beta: beta, into: y.baseAddress)
        }
      }
    }
    call.set(0, result)
    return true
  }
}
