import Graph

extension ReferenceFamily {
  /// Running sums and products along an axis.
  static let cumulation = ReferenceFamily(
    "Cumulation",
    [
      ReferenceOperator("CumSum") { call in try call.cumulate(+, &+, from: 0) },
      ReferenceOperator("CumProd") { call in try call.cumulate(*, &*, from: 1) },
    ])
}

extension ReferenceCall {
  /// Sets output 0 to the running combination of input 0 along the axis that input 1 names.
  mutating func cumulate(
    _ floating: (Double, Double) -> Double, _ integer: (Int64, Int64) -> Int64, from start: Int64
  ) throws {
    let input = try tensor(0)
    guard let axes = try optionalInts(1), axes.count == 1 else { throw failure("axis must be one number") }
    let axis = try normalizedAxis(axes[0], rank: input.rank)
    if input.elementType.isFloatingPoint {
      let results = running(try input.doubles(), input.shape, axis, Double(start), floating)
      set(0, try Tensor(doubles: results, as: input.elementType, shape: input.shape))
    } else {
      let results = running(try input.integers(), input.shape, axis, start, integer)
      set(0, try Tensor(integers: results, as: input.elementType, shape: input.shape))
    }
  }

  private func running<Value>(
    _ values: [Value], _ shape: [Int], _ axis: Int, _ start: Value, _ combine: (Value, Value) -> Value
  ) -> [Value] {
    let exclusive = node.int("exclusive") == 1
    let reverse = node.int("reverse") == 1
    let inner = shape[(axis + 1)...].reduce(1, *)
    let extent = shape[axis]
    var result = values
    guard !values.isEmpty else { return result }
    for lane in 0..<(values.count / extent) {
      let base = lane / inner * inner * extent + lane % inner
      var total = start
      for step in 0..<extent {
        let index = base + (reverse ? extent - 1 - step : step) * inner
        let next = combine(total, values[index])
        result[index] = exclusive ? total : next
        total = next
      }
    }
    return result
  }
}
