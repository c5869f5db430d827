import Graph
import OrderedCollections

/// How long runs of a session take.
public struct Benchmark: Sendable, Equatable {
  /// The time of each run, in the order run.
  public let durations: [Duration]

  /// The middle of all times; of an even number the mean of the two in the middle.
  public var median: Duration {
    let sorted = durations.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The shortest time.
  public var minimum: Duration { durations.min() ?? .zero }
}

extension Session {
  /// Times `run` alone, again and again with the same inputs.
  ///
  /// - Parameters:
  ///   - warmUp: untimed runs before, at least one, go on for this long.
  ///   - duration: timed runs go on for this long, but not below or above the numbers in `runs`.
  /// - Throws: what `run` throws.
  public func benchmark(
    _ inputs: OrderedDictionary<String, RuntimeValue>, warmUp: Duration = .milliseconds(300),
    duration: Duration = .seconds(2), runs: ClosedRange<Int> = 5...1000
  ) throws -> Benchmark {
    let clock = MonotonicClock()
    let start = clock.now
    repeat { _ = try run(inputs) } while clock.now - start < warmUp
    var durations: [Duration] = []
    let begin = clock.now
    while durations.count < max(1, runs.lowerBound)
      || durations.count < runs.upperBound && clock.now - begin < duration
    {
      durations.append(try clock.measure { _ = try run(inputs) })
    }
    return Benchmark(durations: durations)
  }
}

extension Duration {
  /// The duration in milliseconds.
  public var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
  }
}
