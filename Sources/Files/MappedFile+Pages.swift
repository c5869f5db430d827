import Glibc
import Graph

extension MappedFile: RereadableBytes {
  /// Drops the whole pages inside `bytes` from this process; pages shared with what lies around stay. The mapping is
  /// private and never written, so what is read there later comes from the file again.
  public func giveUpMemory(of bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.baseAddress, let base = self.bytes.baseAddress, first >= base,
      first + bytes.count <= base + self.bytes.count
    else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let offset = first - base
    // The mapping begins with a page, and its last one belongs to it altogether.
    let start = (offset + page - 1) / page * page
    let isLast = offset + bytes.count == self.bytes.count
    let end = isLast ? self.bytes.count : (offset + bytes.count) / page * page
    // Of fewer the system takes longer to tell than to bring them back.
    if end - start >= 16 * page {
      madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
    }
  }
}
