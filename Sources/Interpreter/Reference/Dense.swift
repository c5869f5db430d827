import Graph

extension ReferenceFamily {
  /// Products of matrices.
  static let dense = ReferenceFamily(
    "Dense",
    [
      ReferenceOperator("Gemm") { call in try gemm(&call) },
      ReferenceOperator("MatMul") { call in try multiply(&call) },
      ReferenceOperator("MatMulInteger") { call in try multiplyIntegers(&call) },
      ReferenceOperator("QLinearMatMul") { call in try multiplyQuantized(&call) },
      ReferenceOperator("Det") { call in try determinant(&call) },
    ])

  /// `Y = alpha · op(A) · op(B) + beta · C` (ONNX Gemm-13).
  private static func gemm(_ call: inout ReferenceCall) throws {
    var (a, b) = (try call.tensor(0), try call.tensor(1))
    guard a.rank == 2, b.rank == 2 else {
      throw call.failure("needs matrices, found \(a.shape) and \(b.shape)")
    }
    if call.node.int("transA") ?? 0 != 0 { a = try a.transposed([1, 0]) }
    if call.node.int("transB") ?? 0 != 0 { b = try b.transposed([1, 0]) }
    let product = try call.product(a, b)
    let (alpha, beta) = (call.number("alpha", 1), call.number("beta", 1))
    let c = try call.optionalTensor(2)
    if let c, Broadcasting.shape([c.shape, product.shape]) != product.shape {
      throw call.failure("C \(c.shape) does not broadcast to \(product.shape)")
    }
    if a.elementType.isInteger, alpha == 1, beta == 1 {
      var result = product(try a.integers(), try b.integers())
      if let c {
        result = zip(result, Broadcasting.expand(try c.integers(), from: c.shape, to: product.shape)).map(&+)
      }
      return call.set(0, try Tensor(integers: result, as: a.elementType, shape: product.shape))
    }
    var result = product(try a.doubles(), try b.doubles()).map { alpha * $0 }
    if let c {
      let bias = Broadcasting.expand(try c.doubles(), from: c.shape, to: product.shape)
      result = zip(result, bias).map { $0 + beta * $1 }
    }
    call.set(0, try Tensor(numbers: result, as: a.elementType, shape: product.shape))
  }

  /// NumPy's `matmul` (ONNX MatMul-13).
  private static func multiply(_ call: inout ReferenceCall) throws {
    let (a, b) = (try call.tensor(0), try call.tensor(1))
    try call.requireSameType(a, b)
    let product = try call.product(a, b)
    if a.elementType.isFloatingPoint {
      let result = product(try a.doubles(), try b.doubles())
      return call.set(0, try Tensor(doubles: result, as: a.elementType, shape: product.shape))
    }
    let result = product(try a.integers(), try b.integers())
    call.set(0, try Tensor(integers: result, as: a.elementType, shape: product.shape))
  }

  /// The product of `A - a_zero_point` and `B - b_zero_point`, with 32-bit sums (ONNX MatMulInteger-10). Products
  /// have 18 bits, so sums of up to 2³⁵ of them are exact in `Double`.
  private static func multiplyIntegers(_ call: inout ReferenceCall) throws {
    let (a, b) = (try call.tensor(0), try call.tensor(1))
    let product = try call.product(a, b)
    let sums = product(
      try call.levels(of: a, zeroPoint: 2, axis: max(0, a.rank - 2)),
      try call.levels(of: b, zeroPoint: 3, axis: b.rank - 1))
    call.set(0, try Tensor(integers: sums.map { Int64($0) }, as: .int32, shape: product.shape))
  }

  /// The product of quantized numbers, quantized again (ONNX QLinearMatMul-21).
  private static func multiplyQuantized(_ call: inout ReferenceCall) throws {
    let (a, b) = (try call.tensor(0), try call.tensor(3))
    let product = try call.product(a, b)
    let sums = product(
      try call.levels(of: a, zeroPoint: 2, axis: max(0, a.rank - 2)),
      try call.levels(of: b, zeroPoint: 5, axis: b.rank - 1))
    // Scales of rows stand upright, those of columns lie.
    let full = product.batch + [product.rows, product.columns]
    func scales(_ index: Int, upright: Bool) throws -> [Double] {
      var scale = try call.tensor(index)
      if scale.rank == 1, upright { scale = try scale.reshaped(to: [scale.count, 1]) }
      guard Broadcasting.shape([scale.shape, full]) == full else {
        throw call.failure("a scale of \(scale.shape) does not fit the product \(product.shape)")
      }
      return Broadcasting.expand(try scale.doubles(), from: scale.shape, to: full)
    }
    let (left, right) = (try scales(1, upright: true), try scales(4, upright: false))
    let outputScale = try call.scalar(6)
    let numbers = sums.indices.map { sums[$0] * left[$0] * right[$0] / outputScale }
    call.set(0, try Tensor(quantizing: numbers, zeroPoint: try call.tensor(7), shape: product.shape))
  }

  /// The determinants of the matrices in the last two axes, by elimination with row exchanges (ONNX Det-22).
  private static func determinant(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard input.rank >= 2, input.shape[input.rank - 1] == input.shape[input.rank - 2] else {
      throw call.failure("needs square matrices, found \(input.shape)")
    }
    let size = input.shape[input.rank - 1]
    let shape = Array(input.shape.dropLast(2))
    let values = try input.doubles()
    let results = (0..<shape.reduce(1, *)).map { number in
      eliminated(Array(values[(number * size * size)..<((number + 1) * size * size)]), size)
    }
    call.set(0, try Tensor(doubles: results, as: input.elementType, shape: shape))
  }

  private static func eliminated(_ values: [Double], _ size: Int) -> Double {
    var matrix = values
    var result = 1.0
    for step in 0..<size {
      let pivot = (step..<size).reduce(step) {
        matrix[$1 * size + step].magnitude > matrix[$0 * size + step].magnitude ? $1 : $0
      }
      let head = matrix[pivot * size + step]
      if head == 0 { return 0 }
      result *= pivot == step ? head : -head
      if pivot != step {
        for column in 0..<size { matrix.swapAt(pivot * size + column, step * size + column) }
      }
      for row in (step + 1)..<max(size, step + 1) {
        let factor = matrix[row * size + step] / head
        for column in step..<size { matrix[row * size + column] -= factor * matrix[step * size + column] }
      }
    }
    return result
  }
}

extension ReferenceCall {
  /// The product of two tensors' matrices.
  func product(_ a: Tensor, _ b: Tensor) throws -> MatrixProduct {
    guard let product = MatrixProduct(a.shape, b.shape) else {
      throw failure("\(a.shape) and \(b.shape) can't be multiplied")
    }
    _ = try checkedCount(of: product.shape)
    return product
  }
}
