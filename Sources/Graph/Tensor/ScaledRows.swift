import Synchronization

/// Rows of float32 that are another tensor's, each multiplied by its factor in Double and rounded once.
///
/// They are made where they are first read, and kept then. What only passes them on asks for pieces
/// (`Tensor.withPieces`), which lie in a small buffer one after the other: a file of weights is written without a
/// second copy of them in memory.
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
      make(0..<factors.count * rowLength, at: storage.base)
      made = storage
      return storage
    }
  }

  /// Elements of one piece: what fits a core's own cache beside its source.
  private static let pieceLength = 1 << 17

  /// Calls `body` with all bytes in order, piece by piece; each is gone after its call.
  func withPieces<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    if let made = made.withLock({ $0 }) {
      defer { withExtendedLifetime(made) {} }
      return try body(UnsafeRawBufferPointer(start: made.base, count: made.byteCount))
    }
    let (count, size) = (factors.count * rowLength, MemoryLayout<Float>.size)
    let buffer = TensorStorage(byteCount: min(count, Self.pieceLength) * size, zeroed: false)
    defer { withExtendedLifetime(buffer) {} }
    for start in stride(from: 0, to: count, by: Self.pieceLength) {
      let piece = start..<min(count, start + Self.pieceLength)
      make(piece, at: buffer.base)
      try body(UnsafeRawBufferPointer(start: buffer.base, count: piece.count * size))
    }
  }

  /// Writes the elements of `range` to `target`, which has room for them.
  private func make(_ range: Range<Int>, at target: UnsafeMutableRawPointer) {
    let source = source.base.assumingMemoryBound(to: Float.self)
    let target = target.bindMemory(to: Float.self, capacity: range.count)
    var position = range.lowerBound
    while position < range.upperBound {
      let row = position / rowLength
      let factor = factors[row]
      let end = min(range.upperBound, (row + 1) * rowLength)
      for index in position..<end { target[index - range.lowerBound] = Float(Double(source[index]) * factor) }
      position = end
    }
  }
}

extension Tensor {
  /// This tensor of float32 with each slice of its first dimension multiplied by its factor, in Double, rounded
  /// once. It is made where it is first read, or piece by piece (`withPieces`).
  ///
  /// - Throws: `TensorError` where the elements are of another type or there is not one factor a slice.
  public func scalingRows(by factors: [Double]) throws(TensorError) -> Tensor {
    guard elementType == .float32 else { throw .typeMismatch(expected: .float32, found: elementType) }
    guard let rows = shape.first, rows == factors.count, let storage else {
      throw .countMismatch(shape: shape, expected: shape.first ?? 0, found: factors.count)
    }
    var result = self
    result.contents = .scaled(ScaledRows(storage, rowLength: rows == 0 ? 0 : count / rows, factors: factors))
    return result
  }

  /// Whether the bytes are yet to be made, so that `withPieces` needs less memory than `withBytes`.
  public var isDeferred: Bool {
    if case .scaled = contents { true } else { false }
  }

  /// Calls `body` with the stored bytes in order: at once, or piece by piece where they are yet to be made. Nothing is
  /// kept of what is made. Once and empty for strings.
  public func withPieces<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    if case .scaled(let rows) = contents { try rows.withPieces(body) } else { try withBytes(body) }
  }
}
