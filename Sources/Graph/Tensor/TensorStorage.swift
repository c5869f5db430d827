import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bytes that tensors share: memory of our own, 64-byte aligned, or a read-only view that `owner` keeps alive.
///
/// Thread safety: the bytes are written only through a `Tensor` that holds the only reference (copy on write),
/// so concurrent readers never meet a writer.
public final class TensorStorage: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int
  let owner: (any AnyObject & Sendable)?
  // Made when first asked for.
  private let alignedCopy = Mutex<TensorStorage?>(nil)

  /// Alignment of owned memory: one cache line, and the widest vector register.
  public static let alignment = 64

  private static let hugePage = 2 << 20

  init(byteCount: Int, zeroed: Bool) {
    let padded = max(Self.alignment, (byteCount + Self.alignment - 1) & ~(Self.alignment - 1))
    let isHuge = padded >= 2 * Self.hugePage
    base = UnsafeMutableRawPointer.allocate(
      byteCount: padded, alignment: isHuge ? Self.hugePage : Self.alignment)
    // A fault for every 4 KiB costs more than what is computed there. The advice is only for speed.
    if isHuge { madvise(base, padded, MADV_HUGEPAGE) }
    if zeroed { memset(base, 0, padded) }
    self.byteCount = byteCount
    owner = nil
  }

  /// A view on `base`, which must stay valid and unchanged as long as `owner` lives.
  init(viewing base: UnsafeRawPointer, byteCount: Int, owner: any AnyObject & Sendable) {
    self.base = UnsafeMutableRawPointer(mutating: base)
    self.byteCount = byteCount
    self.owner = owner
  }

  /// Whether the memory is this storage's own, so that its only holder may write to it.
  var isOwned: Bool { owner == nil }

  /// The same bytes at an address that is a multiple of `alignment`: this storage, or a copy that is made once.
  func aligned(to alignment: Int) -> TensorStorage {
    if Int(bitPattern: base) % alignment == 0 { return self }
    return alignedCopy.withLock { made in
      if let made { return made }
      let copy = TensorStorage(byteCount: byteCount, zeroed: false)
      copy.base.copyMemory(from: base, byteCount: byteCount)
      made = copy
      return copy
    }
  }

  deinit {
    if owner == nil { base.deallocate() }
  }
}
