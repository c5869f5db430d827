/// Putting samples together and taking them apart along the first dimension.
extension Tensor {
  /// The tensors' samples one after the other along the first dimension.
  ///
  /// - Throws: `TensorError` where there are none, one is a scalar, or types or other dimensions differ.
  public static func stacking(_ tensors: [Tensor]) throws -> Tensor {
    guard let first = tensors.first, first.rank > 0 else {
      throw TensorError.countMismatch(shape: tensors.first?.shape ?? [], expected: 1, found: 0)
    }
    if tensors.count == 1 { return first }
    var rows = 0
    for tensor in tensors {
      guard tensor.elementType == first.elementType else {
        throw TensorError.typeMismatch(expected: first.elementType, found: tensor.elementType)
      }
      guard tensor.rank == first.rank, tensor.shape.dropFirst() == first.shape.dropFirst() else {
        throw TensorError.countMismatch(shape: tensor.shape, expected: first.count, found: tensor.count)
      }
      rows += tensor.shape[0]
    }
    let shape = [rows] + first.shape.dropFirst()
    if first.elementType == .string {
      return try Tensor(strings: try tensors.flatMap { try $0.strings() }, shape: shape)
    }
    if first.elementType.isPacked {
      return try Tensor(unpacked: tensors.flatMap { $0.unpackedBytes() }, as: first.elementType, shape: shape)
    }
    var result = try Tensor(uninitialized: first.elementType, shape: shape)
    result.withMutableBytes { target in
      var offset = 0
      for tensor in tensors {
        tensor.withBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: source)
          offset += source.count
        }
      }
    }
    return result
  }

  /// The first `count` samples along the first dimension; itself where there are no more.
  ///
  /// - Throws: `TensorError` where this is a scalar.
  public func firstSamples(_ count: Int) throws -> Tensor {
    guard rank > 0 else { throw TensorError.countMismatch(shape: shape, expected: 1, found: 0) }
    if count >= shape[0] { return self }
    let sample = shape.dropFirst().reduce(1, *)
    return try gathering(Array(0..<count * sample), shape: [count] + shape.dropFirst())
  }
}
