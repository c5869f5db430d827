import Graph

/// What verification says of one value that a step of a run wrote.
public struct StepReport: Sendable, Equatable {
  /// The step's number, from 1.
  public let step: Int
  /// The value's name in the graph.
  public let output: String
  /// Names of the nodes that the step computed, by their first output where they have none.
  public let nodes: [String]
  /// Their operators, in order.
  public let operators: [String]
  /// What computed it, such as `winograd f4 avx512`.
  public let kernel: String
  /// The value's type and extents, such as `float [1, 32, 16, 16]`.
  public let type: String
  /// The value's extents; empty where it is no tensor.
  public let shape: [Int]
  /// How far the value is from the exact one.
  public let deviation: Deviation
  /// What follows.
  public let verdict: Verdict

  /// What verification concludes.
  public enum Verdict: String, Sendable, Equatable {
    /// Nothing may differ, and nothing does.
    case exact
    /// Rounding explains the difference.
    case rounding = "ok"
    /// The operator's definition itself computed it; there is nothing faster to doubt.
    case definition
    /// Rounding does not explain the difference.
    case defect = "DEFECT"
  }
}

/// What verification says of one run.
public struct VerificationReport: Sendable {
  /// One report for each value, in the order of the run.
  public internal(set) var steps: [StepReport] = []

  /// Reports of values that rounding does not explain.
  public var defects: [StepReport] { steps.filter { $0.verdict == .defect } }

  /// The report with the largest quotient of difference and bound.
  public var worst: StepReport? { steps.max { $0.deviation.maxRatio < $1.deviation.maxRatio } }
}
