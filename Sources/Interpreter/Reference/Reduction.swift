import Graph

extension ReferenceFamily {
  /// Reductions along axes; axes are input 1 in today's form.
  static let reduction = ReferenceFamily(
    "Reduction",
    [
      ReferenceOperator("ReduceMean") { call in try call.reduceDoubles { $0.reduce(0, +) / Double($0.count) }
      },
      ReferenceOperator("ReduceMax") { call in
        try call.reduceDoubles { $0.reduce(-Double.infinity) { $1.isNaN || $1 > $0 ? $1 : $0 } }
      },
    ])
}

extension ReferenceCall {
  /// Sets output 0 to `function` of the elements that fall together when the axes of input 1 are reduced.
  mutating func reduceDoubles(_ function: ([Double]) -> Double) throws {
    let input = try tensor(0)
    var axes = try optionalInts(1) ?? []
    if axes.isEmpty {
      if node.int("noop_with_empty_axes") == 1 { return set(0, input) }
      axes = Array(0..<input.rank)
    }
    let reduced = Set(try axes.map { try normalizedAxis($0, rank: input.rank) })
    let strides = Strides.rowMajor(input.shape)
    let kept = input.shape.indices.filter { !reduced.contains($0) }
    let gone = input.shape.indices.filter { reduced.contains($0) }
    let starts = Strides.offsets(shape: kept.map { input.shape[$0] }, strides: kept.map { strides[$0] })
    let steps = Strides.offsets(shape: gone.map { input.shape[$0] }, strides: gone.map { strides[$0] })
    let values = try input.doubles()
    let results = starts.map { start in function(steps.map { values[start + $0] }) }
    let shape =
      node.int("keepdims") == 0
      ? kept.map { input.shape[$0] }
      : input.shape.enumerated().map { reduced.contains($0.offset) ? 1 : $0.element }
    set(0, try Tensor(doubles: results, as: input.elementType, shape: shape))
  }
}
