import Glibc

/// A file that appears whole or not at all: written without a name, synced, then named and renamed over its place.
///
/// Bytes go through buffers that another thread writes (`WriteBehind`), so many small writes cost few system calls, and
/// large files are written while their caller makes what comes next. Dropping the object before `commit()` leaves nothing
/// behind, and neither does a program that is stopped in between, but where the file system knows no nameless files
/// (`O_TMPFILE`): there a `.partial` file stays.
public final class AtomicFile {
  /// Where the file will be.
  public let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  /// Whether `temporaryPath` names what was written so far.
  private var isNamed: Bool
  private let behind: WriteBehind
  /// Bytes written so far.
  public private(set) var count = 0

  /// Starts a file that will replace `path` and have `byteCount` bytes, where that is known: room for all of them at once
  /// is found faster than piece by piece.
  ///
  /// - Throws: `FileError` where the folder can't be written to, `path` is a folder, or the disk has no such room.
  public init(path: String, byteCount: Int = 0) throws(FileError) {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw .notAFile(path: path) }
    temporaryPath = "\(path).\(getpid()).partial"
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    // A nameless file gets its name through /proc, which a bare chroot may lack.
    let canBeNamed = access("/proc/self/fd", F_OK) == 0
    descriptor = canBeNamed ? open(folder, O_WRONLY | Self.nameless | O_CLOEXEC, 0o666) : -1
    isNamed = descriptor < 0
    if isNamed { descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    let code = errno
    // Large pieces save time where there are many; where there are few they would be most of the memory.
    behind = WriteBehind(descriptor: descriptor, capacity: byteCount > Self.large << 4 ? 1 << 19 : 1 << 14)
    guard descriptor >= 0 else { throw .system(operation: "write", path: path, code: code) }
    if byteCount > Self.large { try reserve(byteCount) }
  }

  private func reserve(_ byteCount: Int) throws(FileError) {
    var code = posix_fallocate(descriptor, 0, off_t(byteCount))
    while code == EINTR { code = posix_fallocate(descriptor, 0, off_t(byteCount)) }
    // Not every file system can, and none must.
    guard [0, EOPNOTSUPP, EINVAL, ENOSYS].contains(code) else {
      throw .system(operation: "write", path: path, code: code)
    }
  }

  // The macro is a sum that Swift does not import; __O_TMPFILE is 0o20000000 on x86-64 and arm64 alike.
  private static let nameless: Int32 = 0o20000000 | O_DIRECTORY

  /// Bytes that go through memory at a time.
  public var pieceSize: Int { behind.capacity }

  /// Appends `bytes`.
  ///
  /// - Throws: `FileError` where the system refuses, for example when the disk is full.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard let base = bytes.baseAddress else { return }
    try write(count: bytes.count) { $1.copyMemory(from: base + $0.lowerBound, byteCount: $0.count) }
  }

  /// Appends `count` bytes in units of `unit` bytes, which are made where they are written from: `make` is called with
  /// range after range of them, and where to put each.
  ///
  /// - Throws: `FileError` where the system refuses, for example when the disk is full.
  public func write(
    count: Int, unit: Int = 1, _ make: (Range<Int>, UnsafeMutableRawPointer) -> Void
  ) throws(FileError) {
    self.count += count
    try check(behind.append(count: count, unit: unit, make))
  }

  private func check(_ code: Int32) throws(FileError) {
    guard code == 0 else { throw .system(operation: "write", path: path, code: code) }
  }

  private static let large = 1 << 20

  /// Appends `bytes`.
  ///
  /// - Throws: `FileError` where the system refuses.
  public func write(_ bytes: some Collection<UInt8>) throws(FileError) {
    let array = Array(bytes)
    do {
      try array.withUnsafeBytes { try write($0) }
    } catch let error as FileError {
      throw error
    } catch {
      throw .system(operation: "write", path: path, code: EIO)
    }
  }

  /// Puts the finished file in its place.
  ///
  /// - Throws: `FileError` where the system refuses; nothing is left behind then.
  public func commit() throws(FileError) {
    try check(behind.finish())
    guard ftruncate(descriptor, off_t(count)) == 0, fsync(descriptor) == 0 else {
      throw .system(operation: "write", path: path, code: errno)
    }
    if !isNamed {
      let source = "/proc/self/fd/\(descriptor)"
      guard linkat(AT_FDCWD, source, AT_FDCWD, temporaryPath, AT_SYMLINK_FOLLOW) == 0 else {
        throw .system(operation: "write", path: path, code: errno)
      }
      isNamed = true
    }
    let closing = close(descriptor)
    descriptor = -1
    guard closing == 0 else {
      let code = errno
      unlink(temporaryPath)
      throw .system(operation: "write", path: path, code: code)
    }
    guard rename(temporaryPath, path) == 0 else {
      let code = errno
      unlink(temporaryPath)
      throw .system(operation: "write", path: path, code: code)
    }
  }

  deinit {
    if descriptor >= 0 {
      behind.abandon()
      close(descriptor)
      if isNamed { unlink(temporaryPath) }
    }
  }
}
