import Graph

/// The plain definition of an operator: computed in `Double` where the type is floating, slow and plainly right.
///
/// Definitions stand in their family's file, `Reference/<Family>.swift`, and nowhere else. They see nodes in the
/// newest version's form only.
public struct ReferenceOperator: Sendable {
  /// The operator, such as `Conv`.
  public let name: String
  /// Its domain; empty for the standard's own.
  public let domain: String
  let body: @Sendable (inout ReferenceCall) throws -> Void

  /// A definition of the operator of this name.
  public init(
    _ name: String, domain: String = "", _ body: @escaping @Sendable (inout ReferenceCall) throws -> Void
  ) {
    self.name = name
    self.domain = domain
    self.body = body
  }
}

/// Definitions that belong together, one file a family.
public struct ReferenceFamily: Sendable {
  /// The family's name, which is its files' name on every floor.
  public let name: String
  /// The family's definitions.
  public let operators: [ReferenceOperator]

  init(_ name: String, _ operators: [ReferenceOperator]) {
    self.name = name
    self.operators = operators
  }

  /// The definition of the operator of this name, or `nil` where no family has it.
  public static func find(_ name: String, domain: String = "") -> ReferenceOperator? {
    places.find(name, domain: domain).map { all[$0.family].operators[$0.item] }
  }

  private static let places = OperatorPlaces(sizes: all.map(\.operators.count)) { family, item in
    let known = all[family].operators[item]
    return (known.name, known.domain)
  }
}
