import OrderedCollections

/// One application of an operator (`NodeProto`).
public struct Node: Sendable, Equatable {
  /// What it consists of. Nodes are passed from pass to pass and seldom changed: a copy holds one reference to the parts
  /// until it is changed, and not each part's own.
  private var parts: Parts

  /// Only `Node` reaches them, and what it changes is its own: that no two accesses overlap is known of the node, and
  /// need not be asked of each part again while a program runs.
  private final class Parts: @unchecked Sendable {
    @exclusivity(unchecked) var name: String
    @exclusivity(unchecked) var operatorType: String
    @exclusivity(unchecked) var domain: String
    @exclusivity(unchecked) var overload: String
    @exclusivity(unchecked) var inputs: [String]
    @exclusivity(unchecked) var outputs: [String]
    @exclusivity(unchecked) var attributes: OrderedDictionary<String, Attribute>
    @exclusivity(unchecked) var documentation: String
    @exclusivity(unchecked) var metadata: OrderedDictionary<String, String>

    init(
      name: String, operatorType: String, domain: String, overload: String, inputs: [String],
      outputs: [String], attributes: OrderedDictionary<String, Attribute>, documentation: String,
      metadata: OrderedDictionary<String, String>
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

    func copy() -> Parts {
      Parts(
        name: name, operatorType: operatorType, domain: domain, overload: overload, inputs: inputs,
        outputs: outputs, attributes: attributes, documentation: documentation, metadata: metadata)
    }
  }

  /// The parts, of which no other node knows: what may be changed.
  private var ownParts: Parts {
    mutating get {
      if !isKnownUniquelyReferenced(&parts) { parts = parts.copy() }
      return parts
    }
  }

  /// The node's own name; may be empty in files of others.
  public var name: String {
    get { parts.name }
    _modify { yield &ownParts.name }
  }
  /// The operator, such as `Conv`.
  public var operatorType: String {
    get { parts.operatorType }
    _modify { yield &ownParts.operatorType }
  }
  /// The operator's domain; empty for the standard's own.
  public var domain: String {
    get { parts.domain }
    _modify { yield &ownParts.domain }
  }
  /// Which overload of a model-local function is meant.
  public var overload: String {
    get { parts.overload }
    _modify { yield &ownParts.overload }
  }
  /// Names of the values read; an empty name is a missing optional input.
  public var inputs: [String] {
    get { parts.inputs }
    _modify { yield &ownParts.inputs }
  }
  /// Names of the values written; an empty name is an output nobody wants.
  public var outputs: [String] {
    get { parts.outputs }
    _modify { yield &ownParts.outputs }
  }
  /// Attributes by name, in the order written.
  public var attributes: OrderedDictionary<String, Attribute> {
    get { parts.attributes }
    _modify { yield &ownParts.attributes }
  }
  /// A note for people.
  public var documentation: String {
    get { parts.documentation }
    _modify { yield &ownParts.documentation }
  }
  /// Free-form properties.
  public var metadata: OrderedDictionary<String, String> {
    get { parts.metadata }
    _modify { yield &ownParts.metadata }
  }

  /// A node that applies `operatorType`.
  public init(
    _ operatorType: String, name: String = "", domain: String = "", overload: String = "",
    inputs: [String], outputs: [String], attributes: OrderedDictionary<String, Attribute> = [:],
    documentation: String = "", metadata: OrderedDictionary<String, String> = [:]
  ) {
    parts = Parts(
      name: name, operatorType: operatorType, domain: domain, overload: overload, inputs: inputs,
      outputs: outputs, attributes: attributes, documentation: documentation, metadata: metadata)
  }

  /// Whether both consist of the same.
  public static func == (one: Node, other: Node) -> Bool {
    one.parts === other.parts
      || (one.name == other.name && one.operatorType == other.operatorType && one.domain == other.domain
        && one.overload == other.overload && one.inputs == other.inputs && one.outputs == other.outputs
        && one.attributes == other.attributes && one.documentation == other.documentation
        && one.metadata == other.metadata)
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
