/// One call of a plan, for people and reports.
public struct PlanStep: Sendable, Hashable, Encodable {
  /// The nodes of the model that it computes.
  public let nodes: [String]
  /// The operator it stands for, such as `Conv` or `CBAM`.
  public let operatorType: String
  /// What computes it, such as `winograd f4 avx512`.
  public let kernel: String
  /// The output's extents.
  public let extents: [Int]
  /// Multiply-adds; 0 where nobody counts them.
  public let multiplyAdds: Int
  /// Bytes that it reads and writes at least: float32 values, packed weights.
  public let bytes: Int

  private enum CodingKeys: String, CodingKey {
    case nodes, kernel, bytes
    case operatorType = "operator"
    case extents = "output"
    case multiplyAdds = "multiply_adds"
  }

  init(_ step: Step) {
    nodes = step.origins
    operatorType = step.operatorType
    kernel = step.kernel
    extents = step.extents
    multiplyAdds = step.multiplyAdds
    bytes = step.bytes
  }
}
