import CommandSupport
import Graph
import Interpreter
import OrderedCollections

/// Each step of a run against its definition.
struct StepsMode {
  let subject: VerifiedModel
  let inputs: OrderedDictionary<String, RuntimeValue>
  let isSorted: Bool

  func run(asJSON: Bool) throws {
    let progress = Progress()
    let clock = MonotonicClock()
    let begin = clock.now
    let report: VerificationReport
    do {
      report = try Verifier(subject.session).verify(inputs) { done, all in
        progress.show(done, of: all, "steps")
      }
    } catch let error as InterpreterError {
      throw VerifyError("\(subject.path): \(error)")
    }
    progress.clear()
    let duration = (clock.now - begin).milliseconds / 1000
    var steps = report.steps
    if isSorted {
      steps = steps.enumerated().sorted {
        ($1.element.deviation.maxRatio, $0.offset) < ($0.element.deviation.maxRatio, $1.offset)
      }.map(\.element)
    }
    let results = ResultStream()
    if asJSON {
      try results.json(Summary(report, steps: steps, session: subject.session, seconds: duration))
    } else {
      for line in Self.table(steps) { try results.line(line) }
      for defect in report.defects { try results.line(Self.explanation(defect)) }
      try results.line(Self.summary(report, seconds: duration))
    }
    if !report.defects.isEmpty { throw Unsuccessful() }
  }

  private static func table(_ steps: [StepReport]) -> [String] {
    var table = Table(
      ["step", "node", "operator", "kernel", "shape", "max |err|", "max ULP", "err/bound", "verdict"],
      right: [0, 5, 6, 7])
    for step in steps {
      let more = step.nodes.count > 1 ? " +\(step.nodes.count - 1)" : ""
      table.add([
        "\(step.step)", Diagnostics.printable(step.nodes.last ?? step.output) + more, summary(step.operators),
        step.kernel, step.type, Number.short(step.deviation.maxError), Number.short(step.deviation.maxULP),
        Number.short(step.deviation.maxRatio), step.verdict.rawValue,
      ])
    }
    return table.lines
  }

  /// `Conv+Relu`; of many the first and the last.
  static func summary(_ operators: [String]) -> String {
    guard operators.count > 3, let first = operators.first, let last = operators.last else {
      return operators.joined(separator: "+")
    }
    return "\(first)+…+\(last)"
  }

  private static func explanation(_ step: StepReport) -> String {
    guard let worst = step.deviation.worst else { return "\(step.output): differs" }
    let place = Number.position(worst.index, in: step.shape)
    return
      "DEFECT \(Diagnostics.printable(step.output))\(place): computed \(worst.found), exactly \(worst.exact), "
      + "rounding explains \(Number.short(worst.bound)) by \(step.kernel)"
  }

  private static func summary(_ report: VerificationReport, seconds: Double) -> String {
    let nodes = Set(report.steps.flatMap(\.nodes)).count
    var text =
      "\(report.steps.count) values of \(nodes) nodes verified in \(Text.fixed(seconds, digits: 1)) s: "
    text += report.defects.isEmpty ? "all right" : "\(report.defects.count) not explained by rounding"
    if let worst = report.worst, worst.deviation.worst != nil {
      text +=
        "; largest err/bound \(Number.short(worst.deviation.maxRatio)) at \(Diagnostics.printable(worst.output))"
    }
    return text
  }

  private struct Summary: Encodable {
    struct Element: Encodable {
      let index: Int
      let position: [Int]
      let found: Double
      let exact: Double
      let bound: Double
    }
    struct Step: Encodable {
      let step: Int
      let output: String
      let nodes: [String]
      let operators: [String]
      let kernel: String
      let type: String
      let shape: [Int]
      let max_error: Double
      let max_ulp: Double
      let error_over_bound: Double
      let verdict: String
      let worst: Element?
    }
    let steps: [Step]
    let verified: Int
    let defects: Int
    let max_error_over_bound: Double
    let seconds: Double
    let instruction_set: String
    let threads: Int

    init(_ report: VerificationReport, steps: [StepReport], session: Session, seconds: Double) {
      self.steps = steps.map { step in
        Step(
          step: step.step, output: step.output, nodes: step.nodes, operators: step.operators,
          kernel: step.kernel,
          type: step.type, shape: step.shape, max_error: step.deviation.maxError,
          max_ulp: step.deviation.maxULP,
          error_over_bound: step.deviation.maxRatio, verdict: step.verdict.rawValue,
          worst: step.deviation.worst.map {
            Element(
              index: $0.index, position: Number.coordinates($0.index, in: step.shape), found: $0.found,
              exact: $0.exact, bound: $0.bound)
          })
      }
      verified = report.steps.count
      defects = report.defects.count
      max_error_over_bound = report.worst?.deviation.maxRatio ?? 0
      self.seconds = seconds
      instruction_set = session.instructionSet
      threads = session.threads
    }
  }
}
