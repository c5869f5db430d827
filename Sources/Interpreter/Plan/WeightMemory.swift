import Glibc

/// Where a plan's weights are packed to: zeros, side by side on huge pages, so that few of them have to be fetched from
/// the system and none is cleared twice.
final class WeightMemory {
  private var chunk: Chunk?
  private var used = 0

  /// Address space that is taken at a time, for all weights of most networks: behind the last ones of each, part of a
  /// huge page stays empty. Memory is taken by what is written only.
  private static let chunkBytes = 256 << 20

  /// Zeros, to be written before the plan runs and never after.
  func zeros(count: Int) -> PackedFloats {
    #if SANITIZED
      // Each piece by itself, so that AddressSanitizer sees who reads or writes beyond it.
      return PackedFloats(count: count)
    #else
      return next(count: count)
    #endif
  }

  private func next(count: Int) -> PackedFloats {
    let bytes = (count * 4 + 63) / 64 * 64
    if chunk.map({ $0.bytes - used < bytes }) ?? true {
      guard let new = Chunk(bytes: max(bytes, Self.chunkBytes)) else { return PackedFloats(count: count) }
      chunk = new
      used = 0
    }
    guard let chunk else { return PackedFloats(count: count) }
    defer { used += bytes }
    return PackedFloats(
      (chunk.base + used).assumingMemoryBound(to: Float.self), count: count, ownedBy: chunk)
  }

  /// Zeros for what a plan computes, where the huge page that the last weights began has room for them: small networks
  /// are all on one page, of which the system has cleared every part already.
  func remainder(count: Int) -> PackedFloats? {
    let left = (Chunk.hugePage - used % Chunk.hugePage) % Chunk.hugePage
    return count * 4 <= left ? next(count: count) : nil
  }

  /// Fresh memory of the system, at a huge page's beginning.
  private final class Chunk: @unchecked Sendable {
    static let hugePage = 2 << 20
    let base: UnsafeMutableRawPointer
    let bytes: Int
    private let mapped: UnsafeMutableRawPointer
    private let mappedBytes: Int

    init?(bytes: Int) {
      let huge = Self.hugePage
      self.bytes = bytes
      mappedBytes = bytes + huge
      guard
        let start = mmap(
          nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
        start != MAP_FAILED
      else { return nil }
      mapped = start
      base = UnsafeMutableRawPointer(bitPattern: (Int(bitPattern: start) + huge - 1) / huge * huge) ?? start
      madvise(base, bytes, MADV_HUGEPAGE)
    }

    deinit { munmap(mapped, mappedBytes) }
  }
}
