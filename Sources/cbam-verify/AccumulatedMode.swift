import CommandSupport
import Files
import Graph
import Interpreter
import OrderedCollections

/// `--accumulated`: the whole network in double precision beside the run.
struct AccumulatedMode {
  let subject: VerifiedModel
  let inputs: OrderedDictionary<String, RuntimeValue>
  let chart: String?

  private struct Report: Encodable {
    struct Value: Encodable {
      let step: Int
      let output: String
      let operators: [String]
      let magnitude: Double
      let max_error: Double
      let relative_error: Double
      let local_error: Double
    }
    let values: [Value]
  }

  func run(asJSON: Bool) throws {
    let progress = Progress()
    let errors: [AccumulatedError]
    do {
      errors = try Verifier(subject.session).accumulatedErrors(inputs) { progress.show($0, of: $1, "steps") }
    } catch let error as InterpreterError {
      throw VerifyError("\(subject.path): \(error)")
    }
    progress.clear()
    if let chart {
      let picture = ErrorChart(errors: errors, title: "Rounding errors of \(subject.path)")
      let file = try AtomicFile(path: chart)
      try file.write(Array(picture.svg.utf8))
      try file.commit()
    }
    let results = ResultStream()
    if asJSON {
      return try results.json(
        Report(
          values: errors.map {
            .init(
              step: $0.step, output: $0.output, operators: $0.operators, magnitude: $0.magnitude,
              max_error: $0.maxError, relative_error: $0.relativeError, local_error: $0.localError)
          }))
    }
    var table = Table(
      ["step", "output", "operator", "max |value|", "accumulated", "relative", "step adds"],
      right: [0, 3, 4, 5, 6])
    for error in errors {
      table.add([
        "\(error.step)", Diagnostics.printable(error.output), StepsMode.summary(error.operators),
        Number.short(error.magnitude), Number.short(error.maxError), Number.short(error.relativeError),
        Number.short(error.localError),
      ])
    }
    for line in table.lines { try results.line(line) }
  }
}
