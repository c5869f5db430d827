import Graph

/// NumPy's broadcasting, as the standard's "multidirectional broadcasting" defines it.
enum Broadcasting {
  /// The common shape, or `nil` where two extents differ and neither is one.
  static func shape(_ shapes: [[Int]]) -> [Int]? {
    let rank = shapes.map(\.count).max() ?? 0
    var result = Array(repeating: 1, count: rank)
    for shape in shapes {
      for (offset, extent) in shape.enumerated() {
        let axis = rank - shape.count + offset
        if extent == 1 || extent == result[axis] { continue }
        guard result[axis] == 1 else { return nil }
        result[axis] = extent
      }
    }
    return result
  }

  /// For each element of `target` in row-major order, the index of the element of `shape` it reads.
  static func indices(of shape: [Int], in target: [Int]) -> [Int] {
    Strides.offsets(shape: target, strides: strides(of: shape, in: target))
  }

  /// For each axis of `target`, how far a step moves in a tensor of `shape`: nowhere where it is broadcast.
  static func strides(of shape: [Int], in target: [Int]) -> [Int] {
    let strides = Strides.rowMajor(shape)
    let padding = target.count - shape.count
    return target.indices.map { axis in
      axis < padding || shape[axis - padding] == 1 ? 0 : strides[axis - padding]
    }
  }

  /// `values` of `shape`, repeated to fill `target`.
  static func expand<Value>(_ values: [Value], from shape: [Int], to target: [Int]) -> [Value] {
    if Array(shape.drop { $0 == 1 }) == Array(target.drop { $0 == 1 }) { return values }
    if values.count == 1 { return Array(repeating: values[0], count: target.reduce(1, *)) }
    // Trailing axes that agree are copied as one run.
    var tail = 0
    var run = 1
    while tail < shape.count, shape[shape.count - 1 - tail] == target[target.count - 1 - tail] {
      run *= shape[shape.count - 1 - tail]
      tail += 1
    }
    let starts = indices(of: Array(shape.dropLast(tail)), in: Array(target.dropLast(tail)))
    if run == 1 { return starts.map { values[$0] } }
    var result: [Value] = []
    result.reserveCapacity(starts.count * run)
    for start in starts { result += values[(start * run)..<((start + 1) * run)] }
    return result
  }
}

/// Row-major index arithmetic.
enum Strides {
  /// Elements between neighbours on each axis.
  static func rowMajor(_ shape: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
  }

  /// The offset of every position of `shape` in row-major order, each axis stepping by its stride.
  static func offsets(shape: [Int], strides: [Int], start: Int = 0) -> [Int] {
    crossing(
      zip(shape, strides).map { extent, stride in (0..<max(0, extent)).map { $0 * stride } }, start: start)
  }

  /// The sum of one offset of each axis, for all choices in row-major order; -1 where a chosen one is negative.
  static func crossing(_ axes: [[Int]], start: Int = 0) -> [Int] {
    if axes.contains(where: \.isEmpty) { return [] }
    var offsets = [start]
    for axis in axes {
      if axis.count == 1, axis[0] == 0 { continue }
      let isWhole = axis.allSatisfy { $0 >= 0 }
      var next: [Int] = []
      next.reserveCapacity(offsets.count * axis.count)
      for offset in offsets {
        if isWhole, offset >= 0 {
          for step in axis { next.append(offset + step) }
        } else {
          for step in axis { next.append(offset < 0 || step < 0 ? -1 : offset + step) }
        }
      }
      offsets = next
    }
    return offsets
  }
}
