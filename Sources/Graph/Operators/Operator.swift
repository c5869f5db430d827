/// What this project knows of an operator beyond the standard's table of facts: how its outputs' types follow
/// from its inputs', and how its older versions read in today's form.
///
/// Operators stand in their family's file, `Operators/<Family>.swift`, and nowhere else.
public struct Operator: Sendable {
  /// Sets the types (and, where they are shapes, the values) of the outputs.
  public typealias Inference = @Sendable (inout InferenceContext) throws -> Void
  /// Rewrites a node of an older version into the newest version's form. A node that reads the same in both
  /// is returned as it is.
  public typealias Upgrade = @Sendable (Node, inout UpgradeContext) throws -> [Node]

  /// The operator, such as `Conv`.
  public let name: String
  /// Its domain; empty for the standard's own.
  public let domain: String
  let infer: Inference
  let upgrade: Upgrade?

  /// An operator of this name.
  ///
  /// - Parameters:
  ///   - upgrade: needed only where an older version means something else by the same words.
  ///   - infer: called for nodes in the newest form only.
  public init(
    _ name: String, domain: String = "", upgrade: Upgrade? = nil, infer: @escaping Inference
  ) {
    self.name = name
    self.domain = domain
    self.upgrade = upgrade
    self.infer = infer
  }
}

/// Operators that belong together, one file a family on every floor.
public struct OperatorFamily: Sendable {
  /// The family's name, which is its files' name on every floor.
  public let name: String
  /// The family's operators.
  public let operators: [Operator]

  /// A family of these operators.
  public init(_ name: String, _ operators: [Operator]) {
    self.name = name
    self.operators = operators
  }

  /// The operator of this name, or `nil` where no family knows it.
  public static func find(_ name: String, domain: String = "") -> Operator? {
    places.find(name, domain: domain == "ai.onnx" ? "" : domain).map { all[$0.family].operators[$0.item] }
  }

  private static let places = OperatorPlaces(sizes: all.map(\.operators.count)) { family, item in
    let known = all[family].operators[item]
    return (known.name, known.domain)
  }
}
