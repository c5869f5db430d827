extension OperatorFamily {
  /// Reductions along axes; axes are input 1 in today's form.
  static let reduction = OperatorFamily(
    "Reduction",
    ["ReduceMean", "ReduceMax"].map { name in
      Operator(name, upgrade: { node, context in [try context.movingInts("axes", toInput: 1, of: node)] }) {
        try inferReduction(&$0)
      }
    })

  private static func inferReduction(_ context: inout InferenceContext) throws {
    let keep = context.node.int("keepdims") != 0
    guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    var axes: [Int]? = context.hasInput(1) ? context.constantInts(1) : []
    if axes == [] { axes = context.node.int("noop_with_empty_axes") == 1 ? nil : Array(0..<shape.rank) }
    guard let axes else {
      if context.hasInput(1), context.constant(1) == nil {
        let unknown = Shape(Array(repeating: Dimension.unknown, count: shape.rank))
        return context.setOutput(0, context.elementType(0), keep ? unknown : nil)
      }
      return context.copyType()
    }
    let reduced = Set(try axes.map { try context.normalizedAxis($0, rank: shape.rank) })
    let result = shape.dimensions.enumerated().compactMap { index, dimension -> Dimension? in
      reduced.contains(index) ? (keep ? .fixed(1) : nil) : dimension
    }
    context.setOutput(0, context.elementType(0), Shape(result))
  }
}
