/// Carrying the values of shapes through arithmetic and movement.
extension InferenceContext {
  /// A shape of `rank` dimensions of which nothing is known; `nil` where that is no rank a model would have.
  static func unknownShape(rank: Int) -> Shape? {
    (0...1024).contains(rank) ? Shape(Array(repeating: Dimension.unknown, count: rank)) : nil
  }

  /// The rank of an input that is a tensor, where known.
  func rank(_ index: Int) -> Int? { shape(index)?.rank }

  /// Sets the known value of an output that is a shape; ignored where nobody wants the output.
  mutating func setValues(_ index: Int = 0, _ values: [Dimension]?) {
    guard index < outputDimensions.count else { return }
    outputDimensions[index] = values
  }

  /// Gives output 0 the known value of input 0, where its elements are the same under another shape.
  mutating func carryValues() {
    guard outputTypes.first??.shape.map({ $0.rank <= 1 }) == true else { return }
    setValues(0, dimensionValues(0))
  }

  /// Sets the known value of output 0 to the broadcast combination of the values of inputs of rank 0 or 1.
  mutating func combineValues(_ function: ([Dimension]) -> Dimension) {
    let values = node.inputs.indices.compactMap { dimensionValues($0) }
    guard values.count == node.inputs.count, let count = values.map(\.count).max(), !values.isEmpty,
      values.allSatisfy({ $0.count == count || $0.count == 1 })
    else { return }
    // An empty vector broadcasts with one element only.
    let length = values.contains { $0.isEmpty } ? 0 : count
    setValues(
      0, (0..<length).map { position in function(values.map { $0[$0.count == 1 ? 0 : position] }) })
  }
}

extension Shape {
  /// The number of elements; unknown where a dimension is, or on overflow.
  public var elementCount: Dimension { dimensions.reduce(.fixed(1), *) }
}

extension Dimension {
  /// The quotient of a shape's arithmetic: exact where it comes out even, rounded down by a fixed divisor,
  /// which is rounding toward zero only where the dividend can't be negative.
  func quotient(by divisor: Dimension) -> Dimension {
    if case .fixed(let left) = self, case .fixed(let right) = divisor {
      return right == 0 ? .unknown : .fixed(left.dividedReportingOverflow(by: right).partialValue)
    }
    let exact = dividedExactly(by: divisor)
    if exact != .unknown { return exact }
    guard case .fixed(let number) = divisor, case .symbolic(let expression) = self,
      expression.isNeverNegative
    else { return .unknown }
    return dividedDown(by: number)
  }

  /// `function` of two numbers, where both are fixed.
  func combined(_ other: Dimension, _ function: (Int, Int) -> Int?) -> Dimension {
    guard case .fixed(let left) = self, case .fixed(let right) = other, let result = function(left, right)
    else { return .unknown }
    return .fixed(result)
  }
}
