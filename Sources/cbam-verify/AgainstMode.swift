import ArgumentParser
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
  /// How many terms of a sum are shown.
  private static let mostTerms = 8

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

  func run(asJSON: Bool) throws {
    let theirs = try Self.tensors(in: dump)
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
    let results = ResultStream()
    if asJSON {
      try results.json(
        Report(
          values: comparison.values.map {
            .init(
              name: $0.name, operators: $0.nodes.map(\.operatorType), difference: $0.difference,
              theirs_over_bound: $0.theirs.maxRatio, ours_over_bound: $0.ours.maxRatio,
              verdict: Self.verdict($0))
          }, first: comparison.first?.name, unknown: comparison.unknown, mismatched: comparison.mismatched))
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
        for line in try neighbourhood(first, theirs, verifier) { try results.line(line) }
      } else {
        try results.line(
          "\(comparison.values.count) values compared: rounding explains every difference"
            + (comparison.unknown.isEmpty
              ? "" : "; \(comparison.unknown.count) names of the dump are not in the model"))
      }
    }
    if comparison.first != nil || !comparison.mismatched.isEmpty { throw ExitCode(1) }
  }

  private static func verdict(_ value: RuntimeComparison.Value) -> String {
    switch (value.theirs.maxRatio > 1, value.ours.maxRatio > 1) {
    case (true, true): "BOTH"
    case (true, false): "THEIRS"
    case (false, true): "OURS"
    default: value.isUnbounded ? "no bound" : "ok"
    }
  }

  /// Everything that one needs to see at the place where both part.
  private func neighbourhood(
    _ value: RuntimeComparison.Value, _ theirs: [String: Tensor], _ verifier: Verifier
  ) throws -> [String] {
    guard let node = value.nodes.last else { return [] }
    let isTheirs = value.theirs.maxRatio > 1
    let deviation = isTheirs ? value.theirs : value.ours
    var lines = [
      "",
      "both part at \(Diagnostics.printable(node.label)), which writes '\(Diagnostics.printable(value.name))'",
    ]
    let traced = try verifier.values(inputs)
    func tensor(_ name: String, _ isTheirs: Bool) throws -> Tensor? {
      if isTheirs {
        var values = theirs.mapValues(RuntimeValue.tensor)
        for (name, value) in inputs where values[name] == nil { values[name] = value }
        return try verifier.tensor(name, of: values)
      }
      return try verifier.tensor(name, of: traced)
    }
    for name in node.inputs where !name.isEmpty && verifier.isComputed(name) {
      let (mine, other) = (try tensor(name, false), try tensor(name, true))
      lines.append("  input '\(name)': ours \(Self.range(mine)), theirs \(Self.range(other))")
    }
    guard let worst = deviation.worst, let shape = theirs[value.name]?.shape else { return lines }
    let position = Number.coordinates(worst.index, in: shape)
    lines.append("  element \(Number.position(worst.index, in: shape)) of \(isTheirs ? "theirs" : "ours"):")
    lines.append("    computed \(worst.found)")
    lines.append("    exactly  \(worst.exact) from \(isTheirs ? "their" : "our") inputs")
    lines.append(
      "    differs by \(Number.short((worst.found - worst.exact).magnitude)); rounding explains \(Number.short(worst.bound))"
    )
    let operands = try node.inputs.map { $0.isEmpty ? nil : try tensor($0, isTheirs) }
    if let terms = try ElementTerms(node, inputs: operands, position: position) {
      lines.append(
        "  it sees \(terms.field) of '\(node.inputs[0])'; its \(terms.terms.count) terms, the largest first:")
      for term in terms.terms.prefix(Self.mostTerms) {
        lines.append("    \(Number.short(term.value))  \(term.label)")
      }
      let rest = terms.terms.dropFirst(Self.mostTerms)
      if !rest.isEmpty {
        lines.append(
          "    \(Number.short(rest.reduce(0) { $0 + $1.value }))  the \(rest.count) others together")
      }
      // A sum that is short of exactly one of its terms.
      let missing = worst.exact - worst.found
      func distance(_ term: ElementTerms.Term) -> Double { (term.value - missing).magnitude }
      if let lost = terms.terms.min(by: { distance($0) < distance($1) }), terms.terms.count > 1,
        distance(lost) <= worst.bound, lost.value.magnitude > worst.bound
      {
        lines.append("  without \(lost.label) = \(Number.short(lost.value)) the sum is what was computed")
      }
    }
    return lines
  }

  private static func range(_ tensor: Tensor?) -> String {
    guard let tensor else { return "absent" }
    guard let values = try? tensor.doubles(), let low = values.min(), let high = values.max() else {
      return "\(tensor.shape)"
    }
    return "\(tensor.shape) from \(Number.short(low)) to \(Number.short(high))"
  }
}
