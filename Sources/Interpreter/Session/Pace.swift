/// Whether all threads run a short plan, or the caller's alone.
///
/// Two cores that share no cache hand a cache line to each other in about the time that a small layer takes; and
/// where other programs keep the other cores busy, nobody hands anything back in time. So short plans are timed now
/// and then in both ways. Results are the same in either: only time hangs on it. To be used under the engine's lock.
final class Pace: @unchecked Sendable {
  /// Plans longer than this are for all threads.
  private static let longest = Duration.microseconds(600)
  /// Runs between two trials, and runs of each way in a trial; the first ones wake threads and fill caches.
  private static let runsBetweenTrials = 1000
  private static let runsOfEach = 8

  private var isAlone = false
  private var untilTrial = 4
  /// Runs done of the present trial.
  private var done = 0
  private var together = Duration.seconds(1)
  private var alone = Duration.seconds(1)

  /// Calls `body`, which is to run a plan on one thread where it is told so.
  func callAsFunction(workers: Int, _ body: (_ isAlone: Bool) -> Void) {
    guard workers > 1, untilTrial == 0 else {
      if untilTrial > 0, untilTrial < .max { untilTrial -= 1 }
      body(workers > 1 && isAlone)
      return
    }
    let isSolo = done >= Self.runsOfEach
    let time = MonotonicClock().measure { body(isSolo) }
    if isSolo { alone = min(alone, time) } else { together = min(together, time) }
    done += 1
    if done == Self.runsOfEach, together > Self.longest {
      isAlone = false
      untilTrial = .max
    } else if done == 2 * Self.runsOfEach {
      isAlone = alone < together
      untilTrial = Self.runsBetweenTrials
      done = 0
      together = .seconds(1)
      alone = .seconds(1)
    }
  }
}
