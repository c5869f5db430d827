import Glibc

/// A file that appears whole or not at all: written without a name, synced, then named and renamed over its place.
///
/// Bytes go through a buffer, so many small writes cost few system calls. Dropping the object before
/// `commit()` leaves nothing behind, and neither does a program that is stopped in between, but where the file
/// system knows no nameless files (`O_TMPFILE`): there a `.partial` file stays.
public final class AtomicFile {
  /// Where the file will be.
  public let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  /// Whether `temporaryPath` names what was written so far.
  private var isNamed: Bool
  private var buffer: [UInt8] = []
  private let bufferLimit = 1 << 18
  /// Bytes written so far.
  public private(set) var count = 0
  private var countAtWriteback = 0

  /// Starts a file that will replace `path`.
  ///
  /// - Throws: `FileError` where the folder can't be written to, or `path` is a folder.
  public init(path: String) throws(FileError) {
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
    guard descriptor >= 0 else { throw .system(operation: "write", path: path, code: errno) }
  }

  // The macro is a sum that Swift does not import; __O_TMPFILE is 0o20000000 on x86-64 and arm64 alike.
  private static let nameless: Int32 = 0o20000000 | O_DIRECTORY

  /// Appends `bytes`.
  ///
  /// - Throws: `FileError` where the system refuses, for example when the disk is full.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    count += bytes.count
    if buffer.count + bytes.count <= bufferLimit {
      buffer.append(contentsOf: bytes)
      return
    }
    try flush()
    if bytes.count <= bufferLimit {
      buffer.append(contentsOf: bytes)
    } else {
      prefault(bytes)
      try writeAll(bytes)
      startWriteback()
    }
  }

  /// Brings a large piece's pages in at once: met one by one in the middle of a write, each costs a fault. Only time
  /// hangs on it, and an older kernel says no.
  private func prefault(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    let page = Int(getpagesize())
    let start = Int(bitPattern: base) / page * page
    _ = madvise(
      UnsafeMutableRawPointer(bitPattern: start), Int(bitPattern: base) + bytes.count - start,
      Self.populateForReading)
  }

  /// Lets the system write what it has while the next piece is made, so that the sync at the end waits less.
  private func startWriteback() {
    guard count - countAtWriteback >= Self.writebackStep else { return }
    // Of pages that are still to be written this advice starts the writing (posix_fadvise(2)).
    posix_fadvise(
      descriptor, off_t(countAtWriteback), off_t(count - countAtWriteback), POSIX_FADV_DONTNEED)
    countAtWriteback = count
  }

  private static let writebackStep = 8 << 20
  /// `MADV_POPULATE_READ` of Linux 5.14, which the headers of Debian 12 may lack.
  private static let populateForReading: Int32 = 22

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
    try flush()
    guard fsync(descriptor) == 0 else { throw .system(operation: "write", path: path, code: errno) }
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

  private func flush() throws(FileError) {
    guard !buffer.isEmpty else { return }
    let pending = buffer
    buffer.removeAll(keepingCapacity: true)
    do {
      try pending.withUnsafeBytes { try writeAll($0) }
    } catch let error as FileError {
      throw error
    } catch {
      throw .system(operation: "write", path: path, code: EIO)
    }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw .system(operation: "write", path: path, code: errno)
      }
      rest = rest.dropFirst(written)
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      if isNamed { unlink(temporaryPath) }
    }
  }
}
