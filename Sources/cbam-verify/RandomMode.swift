import CommandSupport
import Interpreter

/// `--random N`: made-up graphs of every family, none of which may be accused.
struct RandomMode {
  /// The first graph's number; with the seed it says what the graph is.
  let first: Int
  let count: Int
  let seed: UInt64
  let options: SessionOptions

  private struct Report: Encodable {
    struct Family: Encodable {
      var cases = 0
      var accused = 0
      var max_error_over_bound = 0.0
    }
    var families: [String: Family] = [:]
    var cases = 0
    var accused = 0
  }

  func run(asJSON: Bool) throws {
    var options = options
    // Small graphs gain nothing from more.
    options.threads = options.threads ?? 1
    let cases = RandomCases(seed: seed)
    let (progress, results) = (Progress(), ResultStream())
    var report = Report()
    for done in 0..<count {
      if done % 100 == 0 { progress.show(done, of: count, "cases") }
      let number = first + done
      let one = try cases(number)
      var family = report.families[one.family] ?? .init()
      family.cases += 1
      report.cases += 1
      let verified = try cases.verify(one, options: options)
      family.max_error_over_bound = max(family.max_error_over_bound, verified.worst?.deviation.maxRatio ?? 0)
      if let defect = verified.defects.first {
        family.accused += 1
        report.accused += 1
        let ratio = Number.short(defect.deviation.maxRatio)
        progress.clear()
        Diagnostics(command: "cbam-verify").note(
          "case \(number) of seed \(seed): \(defect.kernel): err/bound \(ratio): \(one.recipe)")
      }
      report.families[one.family] = family
    }
    progress.clear()
    if asJSON {
      try results.json(report)
    } else {
      let width = report.families.keys.map(\.count).max() ?? 0
      for (name, family) in report.families.sorted(by: { $0.key < $1.key }) {
        try results.line(
          "\(Text.left(name, width))  \(family.cases) cases, \(family.accused) accused, "
            + "largest err/bound \(Number.short(family.max_error_over_bound))")
      }
      try results.line("\(report.cases) cases, \(report.accused) accused")
    }
    if report.accused > 0 { throw Unsuccessful() }
  }
}
