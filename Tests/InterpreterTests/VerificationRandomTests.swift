import Graph
import Testing

@testable import Interpreter

/// Correct kernels are not accused, whatever they are given; a million cases run by `cbam-verify --random 1000000`.
@Suite struct VerificationRandomTests {
  @Test(arguments: 0..<12)
  func correctKernelsAreNotAccused(family: Int) throws {
    let cases = RandomCases(seed: 1)
    var options = SessionOptions()
    options.threads = 1
    for round in 0..<250 {
      let number = round * RandomCases.families.count + family
      let one = try cases(number)
      let report = try cases.verify(one, options: options)
      // What only looks at values in another way takes no step.
      #expect(!report.steps.isEmpty || one.family == "movement", "\(one.recipe)")
      for defect in report.defects {
        Issue.record("case \(number) of seed 1: \(defect.kernel) \(defect.deviation): \(one.recipe)")
      }
    }
  }

  @Test func everyFamilyHasCases() { #expect(RandomCases.families.count == 12) }
}
