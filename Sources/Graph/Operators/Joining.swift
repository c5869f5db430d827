extension OperatorFamily {
  /// Operators that join tensors or take them apart along an axis.
  static let joining = OperatorFamily(
    "Joining",
    [
      Operator("Concat") { try inferConcat(&$0) }
    ])

  private static func inferConcat(_ context: inout InferenceContext) throws {
    let shapes = context.node.inputs.indices.map { context.shape($0) }
    guard let first = shapes.compactMap({ $0 }).first else {
      return context.setOutput(0, context.elementType(0), nil)
    }
    let axis = try context.normalizedAxis(context.node.int("axis") ?? 1, rank: first.rank)
    var result = first.dimensions
    result[axis] = .fixed(0)
    for shape in shapes {
      guard let shape else {
        result[axis] = .unknown
        continue
      }
      guard shape.rank == first.rank else {
        throw context.failure("inputs of rank \(first.rank) and \(shape.rank) can't be joined")
      }
      for (index, dimension) in shape.dimensions.enumerated() where index != axis {
        if case .fixed(let one) = result[index], case .fixed(let other) = dimension, one != other {
          throw context.failure("\(first) and \(shape) differ outside axis \(axis)")
        }
        if result[index].fixedValue == nil, dimension != .unknown { result[index] = dimension }
      }
      result[axis] = result[axis] + shape.dimensions[axis]
    }
    context.setOutput(0, context.elementType(0), Shape(result))
    if first.rank == 1 {
      let parts = context.node.inputs.indices.map { context.dimensionValues($0) }
      if parts.allSatisfy({ $0 != nil }) { context.outputDimensions[0] = parts.flatMap { $0 ?? [] } }
    }
  }
}
