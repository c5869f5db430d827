import Glibc
import Synchronization

/// A plain file's bytes, mapped read-only for as long as the object lives.
///
/// Tensors that view these bytes keep it as their owner. A file that another process shortens while it is
/// mapped ends this one with SIGBUS, as with every mapping; files are checked once, when mapped.
public final class MappedFile: @unchecked Sendable {
  /// Where the file is.
  public let path: String
  /// All bytes; valid only while this object lives, so hold it (or use `withBytes`) for as long as they are
  /// read. The memory is never written, so sharing it between threads is safe.
  public let bytes: UnsafeRawBufferPointer
  /// What was given up last and is still in memory, by offset, and at first nothing; see `giveUpMemory(of:)`.
  let unneeded = Mutex(Int.max..<Int.max)

  /// Maps the file at `path`.
  ///
  /// - Throws: `FileError` where it can't be opened or is no plain file.
  public init(path: String) throws(FileError) {
    self.path = path
    // Without O_NONBLOCK, a pipe that nobody writes to would be waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(operation: "open", path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(operation: "read", path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    let size = Int(status.st_size)
    if size == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
      throw .system(operation: "map", path: path, code: errno)
    }
    bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  /// Calls `body` with all bytes, which stay valid meanwhile.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }
}
