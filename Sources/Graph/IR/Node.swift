import OrderedCollections

/// One application of an operator (`NodeProto`).
public struct Node: Sendable, Equatable {
  /// The node's own name; may be empty in files of others.
  public var name: String
  /// The operator, such as `Conv`.
  public var operatorType: String
  /// The operator's domain; empty for the standard's own.
  public var domain: String
  /// Which overload of a model-local function is meant.
  public var overload: String
  /// Names of the values read; an empty name is a missing optional input.
  public var inputs: [String]
  /// Names of the values written; an empty name is an output nobody wants.
  public var outputs: [String]
  /// Attributes by name, in the order written.
  public var attributes: OrderedDictionary<String, Attribute>
  /// A note for people.
  public var documentation: String
  /// Free-form properties.
  public var metadata: OrderedDictionary<String, String>

  /// A node that applies `operatorType`.
  public init(
    _ operatorType: String, name: String = "", domain: String = "", overload: String = "",
    inputs: [String], outputs: [String], attributes: OrderedDictionary<String, Attribute> = [:],
    documentation: String = "", metadata: OrderedDictionary<String, String> = [:]
  ) {
    self.name = name
    self.operatorType = operatorType
    self.domain = domain
    self.overload = overload
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.documentation = documentation
    self.metadata = metadata
  }

  /// How error messages call this node: `node 'conv1' (Conv)`, or by its first output where it has no name.
  public var label: String {
    let kind = domain.isEmpty ? operatorType : "\(domain).\(operatorType)"
    if !name.isEmpty { return "node '\(name)' (\(kind))" }
    return "the \(kind) node that writes '\(outputs.first { !$0.isEmpty } ?? "")'"
  }

  /// The input's name, or `nil` where the optional input is missing.
  public func input(_ index: Int) -> String? {
    guard index < inputs.count, !inputs[index].isEmpty else { return nil }
    return inputs[index]
  }

  /// The output's name, or `nil` where nobody wants it.
  public func output(_ index: Int) -> String? {
    guard index < outputs.count, !outputs[index].isEmpty else { return nil }
    return outputs[index]
  }
}

/// Typed access with the standard's defaults given at the call.
extension Node {
  /// The integer attribute `name`, if present as one.
  public func int(_ name: String) -> Int? {
    if case .int(let value)? = attributes[name] { Int(value) } else { nil }
  }
  /// The integer list attribute `name`, if present as one.
  public func ints(_ name: String) -> [Int]? {
    if case .ints(let values)? = attributes[name] { values.map { Int($0) } } else { nil }
  }
  /// The float attribute `name`, if present as one.
  public func float(_ name: String) -> Float? {
    if case .float(let value)? = attributes[name] { value } else { nil }
  }
  /// The float list attribute `name`, if present as one.
  public func floats(_ name: String) -> [Float]? {
    if case .floats(let values)? = attributes[name] { values } else { nil }
  }
  /// The string attribute `name`, if present as one.
  public func string(_ name: String) -> String? {
    if case .string(let value)? = attributes[name] { value } else { nil }
  }
  /// The string list attribute `name`, if present as one.
  public func strings(_ name: String) -> [String]? {
    if case .strings(let values)? = attributes[name] { values } else { nil }
  }
  /// The tensor attribute `name`, if present as one.
  public func tensor(_ name: String) -> Tensor? {
    if case .tensor(let value)? = attributes[name] { value } else { nil }
  }
  /// The graph attribute `name`, if present as one.
  public func graph(_ name: String) -> Graph? {
    if case .graph(let value)? = attributes[name] { value } else { nil }
  }
}
