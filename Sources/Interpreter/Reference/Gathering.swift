import Graph

extension ReferenceFamily {
  /// Operators that pick elements by index or condition.
  static let gathering = ReferenceFamily(
    "Gathering",
    [
      ReferenceOperator("Gather") { call in
        let (data, indices) = (try call.tensor(0), try call.tensor(1))
        let axis = try call.normalizedAxis(call.node.int("axis") ?? 0, rank: data.rank)
        let positions = try indices.integers().map { try call.position($0, extent: data.shape[axis]) }
        let shape = data.shape[..<axis] + indices.shape + data.shape[(axis + 1)...]
        _ = try call.checkedCount(of: Array(shape))
        call.set(0, try data.selecting(positions, axis: axis).reshaped(to: Array(shape)))
      },
      ReferenceOperator("GatherElements") { call in
        let (data, indices) = (try call.tensor(0), try call.tensor(1))
        let axis = try call.normalizedAxis(call.node.int("axis") ?? 0, rank: data.rank)
        call.set(0, try data.gathering(call.elementOffsets(data, indices, axis: axis), shape: indices.shape))
      },
      ReferenceOperator("GatherND") { call in
        let (data, indices) = (try call.tensor(0), try call.tensor(1))
        let batch = call.node.int("batch_dims") ?? 0
        let (starts, size, tail) = try call.sliceOffsets(data, indices, batch: batch)
        let offsets = Strides.crossing([starts, Array(0..<size)])
        call.set(0, try data.gathering(offsets, shape: indices.shape.dropLast() + tail))
      },
      ReferenceOperator("Compress") { call in
        var input = try call.tensor(0)
        let condition = try call.tensor(1).elements(of: Bool.self)
        var axis = 0
        if let given = call.node.int("axis") {
          axis = try call.normalizedAxis(given, rank: input.rank)
        } else {
          input = try input.flattened()
        }
        let chosen = condition.indices.filter { condition[$0] }
        guard chosen.last ?? -1 < input.shape[axis] else {
          throw call.failure("the condition picks \(chosen.last ?? 0) of \(input.shape[axis]) elements")
        }
        call.set(0, try input.selecting(chosen, axis: axis))
      },
    ])
}

extension ReferenceCall {
  /// An index on an axis of `extent` elements, counted from the end where negative.
  ///
  /// - Throws: `InterpreterError` where it is out of range.
  func position(_ index: Int64, extent: Int) throws -> Int {
    guard let position = Int(exactly: index < 0 ? index &+ Int64(extent) : index), position >= 0,
      position < extent
    else { throw failure("index \(index) is out of range for \(extent) elements") }
    return position
  }

  /// For each of `indices`, the offset in `data` of the element at its own place but for `axis`, where the index
  /// says.
  func elementOffsets(_ data: Tensor, _ indices: Tensor, axis: Int) throws -> [Int] {
    guard data.rank == indices.rank,
      data.shape.indices.allSatisfy({ $0 == axis || indices.shape[$0] <= data.shape[$0] })
    else { throw failure("indices \(indices.shape) don't fit data \(data.shape)") }
    let strides = Strides.rowMajor(data.shape)
    var steps = strides
    steps[axis] = 0
    let bases = Strides.offsets(shape: indices.shape, strides: steps)
    return try zip(bases, try indices.integers()).map { base, index in
      base + (try position(index, extent: data.shape[axis])) * strides[axis]
    }
  }

  /// For each coordinate in the last axis of `indices`, the offset of the slice of `data` it names; the slices'
  /// size and shape.
  func sliceOffsets(_ data: Tensor, _ indices: Tensor, batch: Int = 0) throws -> (
    starts: [Int], size: Int, tail: [Int]
  ) {
    guard let depth = indices.shape.last, batch >= 0, batch < indices.rank, batch + depth <= data.rank,
      indices.shape[..<batch] == data.shape[..<batch]
    else { throw failure("indices \(indices.shape) with batch_dims \(batch) don't fit data \(data.shape)") }
    let strides = Strides.rowMajor(data.shape)
    let tail = Array(data.shape[(batch + depth)...])
    let inner = tail.reduce(1, *)
    let count = indices.shape.dropLast().reduce(1, *)
    let perBatch = indices.shape[batch...].dropLast().reduce(1, *)
    let batchSize = data.shape[batch...].reduce(1, *)
    let coordinates = try indices.integers()
    let starts = try (0..<count).map { item in
      try (0..<depth).reduce(item / max(1, perBatch) * batchSize) { offset, axis in
        let extent = data.shape[batch + axis]
        return offset + (try position(coordinates[item * depth + axis], extent: extent))
          * strides[batch + axis]
      }
    }
    return (starts, inner, tail)
  }
}
