import CKernels
import Synchronization

/// What it costs to hand work to all threads and to have it back, apart from the work: medians of many times.
public struct ForkJoin: Sendable, Equatable {
  /// From one call of a plan to the next, while all threads are at it.
  public let call: Duration
  /// Of a run that consists of one call, with threads that still look for work after the run before.
  public let run: Duration

  private static let calls = 200
  private static let rounds = 101

  /// Measures by calls in which each thread has one task, which ends when all have begun: no thread can do another's.
  /// `nil` with one thread, or where others take their cores away so that they don't meet.
  init?(_ pool: WorkerPool) {
    guard pool.workers > 1 else { return nil }
    let memory = PlanMemory(bytes: 0, offsets: [], scratchFloats: 0, workers: pool.workers, boxes: 0)
    let clock = MonotonicClock()
    func median(calls: Int) -> Duration? {
      let meeting = Meeting()
      // The same calls in every round, as a plan's are.
      let phases = (1...calls).map { number in
        Phase(tasks: pool.workers) { _, _, _ in meeting.wait(for: number * pool.workers) }
      }
      let times = (0..<Self.rounds).map { _ in
        meeting.arrived.store(0, ordering: .sequentiallyConsistent)
        return clock.measure { pool(phases, memory) }
      }
      return meeting.failed.load(ordering: .relaxed)
        ? nil : times.sorted()[Self.rounds / 2] / calls
    }
    guard let call = median(calls: Self.calls), let run = median(calls: 1) else { return nil }
    self.call = call
    self.run = run
  }

  /// Where threads wait for each other.
  private final class Meeting: Sendable {
    let arrived = Atomic<Int>(0)
    let failed = Atomic<Bool>(false)
    /// About a tenth of a second, after which nobody is coming.
    private static let patience = 3_000_000

    func wait(for count: Int) {
      arrived.wrappingAdd(1, ordering: .acquiringAndReleasing)
      var rounds = 0
      while arrived.load(ordering: .acquiring) < count {
        rounds += 1
        if rounds == Self.patience || failed.load(ordering: .relaxed) {
          failed.store(true, ordering: .relaxed)
          return
        }
        ck_pause()
      }
    }
  }
}
