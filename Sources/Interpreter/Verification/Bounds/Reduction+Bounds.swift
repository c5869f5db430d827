import Graph

extension BoundRule {
  static let reduction = [
    BoundRule("ReduceSum", "ReduceMean") { call in try call.multilinear(terms: call.reducedCount() + 1) },
    BoundRule("ReduceMax", "ReduceMin") { call in
      let value = try call.exact()
      if call.isExact { return call.setExact(value) }
      // The most among errors, for minima too.
      var most = call.node
      most.operatorType = "ReduceMax"
      try call.set(value, errors: try call.changed(as: most) { _, error in error })
    },
    // Sums of what is never negative, and roots of them: with the magnitudes at the ends of their ranges.
    BoundRule("ReduceL1", "ReduceL2", "ReduceSumSquare") { call in
      try call.norm(terms: call.reducedCount() + 3)
    },
  ]
}

extension BoundCall {
  /// How many elements make up one result.
  fileprivate func reducedCount() throws -> Int {
    let input = try tensor(0)
    var axes = has(1) ? try tensor(1).integers().map { Int($0) } : []
    if axes.isEmpty {
      if node.int("noop_with_empty_axes") == 1 { return 1 }
      axes = Array(0..<input.rank)
    }
    return Set(axes.map { $0 < 0 ? $0 + input.rank : $0 }).reduce(1) { product, axis in
      input.shape.indices.contains(axis) ? product * input.shape[axis] : product
    }
  }

  /// A convex function of magnitudes that rises with each: `(1 + γ)·f(|x| + δ) − f(|x|)`.
  fileprivate mutating func norm(terms: Int) throws {
    let value = try exact()
    let upper = isExact ? try value.doubles() : try changed { $0.magnitude + $1 }
    let gamma = precision.gamma(terms)
    let lost = Double(terms) * precision.tiny
    // A square may underflow where its root would not.
    let root = node.operatorType == "ReduceL2" ? (Double(terms) * precision.tiny).squareRoot() : 0
    let errors = zip(upper, try value.doubles()).map { upper, value in
      upper * upper > precision.largest ? .infinity : gamma * upper + (upper - value) + lost + root
    }
    try set(value, errors: errors)
  }
}
