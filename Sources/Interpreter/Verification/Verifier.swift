import Graph
import OrderedCollections

/// Checks a session's every step: the nodes that it computed, on the very inputs that it got, by their definitions in
/// `Double`, within the a-priori bound of rounding.
public struct Verifier: Sendable {
  /// What is verified.
  public let session: Session
  let flow: DataFlow

  /// A verifier of what `session` computes.
  public init(_ session: Session) {
    self.session = session
    flow = DataFlow(session.model.graph)
  }

  /// Runs once on `inputs` and checks each step.
  ///
  /// - Parameter progress: called before each step with how many are done, and how many there are.
  /// - Throws: what `Session.run` throws.
  public func verify(
    _ inputs: OrderedDictionary<String, RuntimeValue>, progress: ((Int, Int) -> Void)? = nil
  ) throws -> VerificationReport {
    try verify(try session.trace(inputs), inputs: inputs, progress: progress)
  }

  /// Checks what the steps of a run wrote.
  func verify(
    _ steps: [TracedStep], inputs: OrderedDictionary<String, RuntimeValue>,
    progress: ((Int, Int) -> Void)? = nil
  ) throws -> VerificationReport {
    var report = VerificationReport()
    var known: [String: RuntimeValue] = [:]
    for (name, value) in inputs { known[name] = value }
    for (number, step) in steps.enumerated() {
      progress?(number, steps.count)
      // What isn't called as in the graph is the plan's own business: it shows in what follows.
      let values = step.values.filter { flow.writer(of: $0.key) != nil }
      for (name, value) in values {
        report.steps.append(try check(name, value, of: step, number: number + 1, known: known))
      }
      for (name, value) in values { known[name] = value }
    }
    progress?(steps.count, steps.count)
    return report
  }

  /// Checks one value against its definition, computed from what is known.
  func check(
    _ name: String, _ value: RuntimeValue, of step: TracedStep, number: Int, known: [String: RuntimeValue]
  ) throws -> StepReport {
    let positions = flow.nodes(computing: [name]) { known[$0] != nil || flow.isGiven($0) }
    var run = BoundedRun(flow: flow, seed: session.options.seed)
    run.algorithm = BoundCall.Algorithm(kernel: step.kernel)
    // Where the last node has no rule, nothing but its definition computes it.
    var isDefinition = false
    let results = try run(
      positions, from: { known[$0] }, undecided: { isDefinition = isDefinition || $0.outputs.contains(name) })
    guard let expected = results[name] else {
      throw InterpreterError.node(step.operatorType, reason: "did not compute '\(name)'")
    }
    let nodes = positions.map { flow.graph.nodes[$0] }
    func report(_ deviation: Deviation, _ verdict: StepReport.Verdict) -> StepReport {
      StepReport(
        step: number, output: name, nodes: nodes.map { $0.name.isEmpty ? $0.outputs.first ?? "" : $0.name },
        operators: nodes.map(\.operatorType), kernel: step.kernel, type: value.type.description,
        shape: value.tensor?.shape ?? [], deviation: deviation, verdict: verdict)
    }
    if let deviation = try Deviation(found: value, expected: expected) {
      let isExact = deviation.worst == nil && expected.errors == nil
      let verdict: StepReport.Verdict =
        deviation.maxRatio > 1 ? .defect : isDefinition ? .definition : isExact ? .exact : .rounding
      return report(deviation, verdict)
    }
    // Integers, truth values, text, sequences: equal or wrong.
    let isEqual = value == expected.value
    return report(Deviation(isEqual: isEqual), isEqual ? isDefinition ? .definition : .exact : .defect)
  }
}

extension Deviation {
  /// Of values that are equal or not.
  init(isEqual: Bool) {
    self.init(
      found: isEqual ? [] : [.nan], exact: isEqual ? [] : [0], errors: nil,
      precision: .double)
  }
}

extension BoundCall.Algorithm {
  /// The algorithm that a kernel's name tells: `winograd f4 …` is F(4 × 4, 3 × 3).
  init(kernel: String) {
    let words = kernel.split(separator: " ")
    if words.first == "winograd", words.count > 1, let m = Int(words[1].dropFirst()) {
      self = .winograd(m)
    } else {
      self = .sum
    }
  }
}
