import Glibc
import Graph
import Synchronization

extension MappedFile: RereadableBytes {
  /// Drops the whole pages inside `bytes` from this process; pages shared with what lies around stay. The mapping is
  /// private and never written, so what is read there later comes from the file again.
  ///
  /// Small parts that follow each other, as tensors of a checkpoint do, are dropped together, with what little lies between
  /// them.
  public func giveUpMemory(of bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.baseAddress, let base = self.bytes.baseAddress, first >= base,
      first + bytes.count <= base + self.bytes.count
    else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    // Of fewer the system takes longer to tell than to bring them back.
    let least = 16 * page
    let offset = first - base
    unneeded.withLock { unneeded in
      let goesOn = offset >= unneeded.lowerBound && offset <= unneeded.upperBound + least
      let before = goesOn ? unneeded : offset..<offset
      let part = before.lowerBound..<max(before.upperBound, offset + bytes.count)
      // The mapping begins with a page, and its last one belongs to it altogether.
      let start = (part.lowerBound + page - 1) / page * page
      let end = part.upperBound == self.bytes.count ? self.bytes.count : part.upperBound / page * page
      guard end - start >= least else {
        unneeded = part
        return
      }
      madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
      unneeded = min(end, part.upperBound)..<part.upperBound
    }
  }
}
