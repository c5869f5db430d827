import OrderedCollections

/// Nodes in an order in which they can run, and what flows into and out of them (`GraphProto`).
public struct Graph: Sendable, Equatable {
  /// The graph's name.
  public var name: String
  /// Nodes, each after those whose outputs it reads.
  public var nodes: [Node]
  /// Constant values by name. One whose name is also an input is that input's default.
  public var initializers: OrderedDictionary<String, Tensor>
  /// Constant values stored sparsely.
  public var sparseInitializers: OrderedDictionary<String, SparseTensor>
  /// What the caller gives.
  public var inputs: [Value]
  /// What the caller gets.
  public var outputs: [Value]
  /// Types of values in between, by name.
  public var valueInfo: OrderedDictionary<String, Value>
  /// A note for people.
  public var documentation: String
  /// Free-form properties.
  public var metadata: OrderedDictionary<String, String>
  /// Quantization parameters by tensor name: key (`SCALE_TENSOR`) to the name of the tensor that holds it.
  public var quantizationAnnotations: OrderedDictionary<String, OrderedDictionary<String, String>>

  /// A graph of these parts.
  public init(
    name: String, nodes: [Node] = [], initializers: OrderedDictionary<String, Tensor> = [:],
    inputs: [Value] = [], outputs: [Value] = [], valueInfo: OrderedDictionary<String, Value> = [:],
    documentation: String = ""
  ) {
    self.name = name
    self.nodes = nodes
    self.initializers = initializers
    self.inputs = inputs
    self.outputs = outputs
    self.valueInfo = valueInfo
    self.documentation = documentation
    sparseInitializers = [:]
    metadata = [:]
    quantizationAnnotations = [:]
  }

  /// Inputs that the caller must give: those without a default.
  public var requiredInputs: [Value] {
    inputs.filter { initializers[$0.name] == nil && sparseInitializers[$0.name] == nil }
  }
}
