import Glibc

/// Which of the pages that hold these bytes this process has in memory, as the kernel says.
public func presentPages(_ bytes: UnsafeRawBufferPointer) throws -> [Bool] {
  guard let base = bytes.baseAddress else { return [] }
  let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  let first = Int(bitPattern: base) / page
  let count = (Int(bitPattern: base) + bytes.count + page - 1) / page - first
  let descriptor = open("/proc/self/pagemap", O_RDONLY)
  guard descriptor >= 0 else {
    throw TestSupportError("can't open /proc/self/pagemap: \(String(cString: strerror(errno)))")
  }
  defer { close(descriptor) }
  var entries = [UInt64](repeating: 0, count: count)
  guard pread(descriptor, &entries, count * 8, first * 8) == count * 8 else {
    throw TestSupportError("can't read /proc/self/pagemap: \(String(cString: strerror(errno)))")
  }
  return entries.map { $0 >> 63 == 1 }
}
