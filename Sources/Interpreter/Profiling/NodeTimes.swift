import Graph
import OrderedCollections

/// How long each step of a plan takes over many runs, beside what the machine could do at best.
public struct NodeTimes: Sendable {
  /// One step's time.
  public struct Entry: Sendable {
    /// What is computed, and by which kernel.
    public let step: PlanStep
    /// The middle of all runs' times.
    public let median: Duration

    /// Float32 operations a second, two for each of the definition's multiply-adds; `nil` where nobody counts them.
    ///
    /// Winograd's algorithm does with fewer operations than the definition: it may stand above the peak.
    public var operations: Double? { rate(2 * step.multiplyAdds) }

    /// Bytes a second that are moved at least; `nil` where nobody counts them.
    public var bandwidth: Double? { rate(step.bytes) }

    private func rate(_ amount: Int) -> Double? {
      amount > 0 && median > .zero ? Double(amount) / median.milliseconds * 1e3 : nil
    }
  }

  /// Steps in the order in which they run.
  public let entries: [Entry]
  /// What the session's threads reach at best.
  public let speed: MachineSpeed
  /// How many runs were timed.
  public let runs: Int

  /// The sum over all steps.
  public var total: Duration { entries.reduce(.zero) { $0 + $1.median } }
}

extension Session {
  /// Times every step of the plan for `inputs`, run after run, and measures the machine.
  ///
  /// - Parameters:
  ///   - duration: timed runs go on for this long, but not below or above the numbers in `runs`.
  /// - Throws: what `run` throws.
  public func nodeTimes(
    _ inputs: OrderedDictionary<String, RuntimeValue>, duration: Duration = .seconds(2),
    runs: ClosedRange<Int> = 5...1000
  ) throws -> NodeTimes {
    // The first run makes ready what later ones find ready.
    let first = try timedRun(inputs).steps
    let clock = MonotonicClock()
    let begin = clock.now
    var durations: [[Duration]] = first.map { _ in [] }
    var count = 0
    while count < max(1, runs.lowerBound) || count < runs.upperBound && clock.now - begin < duration {
      for (index, step) in try timedRun(inputs).steps.enumerated() { durations[index].append(step.duration) }
      count += 1
    }
    let entries = zip(first, durations).map { step, durations in
      NodeTimes.Entry(step: PlanStep(step.step), median: Benchmark(durations: durations).median)
    }
    return NodeTimes(entries: entries, speed: machineSpeed(), runs: count)
  }
}
