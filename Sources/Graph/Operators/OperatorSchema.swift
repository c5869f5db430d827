/// What the standard says of one version of one operator: arity, attributes, permitted types.
public struct OperatorSchema: Sendable, Equatable {
  /// The operator, such as `Conv`.
  public let name: String
  /// Its domain; empty for the standard's own.
  public let domain: String
  /// The first operator-set version with this definition.
  public let sinceVersion: Int
  /// Whether the standard has withdrawn the operator with this version.
  public let isDeprecated: Bool
  /// Formal inputs in order; only the last may be variadic.
  public let inputs: [Parameter]
  /// Formal outputs in order; only the last may be variadic.
  public let outputs: [Parameter]
  /// Attributes by name.
  public let attributes: [AttributeSpecification]
  /// Permitted types (`tensor(float)`) by type parameter (`T`).
  public let typeParameters: [String: Set<String>]

  /// A formal input or output.
  public struct Parameter: Sendable, Equatable {
    /// The name that the standard uses.
    public let name: String
    /// A type parameter (`T`) or a type itself (`tensor(int64)`).
    public let type: String
    /// How often it may occur.
    public let occurrence: Occurrence
  }

  /// How often a formal parameter may occur.
  public enum Occurrence: Sendable, Equatable {
    /// Exactly once.
    case single
    /// Once, or missing.
    case optional
    /// Any number from `minimum` up; of one common type where `homogeneous`.
    case variadic(minimum: Int, homogeneous: Bool)
  }

  /// A formal attribute.
  public struct AttributeSpecification: Sendable, Equatable {
    /// The attribute's name.
    public let name: String
    /// What kind of value it takes.
    public let kind: Attribute.Kind
    /// Whether it must be given.
    public let isRequired: Bool
    /// The value where it is not given, if the standard names one.
    public let defaultValue: Attribute?
  }

  /// How many inputs a node may list.
  public var inputCount: ClosedRange<Int> { Self.range(of: inputs) }
  /// How many outputs a node may list.
  public var outputCount: ClosedRange<Int> { Self.range(of: outputs) }

  private static func range(of parameters: [Parameter]) -> ClosedRange<Int> {
    var least = 0
    var most = 0
    for (index, parameter) in parameters.enumerated() {
      switch parameter.occurrence {
      case .single: (least, most) = (index + 1, index + 1)
      case .optional: most = index + 1
      case .variadic(let minimum, _): (least, most) = (index + minimum, Int.max)
      }
    }
    return least...max(least, most)
  }

  /// The formal parameter that position `index` belongs to; the variadic one takes all that follow.
  public static func parameter(at index: Int, of parameters: [Parameter]) -> Parameter? {
    if index < parameters.count { return parameters[index] }
    if let last = parameters.last, case .variadic = last.occurrence { return last }
    return nil
  }

  /// The types that `parameter` permits, in the standard's notation.
  public func permittedTypes(of parameter: Parameter) -> Set<String> {
    typeParameters[parameter.type] ?? [parameter.type]
  }

  /// The definition of `name` in force at operator-set version `version`, or `nil` where there is none.
  public static func find(_ name: String, domain: String = "", version: Int) -> OperatorSchema? {
    lines(of: name, domain: domain).last { $0.since <= version }?.schema
  }

  /// All definitions of `name`, oldest first.
  public static func versions(of name: String, domain: String = "") -> [OperatorSchema] {
    lines(of: name, domain: domain).compactMap(\.schema)
  }

  /// Whether this is the newest definition of its operator.
  var isNewest: Bool { Self.lines(of: name, domain: domain).last?.since == sinceVersion }

  private static func lines(of name: String, domain: String) -> [OperatorSignatures.Version] {
    OperatorSignatures.versions(of: name, domain: domain == "ai.onnx" ? "" : domain)
  }

  /// The newest operator-set version that is known, by domain.
  public static var newestVersions: [String: Int] { OperatorSignatures.newestVersions }

  /// Every operator that the standard names, as (domain, name), in order.
  public static var allOperators: [(domain: String, name: String)] { OperatorSignatures.allOperators }
}
