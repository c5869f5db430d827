import Dispatch
import Glibc
import Synchronization

/// Writes what it is given to a descriptor, in order, on a thread of its own, while its caller makes what comes next.
///
/// A few buffers go round, so memory stays bounded and a slow disk holds the caller up. The thread starts with the
/// first full buffer: small files are written by their caller.
///
/// Thread safety: a buffer belongs to the caller until it is handed to the serial queue, and again when its turn has
/// come round, for which the semaphore waits; the rest that both sides see is the atomic.
final class WriteBehind: @unchecked Sendable {
  private static let capacity = 1 << 19
  private static let buffers = 4
  /// Bytes after which the system is asked to start writing to the disk, so that the sync at the end waits less.
  private static let writebackStep = 8 << 20

  private let descriptor: Int32
  private let ring: UnsafeMutableRawPointer
  private let queue = DispatchQueue(label: "cbam.WriteBehind")
  private let free = DispatchSemaphore(value: buffers)
  /// What went wrong first; zero for nothing.
  private let code = Atomic<Int32>(0)
  /// The buffer that is being filled, and how far.
  private var turn = 0
  private var used = 0
  /// Known to the queue alone.
  private var written = 0
  private var handedToDisk = 0

  init(descriptor: Int32) {
    self.descriptor = descriptor
    ring = .allocate(byteCount: Self.capacity * Self.buffers, alignment: 4096)
    free.wait()
  }

  private func buffer(_ turn: Int) -> UnsafeMutableRawPointer {
    ring + turn % Self.buffers * Self.capacity
  }

  /// Takes `count` bytes in units of `unit` bytes, a power of two. `make` is called with range after range of them, and
  /// where to put each, aligned to `unit`.
  ///
  /// - Returns: the code of what went wrong so far; zero for nothing.
  func append(count: Int, unit: Int, _ make: (Range<Int>, UnsafeMutableRawPointer) -> Void) -> Int32 {
    if !used.isMultiple(of: unit) { handOver() }
    var position = 0
    while position < count {
      let room = (Self.capacity - used) / unit * unit
      let range = position..<min(count, position + room)
      if !range.isEmpty { make(range, buffer(turn) + used) }
      used += range.count
      position = range.upperBound
      if position < count { handOver() }
    }
    return code.load(ordering: .relaxed)
  }

  /// Returns when all that was taken is the system's, with the code of what went wrong; zero for nothing.
  func finish() -> Int32 {
    queue.sync {}
    write(UnsafeRawBufferPointer(start: buffer(turn), count: used))
    used = 0
    return code.load(ordering: .relaxed)
  }

  /// Returns when nothing is written any more; what waits to be is dropped.
  func abandon() {
    code.store(ECANCELED, ordering: .relaxed)
    queue.sync {}
  }

  private func handOver() {
    queue.async { [self, turn, used] in
      write(UnsafeRawBufferPointer(start: buffer(turn), count: used))
      free.signal()
    }
    free.wait()
    turn += 1
    used = 0
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while !rest.isEmpty, code.load(ordering: .relaxed) == 0 {
      let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        code.store(errno, ordering: .relaxed)
      }
    }
    written += bytes.count
    guard written - handedToDisk >= Self.writebackStep else { return }
    // Of pages that are still to be written this advice starts the writing (posix_fadvise(2)).
    posix_fadvise(descriptor, off_t(handedToDisk), off_t(written - handedToDisk), POSIX_FADV_DONTNEED)
    handedToDisk = written
  }

  deinit {
    // A semaphore must not go with a lower value than it came with.
    free.signal()
    ring.deallocate()
  }
}
