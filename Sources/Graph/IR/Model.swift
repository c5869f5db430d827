import OrderedCollections

/// A graph with what is needed to understand it (`ModelProto`).
public struct Model: Sendable, Equatable {
  /// The version of the file format.
  public var irVersion: Int
  /// The version of each operator set, by domain; empty is the standard's own.
  public var opsetImports: OrderedDictionary<String, Int>
  /// The tool that wrote the model.
  public var producerName: String
  /// The tool's version.
  public var producerVersion: String
  /// Reverse-DNS name of the model's origin.
  public var domain: String
  /// The model's own version.
  public var modelVersion: Int
  /// A note for people.
  public var documentation: String
  /// Properties by key, such as labels and preprocessing.
  public var metadata: OrderedDictionary<String, String>
  /// What runs.
  public var graph: Graph
  /// Operators that the model defines itself.
  public var functions: [Function]

  /// A model around `graph`.
  public init(
    graph: Graph, opsetImports: OrderedDictionary<String, Int>, irVersion: Int, producerName: String = "",
    producerVersion: String = "", domain: String = "", modelVersion: Int = 0, documentation: String = "",
    metadata: OrderedDictionary<String, String> = [:], functions: [Function] = []
  ) {
    self.graph = graph
    self.opsetImports = opsetImports
    self.irVersion = irVersion
    self.producerName = producerName
    self.producerVersion = producerVersion
    self.domain = domain
    self.modelVersion = modelVersion
    self.documentation = documentation
    self.metadata = metadata
    self.functions = functions
  }

  /// The version of the standard's own operator set, which `ai.onnx` names too.
  public var opset: Int? { opsetImports[""] ?? opsetImports["ai.onnx"] }
}

/// An operator defined by a graph of others (`FunctionProto`).
public struct Function: Sendable, Equatable {
  /// The operator's name.
  public var name: String
  /// The operator's domain.
  public var domain: String
  /// Tells functions of the same name and domain apart.
  public var overload: String
  /// Names of the inputs in the body.
  public var inputs: [String]
  /// Names of the outputs in the body.
  public var outputs: [String]
  /// Names of attributes without default.
  public var attributes: [String]
  /// Attributes with their defaults.
  public var attributeDefaults: OrderedDictionary<String, Attribute>
  /// The body.
  public var nodes: [Node]
  /// The operator sets that the body uses.
  public var opsetImports: OrderedDictionary<String, Int>
  /// Types of values in the body, by name.
  public var valueInfo: OrderedDictionary<String, Value>
  /// A note for people.
  public var documentation: String
  /// Free-form properties.
  public var metadata: OrderedDictionary<String, String>

  /// A function of these parts.
  public init(
    name: String, domain: String, overload: String = "", inputs: [String], outputs: [String],
    attributes: [String] = [], attributeDefaults: OrderedDictionary<String, Attribute> = [:],
    nodes: [Node], opsetImports: OrderedDictionary<String, Int>,
    valueInfo: OrderedDictionary<String, Value> = [:], documentation: String = "",
    metadata: OrderedDictionary<String, String> = [:]
  ) {
    self.name = name
    self.domain = domain
    self.overload = overload
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.attributeDefaults = attributeDefaults
    self.nodes = nodes
    self.opsetImports = opsetImports
    self.valueInfo = valueInfo
    self.documentation = documentation
    self.metadata = metadata
  }
}
