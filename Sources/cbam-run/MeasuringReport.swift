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
    let benchmark = try runner.loaded.session.benchmark(inputs)
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
