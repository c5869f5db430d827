import CommandSupport
import Files
import Graph
import Interpreter
import OrderedCollections

/// `--against`: another runtime's tensors, as `tools/dump_tensors.py` writes them, value by value.
struct AgainstMode {
  let subject: VerifiedModel
  let inputs: OrderedDictionary<String, RuntimeValue>
  let dump: String

  private struct Report: Encodable {
    struct Value: Encodable {
      let name: String
      let operators: [String]
      let difference: Double
      let theirs_over_bound: Double
      let ours_over_bound: Double
      let verdict: String
    }
    let values: [Value]
    let first: String?
    /// Where both first part.
    let neighbourhood: Neighbourhood?
    let unknown: [String]
    let mismatched: [String]
  }

  /// What a dump says of the graph's values.
  static func tensors(in path: String) throws -> [String: Tensor] {
    let file = try NumPyFile(path: path)
    var tensors: [String: Tensor] = [:]
    for (name, array) in file.arrays { tensors[name] = try array.tensor() }
    return tensors
  }

  /// Refuses a dump of a run on other inputs: its values differ whoever is right.
  ///
  /// - Throws: `VerifyError` where the dump says what went in, and it is not what we are given.
  static func checkInputs(
    _ inputs: OrderedDictionary<String, RuntimeValue>, of dump: String, _ theirs: [String: Tensor]
  ) throws {
    for (name, value) in inputs {
      guard let ours = value.tensor, let other = theirs[name], ours != other else { continue }
      throw VerifyError(
        "\(dump): was made from another '\(Diagnostics.printable(name))' than this run's: verify with --inputs \(dump)"
      )
    }
  }

  func run(asJSON: Bool) throws {
    let theirs = try Self.tensors(in: dump)
    try Self.checkInputs(inputs, of: dump, theirs)
    let progress = Progress()
    let verifier = Verifier(subject.session)
    let comparison: RuntimeComparison
    do {
      comparison = try verifier.compare(inputs, with: theirs) { progress.show($0, of: $1, "values") }
    } catch let error as InterpreterError {
      throw VerifyError("\(subject.path): \(error)")
    }
    progress.clear()
    guard !comparison.values.isEmpty else {
      throw VerifyError(
        "\(dump): holds no value of \(subject.path): names must be those of the model's tensors")
    }
    let neighbourhood = try comparison.first.flatMap {
      try Neighbourhood(of: $0, theirs: theirs, inputs: inputs, verifier: verifier)
    }
    let results = ResultStream()
    if asJSON {
      try results.json(
        Report(
          values: comparison.values.map {
            .init(
              name: $0.name, operators: $0.nodes.map(\.operatorType), difference: $0.difference,
              theirs_over_bound: $0.theirs.maxRatio, ours_over_bound: $0.ours.maxRatio,
              verdict: Self.verdict($0))
          }, first: comparison.first?.name, neighbourhood: neighbourhood, unknown: comparison.unknown,
          mismatched: comparison.mismatched))
    } else {
      var table = Table(
        ["value", "operator", "difference", "theirs/bound", "ours/bound", "verdict"], right: [2, 3, 4])
      for value in comparison.values {
        table.add([
          Diagnostics.printable(value.name), StepsMode.summary(value.nodes.map(\.operatorType)),
          Number.short(value.difference), Number.short(value.theirs.maxRatio),
          Number.short(value.ours.maxRatio),
          Self.verdict(value),
        ])
      }
      for line in table.lines { try results.line(line) }
      for line in comparison.mismatched { try results.line("MISMATCH \(Diagnostics.printable(line))") }
      if let first = comparison.first {
        for line in neighbourhood?.lines ?? ["", "both part at '\(Diagnostics.printable(first.name))'"] {
          try results.line(line)
        }
      } else {
        try results.line(
          "\(comparison.values.count) values compared: rounding explains every difference"
            + (comparison.unknown.isEmpty
              ? "" : "; \(comparison.unknown.count) names of the dump are not in the model"))
      }
    }
    if comparison.first != nil || !comparison.mismatched.isEmpty { throw Unsuccessful() }
  }

  private static func verdict(_ value: RuntimeComparison.Value) -> String {
    switch (value.theirs.maxRatio > 1, value.ours.maxRatio > 1) {
    case (true, true): "BOTH"
    case (true, false): "THEIRS"
    case (false, true): "OURS"
    default: value.isUnbounded ? "no bound" : "ok"
    }
  }
}
