import Graph
import OrderedCollections

/// When each step of one run was computed.
public struct Profile: Sendable, Equatable {
  /// One step's time.
  public struct Entry: Sendable, Equatable {
    /// What was computed, and by which kernel.
    public let step: PlanStep
    /// When it began, counted from the beginning of the run.
    public let start: Duration
    /// How long it took.
    public let duration: Duration
  }

  /// Steps in the order in which they ran.
  public let entries: [Entry]

  /// The sum over each operator's steps, the longest first.
  public var byOperator: [(operatorType: String, steps: Int, duration: Duration)] {
    var sums: OrderedDictionary<String, (steps: Int, duration: Duration)> = [:]
    for entry in entries {
      let sum = sums[entry.step.operatorType] ?? (0, .zero)
      sums[entry.step.operatorType] = (sum.steps + 1, sum.duration + entry.duration)
    }
    return sums.map { ($0.key, $0.value.steps, $0.value.duration) }.sorted { $0.2 > $1.2 }
  }
}

extension Session {
  /// The graph's outputs for `inputs`, and when each step of the plan was computed.
  ///
  /// - Throws: what `run` throws.
  public func profile(
    _ inputs: OrderedDictionary<String, RuntimeValue>
  ) throws -> (outputs: OrderedDictionary<String, RuntimeValue>, profile: Profile) {
    let (outputs, steps) = try timedRun(inputs)
    let entries = steps.map { step, start, duration in
      Profile.Entry(step: PlanStep(step), start: start, duration: duration)
    }
    return (outputs, Profile(entries: entries))
  }
}

/// A profile in the form that chrome://tracing and Perfetto read (Chrome's Trace Event Format).
extension Profile: Encodable {
  private enum Key: String, CodingKey {
    case traceEvents, displayTimeUnit
  }

  private struct Event: Encodable {
    let name: String
    let cat: String
    /// A complete event: begin and duration in one.
    let ph = "X"
    /// Microseconds.
    let ts: Double
    let dur: Double
    let pid = 1
    let tid = 1
    let args: [String: String]
  }

  /// Writes the profile as a trace.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode("ms", forKey: .displayTimeUnit)
    try container.encode(
      entries.map { entry in
        Event(
          name: entry.step.nodes.joined(separator: " + "), cat: entry.step.operatorType,
          ts: entry.start.milliseconds * 1e3,
          dur: entry.duration.milliseconds * 1e3,
          args: [
            "operator": entry.step.operatorType, "kernel": entry.step.kernel,
            "output": entry.step.extents.description, "multiply-adds": entry.step.multiplyAdds.description,
          ])
      }, forKey: .traceEvents)
  }
}
