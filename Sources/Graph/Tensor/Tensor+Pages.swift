/// An owner of bytes that come back by themselves when they are read after their memory was given up, as those of a
/// read-only mapping of a file do.
public protocol RereadableBytes: AnyObject, Sendable {
  /// Gives up the memory that holds `bytes`, which are this owner's. They stay valid: who reads them again waits for
  /// them.
  func giveUpMemory(of bytes: UnsafeRawBufferPointer)
}

extension Tensor {
  /// Tells the owner of the bytes that they are not needed for now, where they can be had again: weights that were
  /// packed need not stay in memory twice. Changes nothing that anybody can read.
  public func giveUpMemory() { giveUpMemory(of: 0..<byteCount) }

  /// The same of the bytes of `range`.
  public func giveUpMemory(of range: Range<Int>) {
    guard case .bytes(let storage) = contents else { return }
    storage.giveUpMemory(of: range)
  }
}

extension TensorStorage {
  func giveUpMemory(of range: Range<Int>) {
    guard let owner = owner as? any RereadableBytes else { return }
    owner.giveUpMemory(of: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }
}
