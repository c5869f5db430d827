import Graph

/// How far a computation of an operator in floating arithmetic may be from the exact result, element by element, with
/// whatever order of operations: what `docs/verification.md` derives.
struct BoundRule: Sendable {
  /// The operators that it is for, of the standard's own domain.
  let operators: [String]
  /// Sets the output.
  let body: @Sendable (inout BoundCall) throws -> Void

  init(_ operators: String..., body: @escaping @Sendable (inout BoundCall) throws -> Void) {
    self.operators = operators
    self.body = body
  }

  /// The rule of an operator, or `nil` where it has none: then only its definition computes it, which computes in
  /// `Double` and rounds once.
  static func find(_ node: Node) -> BoundRule? { node.domain.isEmpty ? table[node.operatorType] : nil }

  /// All operators that have a rule.
  static var known: [String] { table.keys.sorted() }

  private static let table: [String: BoundRule] = {
    var table: [String: BoundRule] = [:]
    for family in families { for rule in family { for name in rule.operators { table[name] = rule } } }
    return table
  }()

  /// The one list of lists.
  private static let families: [[BoundRule]] = [
    activation, convolution, dense, elementary, elementwise, movement, normalization, pooling,
    quantization, reduction, softmax,
  ]
}
