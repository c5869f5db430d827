import Glibc
import Synchronization

/// Writes what it is given to a descriptor, in order, on a thread of its own, while its caller makes what comes next.
///
/// A few buffers go round, so memory stays bounded and a slow disk holds the caller up. The thread starts with the
/// first full buffer: small files are written by their caller, and so is all where no thread can be had.
///
/// Thread safety: a buffer and its length belong to the caller until it is handed over, and again when its turn has come
/// round; the semaphores say so. What both sides see besides is the atomic.
final class WriteBehind: @unchecked Sendable {
  private static let buffers = 4
  /// Bytes after which the system is asked to start writing to the disk, so that the sync at the end waits less.
  private static let writebackStep = 8 << 20
  /// Bytes of the thread's stack, of which it needs little.
  private static let stack = 1 << 18

  private let descriptor: Int32
  /// Bytes of a buffer.
  let capacity: Int
  private let ring: UnsafeMutableRawPointer
  /// How much of each buffer is to be written; negative where the thread is to end.
  private let lengths: UnsafeMutablePointer<Int>
  private let free = Semaphore(value: UInt32(buffers - 1))
  private let full = Semaphore(value: 0)
  private var thread: pthread_t?
  /// What went wrong first; zero for nothing.
  private let code = Atomic<Int32>(0)
  /// The buffer that is being filled, and how far.
  private var turn = 0
  private var used = 0
  /// The buffer to be written next. Known, with the two below, to whoever writes: the thread while there is one.
  private var writingTurn = 0
  private var written = 0
  private var handedToDisk = 0

  init(descriptor: Int32, capacity: Int) {
    self.descriptor = descriptor
    self.capacity = capacity
    ring = .allocate(byteCount: capacity * Self.buffers, alignment: 4096)
    lengths = .allocate(capacity: Self.buffers)
    lengths.initialize(repeating: 0, count: Self.buffers)
  }

  private func buffer(_ turn: Int) -> UnsafeMutableRawPointer {
    ring + turn % Self.buffers * capacity
  }

  /// Takes `count` bytes in units of `unit` bytes, a power of two. `make` is called with range after range of them, and
  /// where to put each, aligned to `unit`.
  ///
  /// - Returns: the code of what went wrong so far; zero for nothing.
  func append(count: Int, unit: Int, _ make: (Range<Int>, UnsafeMutableRawPointer) -> Void) -> Int32 {
    if !used.isMultiple(of: unit) { handOver() }
    var position = 0
    while position < count {
      let room = (capacity - used) / unit * unit
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
    endThread()
    write(UnsafeRawBufferPointer(start: buffer(turn), count: used))
    used = 0
    return code.load(ordering: .relaxed)
  }

  /// Returns when nothing is written any more; what waits to be is dropped.
  func abandon() {
    code.store(ECANCELED, ordering: .relaxed)
    endThread()
  }

  private func handOver() {
    if thread == nil { startThread() }
    if thread == nil {
      write(UnsafeRawBufferPointer(start: buffer(turn), count: used))
    } else {
      lengths[turn % Self.buffers] = used
      full.signal()
      free.wait()
      turn += 1
    }
    used = 0
  }

  private func startThread() {
    writingTurn = turn
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, max(Self.stack, Int(PTHREAD_STACK_MIN)))
    var started = pthread_t()
    // Not counted: its owner joins the thread before it lets go.
    let status = pthread_create(
      &started, &attributes,
      { argument in
        if let argument { Unmanaged<WriteBehind>.fromOpaque(argument).takeUnretainedValue().serve() }
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    if status == 0 { thread = started }
  }

  /// The thread's work.
  private func serve() {
    while true {
      full.wait()
      let length = lengths[writingTurn % Self.buffers]
      if length < 0 { return }
      write(UnsafeRawBufferPointer(start: buffer(writingTurn), count: length))
      writingTurn += 1
      free.signal()
    }
  }

  private func endThread() {
    guard let thread else { return }
    lengths[turn % Self.buffers] = -1
    full.signal()
    pthread_join(thread, nil)
    self.thread = nil
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
    ring.deallocate()
    lengths.deallocate()
  }
}

/// POSIX's semaphore: the one of Dispatch would bring a library of threads into every command.
private final class Semaphore: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init(value: UInt32) {
    semaphore = .allocate(capacity: 1)
    semaphore.initialize(to: sem_t())
    // Cannot fail: the value is small, and the semaphore is this process's own.
    sem_init(semaphore, 0, value)
  }

  func signal() { sem_post(semaphore) }

  func wait() { while sem_wait(semaphore) != 0 && errno == EINTR {} }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }
}
