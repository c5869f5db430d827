import CommandSupport
import Files
import Graph
import Interpreter
import OrderedCollections

/// Measures a session on given inputs and shows what was measured.
struct MeasuringReport {
  let runner: Runner
  let inputs: OrderedDictionary<String, RuntimeValue>

  private var results: ResultStream { runner.results }
  private var isJSON: Bool { runner.command.show.json }
  private var inputTypes: [String: ValueType] {
    Dictionary(uniqueKeysWithValues: inputs.map { ($0.key, $0.value.type) })
  }
  private var batch: Int { inputs.values.first?.tensor?.shape.first ?? 1 }

  // MARK: --benchmark

  private struct BenchmarkResult: Encodable {
    let model: String
    let batch: Int
    let threads: Int
    let runs: Int
    let median_ms: Double
    let min_ms: Double
    let inputs: [String: String]
  }

  func benchmark() throws {
    let session = runner.loaded.session
    let benchmark =
      if let seconds = runner.command.measuring.seconds {
        try session.benchmark(
          inputs, warmUp: .seconds(seconds / 4), duration: .seconds(seconds), runs: 1...1_000_000)
      } else {
        try session.benchmark(inputs)
      }
    let result = BenchmarkResult(
      model: runner.loaded.path, batch: batch, threads: runner.loaded.session.threads,
      runs: benchmark.durations.count,
      median_ms: benchmark.median.milliseconds, min_ms: benchmark.minimum.milliseconds,
      inputs: inputTypes.mapValues(\.description))
    if isJSON { return try results.json(result) }
    try results.line(
      "median \(Text.fixed(result.median_ms, digits: 3)) ms, fastest \(Text.fixed(result.min_ms, digits: 3)) ms"
        + " of \(result.runs) runs; batch \(batch), \(result.threads) thread"
        + (result.threads == 1 ? "" : "s"))
  }

  // MARK: --per-node

  private struct NodeResult: Encodable {
    struct Row: Encodable {
      let step: PlanStep
      let ms: Double
      let gflops: Double?
      let gigabytes_per_second: Double?
    }
    let model: String
    let batch: Int
    let threads: Int
    let runs: Int
    let peak_gflops: Double
    let peak_gigabytes_per_second: Double
    let fork_join_microseconds: Double?
    let empty_run_microseconds: Double?
    let nodes: [Row]
  }

  func perNode() throws {
    let session = runner.loaded.session
    let times = try session.nodeTimes(inputs)
    let speed = times.speed
    if isJSON {
      let rows = times.entries.map {
        NodeResult.Row(
          step: $0.step, ms: $0.median.milliseconds, gflops: $0.operations.map { $0 / 1e9 },
          gigabytes_per_second: $0.bandwidth.map { $0 / 1e9 })
      }
      return try results.json(
        NodeResult(
          model: runner.loaded.path, batch: batch, threads: session.threads, runs: times.runs,
          peak_gflops: speed.operations / 1e9, peak_gigabytes_per_second: speed.bandwidth / 1e9,
          fork_join_microseconds: speed.forkJoin.map { $0.call.milliseconds * 1e3 },
          empty_run_microseconds: speed.forkJoin.map { $0.run.milliseconds * 1e3 }, nodes: rows))
    }
    var table = Table(
      ["operator", "kernel", "output", "ms", "of all", "GFLOP/s", "of peak", "GB/s", "of memory", "nodes"],
      right: [3, 4, 5, 6, 7, 8])
    func percent(_ share: Double) -> String { Text.fixed(share * 100, digits: 1) + " %" }
    for entry in times.entries {
      let nodes = entry.step.nodes
      table.add([
        entry.step.operatorType, entry.step.kernel,
        entry.step.extents.map(String.init).joined(separator: "×"),
        Text.fixed(entry.median.milliseconds, digits: 4),
        percent(entry.median / max(times.total, .nanoseconds(1))),
        entry.operations.map { Text.fixed($0 / 1e9, digits: 1) } ?? "",
        entry.operations.map { percent($0 / speed.operations) } ?? "",
        entry.bandwidth.map { Text.fixed($0 / 1e9, digits: 1) } ?? "",
        entry.bandwidth.map { percent($0 / speed.bandwidth) } ?? "",
        Diagnostics.printable(nodes.first ?? "") + (nodes.count > 1 ? " and \(nodes.count - 1) more" : ""),
      ])
    }
    for line in table.lines { try results.line(line) }
    try results.line(
      "together \(Text.fixed(times.total.milliseconds, digits: 3)) ms, medians of \(times.runs) runs; batch \(batch), "
        + "\(session.threads) thread" + (session.threads == 1 ? "" : "s")
        + "; the machine's measured peak: \(Text.fixed(speed.operations / 1e9, digits: 0)) GFLOP/s, "
        + "\(Text.fixed(speed.bandwidth / 1e9, digits: 1)) GB/s from memory")
    if let forkJoin = speed.forkJoin {
      try results.line(
        "from one call to the next on all threads \(Text.fixed(forkJoin.call.milliseconds * 1e3, digits: 2)) µs,"
          + " an empty run \(Text.fixed(forkJoin.run.milliseconds * 1e3, digits: 2)) µs")
    }
  }

  // MARK: --profile

  private struct ProfileResult: Encodable {
    struct Row: Encodable {
      let `operator`: String
      let steps: Int
      let ms: Double
    }
    let model: String
    let profile: String
    let operators: [Row]
  }

  func profile(path: String) throws {
    // The first run makes ready what later ones find ready.
    _ = try runner.loaded.session.run(inputs)
    let profile = try runner.loaded.session.profile(inputs).profile
    let file = try AtomicFile(path: path)
    try file.write(Array(try ResultStream.json(profile).utf8))
    try file.commit()
    let rows = profile.byOperator.map {
      ProfileResult.Row(operator: $0.operatorType, steps: $0.steps, ms: $0.duration.milliseconds)
    }
    if isJSON {
      return try results.json(ProfileResult(model: runner.loaded.path, profile: path, operators: rows))
    }
    let total = rows.reduce(0) { $0 + $1.ms }
    let width = rows.map { $0.operator.count }.max() ?? 0
    for row in rows {
      try results.line(
        "\(Text.left(row.operator, width))  \(Text.right("\(row.steps)", 5)) steps"
          + "  \(Text.right(Text.fixed(row.ms, digits: 3), 10)) ms"
          + "  \(Text.right(Text.fixed(row.ms / max(total, .leastNonzeroMagnitude) * 100, digits: 1), 5)) %")
    }
  }

  // MARK: --explain

  private struct Explanation: Encodable {
    let model: String
    let instruction_set: String
    let threads: Int
    let steps: [PlanStep]
  }

  func explain() throws {
    let session = runner.loaded.session
    if isJSON {
      return try results.json(
        Explanation(
          model: runner.loaded.path, instruction_set: session.instructionSet, threads: session.threads,
          steps: try session.steps(for: inputs)))
    }
    for line in try session.explanation(of: inputs).split(separator: "\n") {
      try results.line(Diagnostics.printable(String(line)))
    }
  }
}
