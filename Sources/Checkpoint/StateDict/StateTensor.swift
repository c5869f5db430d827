import Files
import Graph

/// A tensor in a checkpoint: what the file says of it, and its numbers when asked for.
public struct StateTensor: Sendable {
  /// How integers stand for numbers: (q − zero point) · scale.
  public enum Quantization: Sendable {
    /// One scale and zero point for all elements.
    case perTensor(scale: Double, zeroPoint: Int64)
    /// A scale and a zero point for each index along `axis`, as 1-D tensors.
    case perChannel(
      scales: @Sendable () throws(CheckpointError) -> Tensor,
      zeroPoints: @Sendable () throws(CheckpointError) -> Tensor, axis: Int)
  }

  /// The name in the state dict; empty for a tensor elsewhere.
  public let name: String
  /// PyTorch's name of the type without `torch.`, such as `float32` or `qint8`.
  public let dtype: String
  /// The type of the elements that `tensor()` gives: `float32` for quantized tensors.
  public let elementType: ElementType
  /// The extent of each dimension.
  public let shape: [Int]
  /// The distance between neighbours along each dimension, in elements.
  public let strides: [Int]
  /// Where the tensor begins in its storage, in elements.
  public let storageOffset: Int
  /// The memory it is a view on; `nil` where `refusal` says why there is none.
  public let storage: Storage?
  /// How quantized integers stand for numbers; `nil` for plain tensors.
  public let quantization: Quantization?
  /// Whether the pickle calls it a parameter rather than a buffer or plain tensor.
  public let isParameter: Bool
  /// Which signs are to be changed in what the storage holds.
  let signs: SignChanges
  /// Why its numbers can't be had, such as "it is sparse"; `nil` where they can.
  public let refusal: String?
  let storedAs: ElementType
  let path: String
  let limits: CheckpointLimits

  /// Bytes of the elements that `tensor()` gives; `Int.max` for shapes beyond all bounds.
  public var byteCount: Int {
    (try? Tensor.elementCount(of: shape)).flatMap { elementType.byteCount(of: $0) } ?? .max
  }

  /// Whether the elements lie in row-major order without gaps.
  public var isContiguous: Bool {
    if shape.contains(0) { return true }
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      guard stride == expected else { return false }
      let (next, overflow) = expected.multipliedReportingOverflow(by: extent)
      if overflow { return false }
      expected = next
    }
    return true
  }

  /// Whether `tensor()` is a view on the mapped file (which for a copy-free view must also be aligned there).
  public var isMapped: Bool {
    refusal == nil && quantization == nil && signs.isEmpty && isContiguous
      && storage.map { $0.isMapped && !swaps($0) } ?? false
  }

  /// The same tensor under another name.
  public func named(_ name: String) -> StateTensor {
    StateTensor(
      name: name, dtype: dtype, elementType: elementType, shape: shape, strides: strides,
      storageOffset: storageOffset, storage: storage, quantization: quantization, isParameter: isParameter,
      signs: signs, refusal: refusal, storedAs: storedAs, path: path, limits: limits)
  }

  /// Checks that the file holds all that the tensor needs, without reading its numbers.
  ///
  /// - Throws: `CheckpointError` naming tensor and storage where it doesn't.
  public func validate() throws(CheckpointError) {
    guard refusal == nil, let storage else { return }
    guard storage.exists else { throw .storageMissing(path: path, tensor: name, storage: storage.key) }
    let needed = try neededBytes()
    guard needed <= storage.byteCount else {
      throw .storageTooShort(
        path: path, tensor: name, storage: storage.key, needed: needed, found: storage.byteCount)
    }
  }

  /// The tensor's numbers, little-endian in row-major order: a view on the mapped file where it has them so,
  /// else a copy that is gathered by stride, swapped from big-endian, given other signs or dequantized to `float32`.
  ///
  /// - Throws: `CheckpointError` where the numbers are missing, damaged, of an unknown kind or too many.
  public func tensor() throws(CheckpointError) -> Tensor {
    guard refusal == nil, let storage else {
      throw .unreadableTensor(path: path, tensor: name, reason: refusal ?? "it has no storage")
    }
    try validate()
    let stored = try storedTensor(storage)
    return try quantization.map { quantization throws(CheckpointError) in
      try dequantized(stored, quantization)
    } ?? stored
  }

  private func storedTensor(_ storage: Storage) throws(CheckpointError) -> Tensor {
    let bytes: FileBytes?
    do { bytes = try storage.bytes(limit: limits.memory) } catch { throw .zip(error) }
    guard let bytes else { throw .storageMissing(path: path, tensor: name, storage: storage.key) }
    let size = try elementSize()
    do {
      if isContiguous, !swaps(storage), signs.isEmpty {
        let count = try Tensor.elementCount(of: shape)
        let start = count == 0 ? 0 : storageOffset * size
        guard let part = bytes.slice(offset: start, length: count * size) else {
          throw outOfBounds(storage)
        }
        return try part.withBytes { part, owner in
          try Tensor(viewing: part, owner: owner, elementType: storedAs, shape: shape)
        }
      }
      try requireMemory()
      var result = try Tensor(uninitialized: storedAs, shape: shape)
      let swap = swaps(storage) ? (storedAs.isComplex ? size / 2 : size) : 1
      let source = StridedSource(
        shape: shape, strides: strides, offset: storageOffset, elementSize: size, swapSize: swap)
      let isComplete = result.withMutableBytes { target in
        defer { changeSigns(target, elementSize: size) }
        return bytes.withBytes { bytes, _ in source.gather(bytes, into: target) }
      }
      guard isComplete else { throw outOfBounds(storage) }
      return result
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw .malformed(path: path, detail: "tensor '\(name)': \(error)")
    }
  }

  /// The bytes of the storage up to and including the tensor's last element.
  private func neededBytes() throws(CheckpointError) -> Int {
    if shape.contains(0) { return 0 }
    var last = storageOffset
    for (extent, stride) in zip(shape, strides) {
      let (reach, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflow) = last.addingReportingOverflow(reach)
      guard !tooFar, !overflow else { throw .malformed(path: path, detail: "tensor '\(name)' has no end") }
      last = sum
    }
    let (bytes, overflow) = last.addingReportingOverflow(1).partialValue
      .multipliedReportingOverflow(by: try elementSize())
    guard !overflow, last < Int.max else {
      throw .malformed(path: path, detail: "tensor '\(name)' has no end")
    }
    return bytes
  }

  private func elementSize() throws(CheckpointError) -> Int {
    guard let size = storedAs.byteCount(of: 1) else {
      throw .unreadableTensor(path: path, tensor: name, reason: "it holds strings")
    }
    return size
  }

  func requireMemory() throws(CheckpointError) {
    guard byteCount <= limits.memory else {
      throw .tensorTooLarge(path: path, tensor: name, shape: shape, limit: limits.memory)
    }
  }

  private func swaps(_ storage: Storage) -> Bool { storage.isBigEndian && storedAs.byteCount(of: 1) != 1 }

  private func outOfBounds(_ storage: Storage) -> CheckpointError {
    .storageTooShort(
      path: path, tensor: name, storage: storage.key, needed: byteCount, found: storage.byteCount)
  }
}
