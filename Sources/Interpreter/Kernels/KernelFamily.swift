import Graph

/// A faster way to compute an operator on float32 tensors than its plain definition; absent means that the
/// definition runs.
public struct Kernel: Sendable {
  /// The operator, such as `Conv`.
  let operatorType: String
  /// What reports call this way of computing, such as `im2col+sgemm`.
  let name: String
  /// Sets the outputs and returns `true`, or returns `false` where the inputs are not of the kind it is for.
  let body: @Sendable (inout ReferenceCall) throws -> Bool

  init(
    _ operatorType: String, _ name: String, _ body: @escaping @Sendable (inout ReferenceCall) throws -> Bool
  ) {
    self.operatorType = operatorType
    self.name = name
    self.body = body
  }

  /// The kernel of an operator of the standard's own domain, or `nil` where it has none.
  static func find(_ operatorType: String) -> Kernel? { table[operatorType] }

  private static let table: [String: Kernel] = {
    var table: [String: Kernel] = [:]
    for family in families { for kernel in family { table[kernel.operatorType] = kernel } }
    return table
  }()

  /// The one list of lists.
  private static let families: [[Kernel]] = [
    activation, convolution, dense, elementwise, normalization, pooling, reduction, signal,
  ]
}

extension ReferenceCall {
  /// The tensors of all inputs, or `nil` where one is missing or not float32.
  func singles(_ count: Int) -> [Tensor]? {
    var tensors: [Tensor] = []
    for index in 0..<count {
      guard case .tensor(let tensor)? = value(index), tensor.elementType == .float32 else { return nil }
      tensors.append(tensor)
    }
    return tensors
  }
}
