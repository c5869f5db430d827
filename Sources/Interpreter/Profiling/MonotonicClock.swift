import Glibc

/// The system's clock that only goes forward (`CLOCK_MONOTONIC`). Swift's own `ContinuousClock` stands in the library of
/// tasks and actors, which would come with it into every command and its start.
public struct MonotonicClock: Sendable {
  /// The clock.
  public init() {}

  /// Time since some fixed moment.
  public var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// How long `body` takes.
  public func measure(_ body: () throws -> Void) rethrows -> Duration {
    let start = now
    try body()
    return now - start
  }
}
