extension OperatorFamily {
  /// Operators that pick elements by index or condition.
  static let gathering = OperatorFamily(
    "Gathering",
    [
      Operator("Gather") { try inferGather(&$0) },
      Operator("GatherElements") { context in
        context.setOutput(0, context.elementType(0), context.shape(1))
      },
      Operator("GatherND") { try inferGatherND(&$0) },
      Operator("Compress") { try inferCompress(&$0) },
    ])

  private static func inferGather(_ context: inout InferenceContext) throws {
    guard let data = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    guard data.rank > 0 else { throw context.failure("can't gather from a scalar") }
    let axis = try context.normalizedAxis(context.node.int("axis") ?? 0, rank: data.rank)
    guard let indices = context.shape(1) else { return context.setOutput(0, context.elementType(0), nil) }
    let result = data.dimensions[..<axis] + indices.dimensions + data.dimensions[(axis + 1)...]
    context.setOutput(0, context.elementType(0), Shape(Array(result)))
    guard data.rank == 1, indices.rank <= 1, let values = context.dimensionValues(0),
      let positions = context.constantInts(1)
    else { return }
    let found = try positions.map { position in
      let index = position < 0 ? position + values.count : position
      guard values.indices.contains(index) else {
        throw context.failure("index \(position) is out of range for \(values.count) elements")
      }
      return values[index]
    }
    context.setValues(0, found)
  }

  private static func inferGatherND(_ context: inout InferenceContext) throws {
    guard let data = context.shape(0), let indices = context.shape(1),
      case .fixed(let depth)? = indices.dimensions.last
    else { return context.setOutput(0, context.elementType(0), nil) }
    let batch = context.node.int("batch_dims") ?? 0
    guard batch >= 0, batch < min(data.rank, indices.rank), depth >= 1, depth <= data.rank - batch else {
      throw context.failure("indices \(indices) with batch_dims \(batch) don't fit data \(data)")
    }
    context.setOutput(
      0, context.elementType(0), Shape(indices.dimensions.dropLast() + data.dimensions[(batch + depth)...]))
  }

  private static func inferCompress(_ context: inout InferenceContext) throws {
    guard let axis = context.node.int("axis") else {
      return context.setOutput(0, context.elementType(0), [.unknown])
    }
    var result = context.shape(0)
    if let rank = result?.rank {
      result?.dimensions[try context.normalizedAxis(axis, rank: rank)] = .unknown
    }
    context.setOutput(0, context.elementType(0), result)
  }
}
