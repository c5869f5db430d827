extension OperatorFamily {
  /// Reductions along axes; axes are input 1 in today's form.
  static let reduction = OperatorFamily(
    "Reduction",
    [
      "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "ReduceL1",
      "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
    ].map { name in
      Operator(name, upgrade: { node, context in [try context.movingInts("axes", toInput: 1, of: node)] }) {
        try inferReduction(&$0)
        inferValues(&$0)
      }
    } + ["ArgMax", "ArgMin"].map { Operator($0) { try inferPosition(&$0) } })

  private static func inferReduction(_ context: inout InferenceContext) throws {
    let keep = context.node.int("keepdims") != 0
    guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    var axes: [Int]? = context.hasInput(1) ? context.constantInts(1) : []
    if axes == [] {
      if context.node.int("noop_with_empty_axes") == 1 { return context.copyType() }
      axes = Array(0..<shape.rank)
    }
    guard let axes else {
      let unknown = InferenceContext.unknownShape(rank: shape.rank)
      return context.setOutput(0, context.elementType(0), keep ? unknown : nil)
    }
    let reduced = Set(try axes.map { try context.normalizedAxis($0, rank: shape.rank) })
    let result = shape.dimensions.enumerated().compactMap { index, dimension -> Dimension? in
      reduced.contains(index) ? (keep ? .fixed(1) : nil) : dimension
    }
    context.setOutput(0, context.elementType(0), Shape(result))
  }

  /// Element counts are products of shapes.
  private static func inferValues(_ context: inout InferenceContext) {
    guard context.shape(0)?.rank == 1, let values = context.dimensionValues(0),
      context.node.int("noop_with_empty_axes") != 1, context.outputTypes.first??.shape != nil
    else { return }
    switch context.node.operatorType {
    case "ReduceProd": context.setValues(0, [values.reduce(.fixed(1), *)])
    case "ReduceSum": context.setValues(0, [values.reduce(.fixed(0), +)])
    default: break
    }
  }

  private static func inferPosition(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else { return context.setOutput(0, .int64, nil) }
    let axis = try context.normalizedAxis(context.node.int("axis") ?? 0, rank: shape.rank)
    var result = shape.dimensions
    if context.node.int("keepdims") == 0 { result.remove(at: axis) } else { result[axis] = .fixed(1) }
    context.setOutput(0, .int64, Shape(result))
  }
}
