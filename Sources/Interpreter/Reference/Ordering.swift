import Graph
import Numerics

extension ReferenceFamily {
  /// Operators that find elements by their order or difference.
  static let ordering = ReferenceFamily(
    "Ordering",
    [
      ReferenceOperator("TopK") { call in try topK(&call) },
      ReferenceOperator("Unique") { call in try unique(&call) },
      ReferenceOperator("NonZero") { call in try nonZero(&call) },
    ])

  /// Equal elements stand in the order of their indices (ONNX TopK-24).
  private static func topK(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard let counts = try call.optionalInts(1), counts.count == 1 else {
      throw call.failure("k must be one number")
    }
    let axis = try call.normalizedAxis(call.node.int("axis") ?? -1, rank: input.rank)
    let extent = input.shape[axis]
    guard counts[0] >= 0, counts[0] <= extent else {
      throw call.failure("\(counts[0]) elements are wanted of axis \(axis) of \(input.shape)")
    }
    let ranks = try ElementOrder(input).ranks
    let largest = call.node.int("largest") != 0
    var shape = input.shape
    shape[axis] = counts[0]
    let inner = input.shape[(axis + 1)...].reduce(1, *)
    let outer = input.shape[..<axis].reduce(1, *)
    var sources = Array(repeating: 0, count: outer * counts[0] * inner)
    var positions = Array(repeating: Int64(0), count: sources.count)
    for block in 0..<outer {
      for lane in 0..<inner {
        let base = block * extent * inner + lane
        // The position breaks ties, so an unstable sort will do.
        let sorted = (0..<extent).sorted { one, other in
          let (left, right) = (ranks[base + one * inner], ranks[base + other * inner])
          return left == right ? one < other : largest ? left > right : left < right
        }
        for (place, position) in sorted.prefix(counts[0]).enumerated() {
          let target = (block * counts[0] + place) * inner + lane
          sources[target] = base + position * inner
          positions[target] = Int64(position)
        }
      }
    }
    call.set(0, try input.gathering(sources, shape: shape))
    call.set(1, try Tensor(positions, shape: shape))
  }

  private static func unique(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let ranks = try ElementOrder(input).ranks
    // Each item is what is compared: an element, or a slice along the axis.
    let layout: ReductionLayout
    var axis: Int?
    if let given = call.node.int("axis") {
      let normal = try call.normalizedAxis(given, rank: input.rank)
      axis = normal
      layout = ReductionLayout(
        input.shape, axes: Set(input.shape.indices.filter { $0 != normal }), keep: false)
    } else {
      layout = ReductionLayout(input.shape, axes: [], keep: false)
    }
    let items = layout.map(ranks) { Array($0) }
    var found: [[Int]: Int] = [:]
    var firsts: [Int] = []
    var counts: [Int64] = []
    var classes: [Int] = []
    for (index, item) in items.enumerated() {
      if let known = found[item] {
        counts[known] += 1
        classes.append(known)
      } else {
        found[item] = firsts.count
        classes.append(firsts.count)
        firsts.append(index)
        counts.append(1)
      }
    }
    var order = Array(firsts.indices)
    if call.node.int("sorted") != 0 {
      order.sort { items[firsts[$0]].lexicographicallyPrecedes(items[firsts[$1]]) }
    }
    var places = order
    for (place, index) in order.enumerated() { places[index] = place }
    let chosen = order.map { firsts[$0] }
    if let axis {
      call.set(0, try input.selecting(chosen, axis: axis))
    } else {
      call.set(0, try input.gathering(chosen, shape: [chosen.count]))
    }
    call.set(1, try Tensor(chosen.map(Int64.init), shape: [chosen.count]))
    call.set(2, try Tensor(classes.map { Int64(places[$0]) }, shape: [classes.count]))
    call.set(3, try Tensor(order.map { counts[$0] }, shape: [order.count]))
  }

  /// Indices of the elements that aren't zero, `[rank, count]`. A scalar counts as one element without indices.
  private static func nonZero(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let hits: [Int]
    switch input.elementType {
    case .string:
      let values = try input.strings()
      hits = values.indices.filter { !values[$0].isEmpty }
    case .complex64, .complex128:
      let values = try input.complexes()
      hits = values.indices.filter { values[$0] != .zero }
    default:
      let values = try input.doubles()
      hits = values.indices.filter { values[$0] != 0 }
    }
    let strides = Strides.rowMajor(input.shape)
    let coordinates = input.shape.indices.flatMap { axis in
      hits.map { Int64($0 / strides[axis] % input.shape[axis]) }
    }
    call.set(0, try Tensor(coordinates, shape: [input.rank, hits.count]))
  }
}

/// The elements of a tensor of any type as ranks: equal elements share one, greater elements have greater ones.
struct ElementOrder {
  /// The rank of each element, from 0.
  let ranks: [Int]

  /// Numbers by value, NaNs last and equal; complex numbers by real part first; strings by code point.
  init(_ tensor: Tensor) throws {
    switch tensor.elementType {
    case .string:
      ranks = Self.rank(
        try tensor.strings(), by: { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) })
    case .complex64, .complex128:
      ranks = Self.rank(
        try tensor.complexes(),
        by: {
          $0.real == $1.real ? Self.precedes($0.imaginary, $1.imaginary) : Self.precedes($0.real, $1.real)
        })
    case .uint64: ranks = Self.rank(try tensor.elements(of: UInt64.self), by: <)
    case let type where type.isFloatingPoint: ranks = Self.rank(try tensor.doubles(), by: Self.precedes)
    default: ranks = Self.rank(try tensor.integers(), by: <)
    }
  }

  private static func precedes(_ left: Double, _ right: Double) -> Bool {
    left.isNaN ? false : right.isNaN || left < right
  }

  private static func rank<Value>(_ values: [Value], by precedes: (Value, Value) -> Bool) -> [Int] {
    let order = values.indices.sorted { precedes(values[$0], values[$1]) }
    var ranks = Array(repeating: 0, count: values.count)
    var current = 0
    for (place, index) in order.enumerated() {
      if place > 0, precedes(values[order[place - 1]], values[index]) { current += 1 }
      ranks[index] = current
    }
    return ranks
  }
}
