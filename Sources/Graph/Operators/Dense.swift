extension OperatorFamily {
  /// Products of matrices.
  static let dense = OperatorFamily(
    "Dense",
    [
      Operator("Gemm") { try inferGemm(&$0) },
      Operator("MatMul") { try inferMatMul(&$0, type: $0.elementType(0)) },
      Operator("MatMulInteger") { try inferMatMul(&$0, type: .int32) },
      Operator("QLinearMatMul") { try inferMatMul(&$0, right: 3, type: $0.elementType(7)) },
      Operator("Det") { context in
        guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
        guard shape.rank >= 2 else { throw context.failure("needs square matrices, found \(shape)") }
        let (rows, columns) = (shape.dimensions[shape.rank - 2], shape.dimensions[shape.rank - 1])
        if let rows = rows.fixedValue, let columns = columns.fixedValue, rows != columns {
          throw context.failure("needs square matrices, found \(shape)")
        }
        context.setOutput(0, context.elementType(0), Shape(Array(shape.dimensions.dropLast(2))))
      },
    ])

  private static func inferGemm(_ context: inout InferenceContext) throws {
    guard let a = context.shape(0), let b = context.shape(1) else {
      return context.setOutput(0, context.elementType(0), [.unknown, .unknown])
    }
    guard a.rank == 2, b.rank == 2 else { throw context.failure("needs matrices, found \(a) and \(b)") }
    let (rows, inner) = context.node.int("transA") == 1 ? (1, 0) : (0, 1)
    let (depth, columns) = context.node.int("transB") == 1 ? (1, 0) : (0, 1)
    if let one = a.dimensions[inner].fixedValue, let other = b.dimensions[depth].fixedValue, one != other {
      throw context.failure("\(a) and \(b) don't fit: \(one) columns meet \(other) rows")
    }
    context.setOutput(0, context.elementType(0), [a.dimensions[rows], b.dimensions[columns]])
  }

  private static func inferMatMul(
    _ context: inout InferenceContext, right: Int = 1, type: ElementType?
  ) throws {
    guard let a = context.shape(0), let b = context.shape(right) else {
      return context.setOutput(0, type, nil)
    }
    guard a.rank > 0, b.rank > 0 else {
      throw context.failure("needs tensors of rank 1 or more, found \(a) and \(b)")
    }
    let inner = a.dimensions[a.rank - 1]
    let depth = b.dimensions[max(0, b.rank - 2)]
    if let one = inner.fixedValue, let other = depth.fixedValue, one != other {
      throw context.failure("\(a) and \(b) don't fit: \(one) columns meet \(other) rows")
    }
    let batch = try context.broadcast([
      Shape(Array(a.dimensions.dropLast(2))), Shape(Array(b.dimensions.dropLast(2))),
    ])
    var result = batch?.dimensions ?? []
    if a.rank > 1 { result.append(a.dimensions[a.rank - 2]) }
    if b.rank > 1 { result.append(b.dimensions[b.rank - 1]) }
    context.setOutput(0, type, Shape(result))
  }
}
