import Graph

/// Rearrangements that definitions share.
extension Tensor {
  /// The slices at `positions` along `axis`.
  func selecting(_ positions: some Collection<Int>, axis: Int) throws -> Tensor {
    var result = shape
    result[axis] = positions.count
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let offsets = Strides.crossing([
      (0..<outer).map { $0 * shape[axis] * inner }, positions.map { $0 * inner }, Array(0..<inner),
    ])
    return try gathering(offsets, shape: result)
  }

  /// The tensor whose axis `i` is this one's axis `order[i]`.
  func transposed(_ order: [Int]) throws -> Tensor {
    if order == Array(shape.indices) { return self }
    let strides = Strides.rowMajor(shape)
    let result = order.map { shape[$0] }
    return try gathering(
      Strides.offsets(shape: result, strides: order.map { strides[$0] }), shape: result)
  }

  /// The elements in a row.
  func flattened() throws -> Tensor { try reshaped(to: [count]) }
}
