import Glibc
import Synchronization
import Testing

@testable import Interpreter

/// Phases on threads: every task once, each phase after the one before, on as many threads as there are.
@Suite struct WorkerPoolTests {
  /// Counts of tasks, by phase, and what went wrong.
  private final class Record: Sendable {
    let counts = Mutex<[[Int]]>([])
    let early = Atomic<Int>(0)
  }

  @Test(arguments: [1, 2, 3, 7]) func everyTaskRunsOnceAfterThePhaseBefore(workers: Int) {
    let sizes = [0, 1, 5, 0, 0, 2, 64, 1, 3, 0]
    let pool = WorkerPool(workers: workers)
    let memory = PlanMemory(bytes: 0, offsets: [], scratchFloats: 0, workers: workers, boxes: 0)
    let record = Record()
    let phases = sizes.enumerated().map { number, tasks in
      Phase(tasks: tasks) { _, task, worker in
        record.counts.withLock { counts in
          for earlier in 0..<number where counts[earlier].contains(where: { $0 != 1 }) {
            record.early.wrappingAdd(1, ordering: .relaxed)
          }
          counts[number][task] += 1
        }
        if !(0..<workers).contains(worker) { record.early.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    for round in 0..<300 {
      record.counts.withLock { $0 = sizes.map { Array(repeating: 0, count: $0) } }
      pool(phases, memory, alone: round % 3 == 2)
      let counts = record.counts.withLock { $0 }
      #expect(counts.allSatisfy { $0.allSatisfy { $0 == 1 } }, "round \(round): \(counts)")
    }
    #expect(record.early.load(ordering: .relaxed) == 0)
  }

  /// What a worker's thread has taken of the processor stays the same, to the nanosecond, once it sleeps.
  @Test func idleWorkersTakeNoTime() {
    let workers = 3
    let pool = WorkerPool(workers: workers)
    let memory = PlanMemory(bytes: 0, offsets: [], scratchFloats: 0, workers: workers, boxes: 0)
    let clocks = Mutex<[Int: clockid_t]>([:])
    let arrived = Atomic<Int>(0)
    let meeting = Phase(tasks: workers) { _, _, worker in
      var clock = clockid_t()
      if pthread_getcpuclockid(pthread_self(), &clock) == 0 { clocks.withLock { $0[worker] = clock } }
      // Each waits for the others, so that nobody takes two tasks.
      arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while arrived.load(ordering: .sequentiallyConsistent) < workers { sched_yield() }
    }
    pool([meeting], memory)
    let helpers = clocks.withLock { $0 }.filter { $0.key != 0 }.map(\.value)
    #expect(helpers.count == workers - 1)
    func taken() -> [timespec] {
      helpers.map { clock in
        var time = timespec()
        #expect(clock_gettime(clock, &time) == 0)
        return time
      }
    }
    // They spin for a while first, which takes long where other programs have the processors.
    var rests = false
    for _ in 0..<50 where !rests {
      let before = taken()
      usleep(200_000)
      rests = zip(before, taken()).allSatisfy { $0.tv_sec == $1.tv_sec && $0.tv_nsec == $1.tv_nsec }
    }
    #expect(rests)
  }

  @Test func aPaceTriesBothWays() {
    let pace = Pace()
    var ways: [Bool] = []
    for _ in 0..<1100 { pace(workers: 2) { ways.append($0) } }
    #expect(ways.contains(true) && ways.contains(false))
    // One thread has no choice, and long plans are for all.
    var others: [Bool] = []
    let single = Pace()
    for _ in 0..<100 { single(workers: 1) { others.append($0) } }
    let long = Pace()
    for _ in 0..<40 {
      long(workers: 2) { isAlone in
        others.append(isAlone)
        let end = ContinuousClock.now + .microseconds(700)
        while ContinuousClock.now < end {}
      }
    }
    #expect(!others.contains(true))
  }
}
