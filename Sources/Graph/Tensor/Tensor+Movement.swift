/// Moving elements without looking at them: the same for every element type.
extension Tensor {
  /// The tensor whose element `i` is this one's element `indices[i]`, or `fill` (zero or an empty string
  /// without one) where the index is negative.
  ///
  /// - Throws: `TensorError` where counts differ or `fill` is not one element of the same type.
  public func gathering(_ indices: [Int], shape: [Int], fill: Tensor? = nil) throws -> Tensor {
    if let fill {
      guard fill.elementType == elementType else {
        throw TensorError.typeMismatch(expected: elementType, found: fill.elementType)
      }
      guard fill.count == 1 else {
        throw TensorError.countMismatch(shape: fill.shape, expected: 1, found: fill.count)
      }
    }
    let count = try Tensor.elementCount(of: shape)
    guard indices.count == count else {
      throw TensorError.countMismatch(shape: shape, expected: count, found: indices.count)
    }
    if case .strings(let strings) = contents {
      let filler = try fill?.strings().first ?? ""
      return try Tensor(strings: indices.map { $0 < 0 ? filler : strings[$0] }, shape: shape)
    }
    if elementType.isPacked {
      let source = unpackedBytes()
      let filler = fill?.unpackedBytes().first ?? 0
      return try Tensor(unpacked: indices.map { $0 < 0 ? filler : source[$0] }, as: elementType, shape: shape)
    }
    switch elementType.bitWidth {
    case 8: return try gather(UInt8.self, indices, shape, fill)
    case 16: return try gather(UInt16.self, indices, shape, fill)
    case 32: return try gather(UInt32.self, indices, shape, fill)
    case 64 where elementType != .complex64: return try gather(UInt64.self, indices, shape, fill)
    case 64: return try gather(SIMD2<UInt32>.self, indices, shape, fill)
    default: return try gather(SIMD2<UInt64>.self, indices, shape, fill)
    }
  }

  private func gather<Word: BitwiseCopyable>(
    _ word: Word.Type, _ indices: [Int], _ shape: [Int], _ fill: Tensor?
  ) throws -> Tensor {
    var result = try Tensor(zeros: elementType, shape: shape)
    let size = MemoryLayout<Word>.size
    let filler = fill.map { $0.withBytes { $0.loadUnaligned(as: Word.self) } }
    withBytes { source in
      result.withMutableBytes { target in
        for (position, index) in indices.enumerated() {
          if index >= 0 {
            let value = source.loadUnaligned(fromByteOffset: index * size, as: Word.self)
            target.storeBytes(of: value, toByteOffset: position * size, as: Word.self)
          } else if let filler {
            target.storeBytes(of: filler, toByteOffset: position * size, as: Word.self)
          }
        }
      }
    }
    return result
  }
}

extension Tensor: Equatable {
  /// Same type, shape and stored bits: NaNs of one pattern are equal, zeros of different sign are not.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    guard left.elementType == right.elementType, left.shape == right.shape else { return false }
    if case .strings(let one) = left.contents, case .strings(let other) = right.contents {
      return one == other
    }
    return left.withBytes { one in right.withBytes { other in one.elementsEqual(other) } }
  }
}
