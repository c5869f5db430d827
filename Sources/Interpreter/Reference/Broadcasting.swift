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
    var offsets = [start]
    for (extent, stride) in zip(shape, strides) {
      var next: [Int] = []
      next.reserveCapacity(offsets.count * extent)
      for offset in offsets { for step in 0..<max(0, extent) { next.append(offset + step * stride) } }
      offsets = next
    }
    return offsets
  }
}
