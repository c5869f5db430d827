import Synchronization

/// Rows of float32 that are another tensor's, each multiplied by its factor in Double and rounded once.
///
/// They are made where they are first read, and kept then. What only passes them on has them made where they go
/// (`Tensor.copyBytes`): a file of weights is written without a second copy of them in memory.
final class ScaledRows: Sendable {
  private let source: TensorStorage
  private let factors: [Double]
  private let rowLength: Int
  private let made = Mutex<TensorStorage?>(nil)

  /// Rows of `source`, which holds `factors.count` × `rowLength` values of float32.
  init(_ source: TensorStorage, rowLength: Int, factors: [Double]) {
    self.source = source
    self.factors = factors
    self.rowLength = rowLength
  }

  var byteCount: Int { source.byteCount }

  /// All rows, made once.
  var storage: TensorStorage {
    made.withLock { made in
      if let made { return made }
      let storage = TensorStorage(byteCount: byteCount, zeroed: false)
      makeElements(0..<factors.count * rowLength, at: storage.base)
      made = storage
      return storage
    }
  }

  /// Writes the bytes of `range`, whole elements, to `target`, which is aligned for them. Nothing else is kept of them, nor of
  /// what they are made from where that can be had again.
  func make(_ range: Range<Int>, at target: UnsafeMutableRawPointer) {
    if let made = made.withLock({ $0 }) {
      return target.copyMemory(from: made.base + range.lowerBound, byteCount: range.count)
    }
    let size = MemoryLayout<Float>.size
    makeElements(range.lowerBound / size..<range.upperBound / size, at: target)
    source.giveUpMemory(of: range)
  }

  private func makeElements(_ range: Range<Int>, at target: UnsafeMutableRawPointer) {
    let source = source.base.assumingMemoryBound(to: Float.self)
    let target = target.bindMemory(to: Float.self, capacity: range.count)
    var position = range.lowerBound
    while position < range.upperBound {
      let row = position / rowLength
      let end = min(range.upperBound, (row + 1) * rowLength)
      let (input, output, factor) = (source + position, target + (position - range.lowerBound), factors[row])
      // So plain that the compiler takes four at a time.
      for index in 0..<end - position { output[index] = Float(Double(input[index]) * factor) }
      position = end
    }
  }
}

extension Tensor {
  /// This tensor of float32 with each slice of its first dimension multiplied by its factor, in Double, rounded
  /// once. It is made where it is first read, or where its bytes are copied to (`copyBytes`).
  ///
  /// - Throws: `TensorError` where the elements are of another type or there is not one factor a slice.
  public func scalingRows(by factors: [Double]) throws(TensorError) -> Tensor {
    guard elementType == .float32 else { throw .typeMismatch(expected: .float32, found: elementType) }
    guard let rows = shape.first, rows == factors.count, let storage else {
      throw .countMismatch(shape: shape, expected: shape.first ?? 0, found: factors.count)
    }
    var result = self
    result.contents = .scaled(
      ScaledRows(
        storage.aligned(to: MemoryLayout<Float>.alignment), rowLength: rows == 0 ? 0 : count / rows,
        factors: factors))
    return result
  }

  /// Whether the bytes may be yet to be made, so that `copyBytes` takes less memory than `withBytes`.
  public var isDeferred: Bool {
    if case .scaled = contents { true } else { false }
  }

  /// Copies the stored bytes of `range`, which begins and ends between elements, to `target`, which is
  /// aligned for them: those that are yet to be made are made there.
  public func copyBytes(_ range: Range<Int>, to target: UnsafeMutableRawPointer) {
    if case .scaled(let rows) = contents { return rows.make(range, at: target) }
    withBytes { bytes in
      UnsafeMutableRawBufferPointer(start: target, count: range.count)
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }
}
