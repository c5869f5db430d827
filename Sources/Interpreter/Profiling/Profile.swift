import Graph
import OrderedCollections

/// When each node of one run was computed.
public struct Profile: Sendable, Equatable {
  /// One node's time.
  public struct Entry: Sendable, Equatable {
    /// The node's name, or its first output where it has none.
    public let node: String
    /// The operator, such as `Conv`.
    public let operatorType: String
    /// Types of the outputs, such as `float [1, 32, 16, 16]`.
    public let outputs: [String]
    /// When it began, counted from the beginning of the run.
    public let start: Duration
    /// How long it took.
    public let duration: Duration
  }

  /// Nodes in the order in which they ran.
  public let entries: [Entry]

  /// The sum over each operator's nodes, the longest first.
  public var byOperator: [(operatorType: String, nodes: Int, duration: Duration)] {
    var sums: OrderedDictionary<String, (nodes: Int, duration: Duration)> = [:]
    for entry in entries {
      let sum = sums[entry.operatorType] ?? (0, .zero)
      sums[entry.operatorType] = (sum.nodes + 1, sum.duration + entry.duration)
    }
    return sums.map { ($0.key, $0.value.nodes, $0.value.duration) }.sorted { $0.2 > $1.2 }
  }
}

extension Session {
  /// The graph's outputs for `inputs`, and when each node was computed.
  ///
  /// - Throws: what `run` throws.
  public func profile(
    _ inputs: OrderedDictionary<String, RuntimeValue>
  ) throws -> (outputs: OrderedDictionary<String, RuntimeValue>, profile: Profile) {
    var entries: [Profile.Entry] = []
    let clock = ContinuousClock()
    let begin = clock.now
    var last = begin
    var current: [String] = []
    let outputs = try run(inputs) { node, _, value in
      let now = clock.now
      let type = value.type.description
      if let entry = entries.last, current == node.outputs {
        // Another output of the same node.
        entries[entries.count - 1] = Profile.Entry(
          node: entry.node, operatorType: entry.operatorType, outputs: entry.outputs + [type],
          start: entry.start, duration: entry.duration)
      } else {
        entries.append(
          Profile.Entry(
            node: node.name.isEmpty ? node.output(0) ?? node.operatorType : node.name,
            operatorType: node.operatorType, outputs: [type], start: last - begin, duration: now - last))
      }
      current = node.outputs
      // What this closure does is nobody's time.
      last = clock.now
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
          name: entry.node, cat: entry.operatorType, ts: entry.start.milliseconds * 1e3,
          dur: entry.duration.milliseconds * 1e3,
          args: ["operator": entry.operatorType, "outputs": entry.outputs.joined(separator: ", ")])
      }, forKey: .traceEvents)
  }
}
