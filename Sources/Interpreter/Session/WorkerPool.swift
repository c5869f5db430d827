import CKernels
import Glibc
import Synchronization

/// Part of a plan: tasks that may run at the same time, in any order, on any thread, with the same result.
struct Phase: Sendable {
  /// How many tasks; they are numbered from zero.
  let tasks: Int
  /// Runs one task as one of the pool's workers.
  let run: @Sendable (_ memory: PlanMemory, _ task: Int, _ worker: Int) -> Void
}

/// Threads that run phases one after the other.
///
/// The caller's thread is worker 0. The others are made by the first run that needs them; between runs they spin
/// for some microseconds, because networks run in quick succession, and then sleep. A phase ends when its tasks
/// are done, not when all workers have arrived: a worker that wakes late costs nothing.
///
/// Each worker has a share of a phase's tasks, the same part of the whole in every phase, and helps with others'
/// shares after its own: what a worker wrote it mostly reads again, out of caches of its own.
final class WorkerPool: @unchecked Sendable {
  /// Threads, the caller's included.
  let workers: Int

  /// By worker, a cache line apart: the phase's number in the upper half, the next task of the worker's share in the
  /// lower.
  private let tickets: UnsafeMutablePointer<Atomic<UInt64>>
  private static let ticketStride = 16
  private let finished = Atomic<Int>(0)
  /// Counts runs; a worker that sees it change takes part.
  private let run = Atomic<Int>(0)
  private let isOpen = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  /// Workers other than the caller that look at the current run's phases.
  private let inside = Atomic<Int>(0)
  private let sleeping = Atomic<Int>(0)
  private let state: Mutex<State>
  private let bell: Bell

  /// What only changes while no worker looks.
  private struct State: ~Copyable {
    var threads: [pthread_t] = []
  }

  /// What the current run consists of; valid while the run is open.
  private let current: UnsafeMutablePointer<Run>
  private struct Run {
    var phases: [Phase]
    var memory: PlanMemory?
  }

  /// How often a worker looks for work before it sleeps; about 50 µs.
  private static let patience = 1200

  init(workers: Int) {
    self.workers = max(1, workers)
    state = Mutex(State())
    bell = Bell()
    tickets = .allocate(capacity: self.workers * Self.ticketStride)
    for index in 0..<self.workers * Self.ticketStride { (tickets + index).initialize(to: Atomic(0)) }
    current = .allocate(capacity: 1)
    current.initialize(to: Run(phases: [], memory: nil))
  }

  deinit {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    bell.ring()
    state.withLock { state in
      for thread in state.threads { pthread_join(thread, nil) }
    }
    current.deinitialize(count: 1)
    current.deallocate()
    tickets.deinitialize(count: workers * Self.ticketStride)
    tickets.deallocate()
  }

  /// Runs `phases` in order, on the caller's thread where that is to be alone; returns when all are done. Not to be
  /// called twice at a time.
  func callAsFunction(_ phases: [Phase], _ memory: PlanMemory, alone: Bool = false) {
    guard workers > 1, !alone else {
      for index in 0..<phases.count {
        let phase = phases[index]
        for task in 0..<phase.tasks { phase.run(memory, task, 0) }
      }
      return
    }
    startThreads()
    current.pointee = Run(phases: phases, memory: memory)
    phases.withUnsafeBufferPointer { open(0, of: $0) }
    isOpen.store(true, ordering: .sequentiallyConsistent)
    run.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if sleeping.load(ordering: .sequentiallyConsistent) > 0 { bell.ring() }
    work(as: 0)
    isOpen.store(false, ordering: .sequentiallyConsistent)
    var rounds = 0
    while inside.load(ordering: .sequentiallyConsistent) > 0 { Self.wait(&rounds) }
  }

  /// A worker's share of a phase's tasks.
  private func share(_ worker: Int, of tasks: Int) -> Range<Int> {
    tasks * worker / workers..<tasks * (worker + 1) / workers
  }

  private func ticket(_ worker: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    tickets + worker * Self.ticketStride
  }

  /// Lets workers take the tasks of the first phase from `number` on that has any, or ends the run.
  private func open(_ number: Int, of phases: UnsafeBufferPointer<Phase>) {
    var number = number
    while number < phases.count, phases[number].tasks == 0 { number += 1 }
    let tasks = number < phases.count ? phases[number].tasks : 0
    finished.store(0, ordering: .relaxed)
    // Empty shares first: the phase may end, and the next one be opened by another worker, as soon as all tasks can
    // be taken.
    openShares(of: number, tasks: tasks, ifEmpty: true)
    openShares(of: number, tasks: tasks, ifEmpty: false)
  }

  private func openShares(of number: Int, tasks: Int, ifEmpty: Bool) {
    for worker in 0..<workers {
      let share = share(worker, of: tasks)
      guard share.isEmpty == ifEmpty else { continue }
      ticket(worker).pointee.store(UInt64(number) << 32 | UInt64(share.lowerBound), ordering: .releasing)
    }
  }

  /// Takes tasks until every phase is done.
  private func work(as worker: Int) {
    guard let memory = current.pointee.memory else { return }
    current.pointee.phases.withUnsafeBufferPointer { phases in
      var rounds = 0
      var owner = worker
      var phase = 0
      while true {
        let seen = ticket(owner).pointee.load(ordering: .acquiring)
        let number = Int(seen >> 32)
        if number >= phases.count { return }
        if number != phase {
          // Each phase begins with the worker's own share.
          phase = number
          owner = worker
          continue
        }
        if Int(seen & 0xffff_ffff) >= share(owner, of: phases[number].tasks).upperBound {
          // Nothing left of this share: the next one's, and after a round of all a short wait.
          owner = owner + 1 == workers ? 0 : owner + 1
          if owner == worker { Self.wait(&rounds) }
          continue
        }
        let drawn = ticket(owner).pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
        // Another phase may have begun since the look above.
        let drawnNumber = Int(drawn >> 32)
        if drawnNumber >= phases.count { return }
        let task = Int(drawn & 0xffff_ffff)
        guard task < share(owner, of: phases[drawnNumber].tasks).upperBound else { continue }
        rounds = 0
        phases[drawnNumber].run(memory, task, worker)
        let done = finished.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
        if done == phases[drawnNumber].tasks { open(drawnNumber + 1, of: phases) }
      }
    }
  }

  /// Waits a moment: at first hot, then letting other threads run.
  private static func wait(_ rounds: inout Int) {
    rounds += 1
    if rounds < patience { ck_pause() } else { sched_yield() }
  }

  private func startThreads() {
    state.withLock { state in
      while state.threads.count < workers - 1 {
        let start = Start(pool: self, worker: state.threads.count + 1)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(start).toOpaque()
        let status = pthread_create(
          &thread, nil,
          { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            WorkerPool.serve(start)
            return nil
          }, argument)
        guard status == 0 else {
          // Fewer threads than asked compute the same, later.
          Unmanaged<Start>.fromOpaque(argument).release()
          return
        }
        state.threads.append(thread)
      }
    }
  }

  /// What a new thread is told. The pool outlives its threads, because its end joins them; counting references
  /// to it would fail during that end.
  private final class Start: @unchecked Sendable {
    unowned(unsafe) let pool: WorkerPool
    let worker: Int
    init(pool: WorkerPool, worker: Int) {
      self.pool = pool
      self.worker = worker
    }
  }

  private static func serve(_ start: Start) {
    let pool = start.pool
    var seen = 0
    while true {
      var rounds = 0
      while pool.run.load(ordering: .sequentiallyConsistent) == seen {
        if pool.isStopping.load(ordering: .sequentiallyConsistent) { return }
        rounds += 1
        if rounds < patience {
          ck_pause()
        } else {
          pool.sleep(unlessRunDiffersFrom: seen)
        }
      }
      seen = pool.run.load(ordering: .sequentiallyConsistent)
      pool.inside.wrappingAdd(1, ordering: .sequentiallyConsistent)
      if pool.isOpen.load(ordering: .sequentiallyConsistent) { pool.work(as: start.worker) }
      pool.inside.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }
  }

  private func sleep(unlessRunDiffersFrom seen: Int) {
    sleeping.wrappingAdd(1, ordering: .sequentiallyConsistent)
    bell.wait {
      run.load(ordering: .sequentiallyConsistent) == seen
        && !isStopping.load(ordering: .sequentiallyConsistent)
    }
    sleeping.wrappingSubtract(1, ordering: .sequentiallyConsistent)
  }
}

/// Wakes threads that sleep.
private final class Bell: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func ring() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Sleeps while `isIdle`, which is asked again after each ring.
  func wait(while isIdle: () -> Bool) {
    pthread_mutex_lock(mutex)
    while isIdle() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }
}
