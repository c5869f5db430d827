import Graph

/// One node about to be computed by its plain definition: inputs to read, outputs to set.
public struct ReferenceCall {
  /// The node, in the newest version's form.
  public let node: Node
  /// Values by position; `nil` where an optional input is missing.
  public let inputs: [RuntimeValue?]
  /// Values by position, to be set; those that nobody wants may be left `nil`.
  public var outputs: [RuntimeValue?]
  /// Runs a subgraph of the node, which sees the enclosing graph's values, on these inputs by position.
  public let runSubgraph: (Graph, [RuntimeValue?]) throws -> [RuntimeValue?]
  /// Makes a generator for a random operator: seeded by its `seed` attribute, or by the run.
  public let randomSeed: (Float?) -> UInt64

  init(
    node: Node, inputs: [RuntimeValue?],
    runSubgraph: @escaping (Graph, [RuntimeValue?]) throws -> [RuntimeValue?],
    randomSeed: @escaping (Float?) -> UInt64
  ) {
    self.node = node
    self.inputs = inputs
    self.runSubgraph = runSubgraph
    self.randomSeed = randomSeed
    outputs = Array(repeating: nil, count: node.outputs.count)
  }

  /// The value of an optional input, or `nil` where it is missing.
  public func value(_ index: Int) -> RuntimeValue? { index < inputs.count ? inputs[index] : nil }

  /// The tensor of a required input.
  ///
  /// - Throws: `InterpreterError` where it is missing or no tensor.
  public func tensor(_ index: Int) throws -> Tensor {
    guard let tensor = try optionalTensor(index) else { throw failure("input \(index) is missing") }
    return tensor
  }

  /// The tensor of an optional input, or `nil` where it is missing.
  ///
  /// - Throws: `InterpreterError` where it is given but no tensor.
  public func optionalTensor(_ index: Int) throws -> Tensor? {
    switch value(index) {
    case nil: return nil
    case .tensor(let tensor)?: return tensor
    case .optional(.tensor(let tensor)?, _)?: return tensor
    case let other?: throw failure("input \(index) is \(other.type), not a tensor")
    }
  }

  /// The integers of an optional input, or `nil` where it is missing.
  ///
  /// - Throws: where it is no tensor of integers.
  public func optionalInts(_ index: Int) throws -> [Int]? {
    try optionalTensor(index)?.integers().map { Int($0) }
  }

  /// Sets an output that is a tensor; ignored where the node lists fewer outputs.
  public mutating func set(_ index: Int = 0, _ tensor: Tensor) { set(index, .tensor(tensor)) }

  /// Sets an output; ignored where the node lists fewer outputs.
  public mutating func set(_ index: Int = 0, _ value: RuntimeValue) {
    if index < outputs.count { outputs[index] = value }
  }

  /// An error about this node.
  public func failure(_ reason: String) -> InterpreterError { .node(node.label, reason: reason) }

  /// `axis` counted from the front.
  ///
  /// - Throws: `InterpreterError` where it is out of range.
  public func normalizedAxis(_ axis: Int, rank: Int, allowingEnd: Bool = false) throws -> Int {
    guard axis >= -rank, axis < rank || (allowingEnd && axis == rank) else {
      throw failure("axis \(axis) is out of range for rank \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }
}
