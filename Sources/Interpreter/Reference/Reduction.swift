import Graph
import Numerics

extension ReferenceFamily {
  /// Reductions along axes; axes are input 1 in today's form.
  static let reduction = ReferenceFamily(
    "Reduction",
    [
      ReferenceOperator("ReduceSum") { call in try call.reduce({ $0.reduce(0, +) }, { $0.reduce(0, &+) }) },
      ReferenceOperator("ReduceProd") { call in try call.reduce({ $0.reduce(1, *) }, { $0.reduce(1, &*) }) },
      ReferenceOperator("ReduceMean") { call in
        try call.reduceNumbers { $0.reduce(0, +) / Double($0.count) }
      },
      ReferenceOperator("ReduceSumSquare") { call in
        try call.reduce({ $0.reduce(0) { $0 + $1 * $1 } }, { $0.reduce(0) { $0 &+ $1 &* $1 } })
      },
      ReferenceOperator("ReduceL1") { call in
        try call.reduce(
          { $0.reduce(0) { $0 + $1.magnitude } }, { $0.reduce(0) { $0 &+ ($1 < 0 ? 0 &- $1 : $1) } })
      },
      ReferenceOperator("ReduceL2") { call in
        try call.reduceNumbers { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      },
      ReferenceOperator("ReduceLogSum") { call in try call.reduceNumbers { .log($0.reduce(0, +)) } },
      ReferenceOperator("ReduceLogSumExp") { call in try call.reduceNumbers { logSumExp($0) } },
      ReferenceOperator("ReduceMax") { call in
        try call.reduceExtremes(larger, max, max, empty: { $0.smallest })
      },
      ReferenceOperator("ReduceMin") { call in
        try call.reduceExtremes(smaller, min, min, empty: { $0.largest })
      },
      ReferenceOperator("ArgMax") { call in
        try call.findPosition(over: { $0 > $1 }, { $0 > $1 }, { $0 > $1 })
      },
      ReferenceOperator("ArgMin") { call in
        try call.findPosition(over: { $0 < $1 }, { $0 < $1 }, { $0 < $1 })
      },
    ])

  private static func logSumExp(_ values: ArraySlice<Double>) -> Double {
    let largest = values.reduce(-Double.infinity, larger)
    guard largest.isFinite else { return largest }
    return largest + .log(values.reduce(0) { $0 + .exp($1 - largest) })
  }
}

/// How the elements of a tensor fall together when axes of it are reduced.
struct ReductionLayout {
  /// Where the elements of each result stand, result by result, or `nil` where they already stand so.
  let order: [Int]?
  /// Elements that make up one result.
  let size: Int
  /// The number of results.
  let count: Int
  /// Extents of the results.
  let shape: [Int]

  init(_ shape: [Int], axes: Set<Int>, keep: Bool) {
    let kept = shape.indices.filter { !axes.contains($0) }
    let gone = shape.indices.filter { axes.contains($0) }
    size = gone.reduce(1) { $0 * shape[$1] }
    count = kept.reduce(1) { $0 * shape[$1] }
    self.shape =
      keep ? shape.indices.map { axes.contains($0) ? 1 : shape[$0] } : kept.map { shape[$0] }
    let axes = kept + gone
    if axes == Array(shape.indices) {
      order = nil
    } else {
      let strides = Strides.rowMajor(shape)
      order = Strides.offsets(shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] })
    }
  }

  /// `function` of the elements of each result.
  func map<Value, Result>(_ values: [Value], _ function: (ArraySlice<Value>) throws -> Result) rethrows
    -> [Result]
  {
    let ordered = order.map { $0.map { values[$0] } } ?? values
    return try (0..<count).map { try function(ordered[($0 * size)..<(($0 + 1) * size)]) }
  }
}

extension ReferenceCall {
  /// The layout that the axes of input 1 ask for: all where there are none, or with `noop_with_empty_axes` each
  /// element for itself.
  private func reductionLayout(_ input: Tensor) throws -> ReductionLayout {
    var axes = try optionalInts(1) ?? []
    if axes.isEmpty, node.int("noop_with_empty_axes") != 1 { axes = Array(0..<input.rank) }
    let reduced = Set(try axes.map { try normalizedAxis($0, rank: input.rank) })
    return ReductionLayout(input.shape, axes: reduced, keep: node.int("keepdims") != 0)
  }

  /// Sets output 0 to `function` of the elements that fall together, computed in `Double` whatever their type.
  mutating func reduceNumbers(_ function: (ArraySlice<Double>) -> Double) throws {
    let input = try tensor(0)
    let layout = try reductionLayout(input)
    let results = layout.map(try input.doubles(), function)
    set(0, try Tensor(numbers: results, as: input.elementType, shape: layout.shape))
  }

  /// Sets output 0 to `floating` or `integer` of the elements that fall together.
  mutating func reduce(
    _ floating: (ArraySlice<Double>) -> Double, _ integer: (ArraySlice<Int64>) -> Int64
  ) throws {
    let input = try tensor(0)
    if input.elementType.isFloatingPoint { return try reduceNumbers(floating) }
    let layout = try reductionLayout(input)
    let results = layout.map(try input.integers(), integer)
    set(0, try Tensor(integers: results, as: input.elementType, shape: layout.shape))
  }

  /// Sets output 0 to the extreme of the elements that fall together, `empty` of the type where there are none.
  mutating func reduceExtremes(
    _ floating: (Double, Double) -> Double, _ signed: (Int64, Int64) -> Int64,
    _ unsigned: (UInt64, UInt64) -> UInt64, empty: (ElementType) -> NumberLimit
  ) throws {
    let input = try tensor(0)
    let limit = empty(input.elementType)
    try reduce(
      { $0.dropFirst().reduce($0.first ?? limit.floating, floating) },
      { values in
        guard input.elementType == .uint64 else {
          return values.dropFirst().reduce(values.first ?? limit.integer, signed)
        }
        let bits = values.reduce(UInt64(bitPattern: values.first ?? limit.integer)) {
          unsigned($0, UInt64(bitPattern: $1))
        }
        return Int64(bitPattern: bits)
      })
  }

  /// Sets output 0 to where along attribute `axis` the winner stands: the first of equals, or with
  /// `select_last_index` the last. A NaN wins over any number, and the first one is found.
  mutating func findPosition(
    over floating: (Double, Double) -> Bool, _ signed: (Int64, Int64) -> Bool,
    _ unsigned: (UInt64, UInt64) -> Bool
  ) throws {
    let input = try tensor(0)
    let axis = try normalizedAxis(node.int("axis") ?? 0, rank: input.rank)
    let layout = ReductionLayout(input.shape, axes: [axis], keep: node.int("keepdims") != 0)
    guard layout.size > 0 || layout.count == 0 else { throw failure("axis \(axis) has no elements") }
    let last = node.int("select_last_index") == 1
    func position<Value: Equatable>(_ values: ArraySlice<Value>, _ wins: (Value, Value) -> Bool) -> Int64 {
      let winner = values.indices.dropFirst().reduce(values.startIndex) { best, index in
        wins(values[index], values[best]) || (last && values[index] == values[best]) ? index : best
      }
      return Int64(winner - values.startIndex)
    }
    let results: [Int64]
    if input.elementType.isFloatingPoint {
      results = layout.map(try input.doubles()) {
        position($0) { one, best in (one.isNaN && !best.isNaN) || floating(one, best) }
      }
    } else if input.elementType == .uint64 {
      results = layout.map(try input.elements(of: UInt64.self)) { position($0, unsigned) }
    } else {
      results = layout.map(try input.integers()) { position($0, signed) }
    }
    set(0, try Tensor(results, shape: layout.shape))
  }
}

/// A bound of an element type's numbers.
struct NumberLimit {
  /// The bound of a floating type.
  let floating: Double
  /// The bound of an integer type, as `Tensor.integers()` gives it.
  let integer: Int64
}

extension ElementType {
  /// The least number: of floating types minus infinity.
  var smallest: NumberLimit {
    let bits = Int64(bitWidth ?? 64)
    return NumberLimit(floating: -.infinity, integer: isSignedInteger ? -1 << (bits - 1) : 0)
  }

  /// The greatest number: of floating types infinity.
  var largest: NumberLimit {
    let bits = Int64(bitWidth ?? 64)
    if self == .bool { return NumberLimit(floating: .infinity, integer: 1) }
    if self == .uint64 { return NumberLimit(floating: .infinity, integer: -1) }
    return NumberLimit(
      floating: .infinity, integer: isSignedInteger ? ~(-1 << (bits - 1)) : (1 << bits) - 1)
  }
}
