import Graph
import OrderedCollections

/// Runs a graph node by node, each by its plain definition: slow, allocating, and what everything faster is
/// judged by.
public struct ReferenceEvaluator: Sendable {
  /// The model in the form that is run: newest operator versions, no function calls.
  public let model: Model
  /// Seeds random operators that have no seed of their own.
  public let seed: UInt64
  private let usesKernels: Bool

  /// An evaluator of `model`, which may be of any supported operator-set version.
  ///
  /// - Throws: `GraphError` where the model has operators that aren't known.
  public init(model: Model, seed: UInt64 = 0) throws {
    self.init(upgraded: try model.upgraded(), seed: seed, usesKernels: false)
  }

  init(upgraded model: Model, seed: UInt64, usesKernels: Bool) {
    self.model = model
    self.seed = seed
    self.usesKernels = usesKernels
  }

  /// The graph's outputs for `inputs`, in the graph's order.
  ///
  /// - Parameter tap: called with every value as it is computed, graph inputs and initializers excepted.
  /// - Throws: `InterpreterError` naming the input or node at fault.
  public func run(
    _ inputs: OrderedDictionary<String, RuntimeValue>,
    tap: ((Node, String, RuntimeValue) throws -> Void)? = nil
  ) throws -> OrderedDictionary<String, RuntimeValue> {
    let graph = model.graph
    try Self.check(inputs, of: graph)
    var given: [String: RuntimeValue] = [:]
    for input in graph.inputs {
      guard let value = inputs[input.name] else {
        if case .optional(let element)? = input.type { given[input.name] = .optional(nil, element: element) }
        continue
      }
      given[input.name] = value
    }
    let scope = Scope(values: given, parent: nil)
    let values = try evaluate(graph, in: scope, tap: tap)
    var outputs: OrderedDictionary<String, RuntimeValue> = [:]
    for (output, value) in zip(graph.outputs, values) {
      guard let value else {
        throw InterpreterError.node("the graph", reason: "output '\(output.name)' has no value")
      }
      outputs[output.name] = value
    }
    return outputs
  }

  /// Computes one node by its plain definition.
  ///
  /// - Parameter node: in the newest version's form, without subgraphs that read enclosing values.
  /// - Throws: `InterpreterError` or `TensorError` where its inputs don't fit.
  public static func evaluate(node: Node, inputs: [RuntimeValue?], seed: UInt64 = 0) throws -> [RuntimeValue?]
  {
    try ReferenceScope(seed: seed).evaluate(node, inputs, Scope(values: [:], parent: nil), position: 0)
  }

  /// Computes nodes for shape inference (`Graph.inferringTypes`) by their plain definitions; random ones are left
  /// to the run.
  public static let constants: @Sendable (Node, [Tensor?]) throws -> [Tensor?] = { node, inputs in
    let isRandom = ReferenceFamily.random.operators.contains { $0.name == node.operatorType }
    if isRandom && node.domain.isEmpty { return node.outputs.map { _ in nil } }
    return try evaluate(node: node, inputs: inputs.map { $0.map(RuntimeValue.tensor) }).map { $0?.tensor }
  }

  private func evaluate(
    _ graph: Graph, in scope: Scope, tap: ((Node, String, RuntimeValue) throws -> Void)?
  ) throws -> [RuntimeValue?] {
    try ReferenceScope(seed: seed, usesKernels: usesKernels).evaluate(graph, in: scope, tap: tap)
  }

  /// Whether `inputs` are what `graph` takes.
  ///
  /// - Throws: `InterpreterError` naming the input that is missing, unknown, or of another type.
  static func check(_ inputs: OrderedDictionary<String, RuntimeValue>, of graph: Graph) throws {
    for name in inputs.keys where !graph.inputs.contains(where: { $0.name == name }) {
      throw InterpreterError.unknownInput(name, known: graph.inputs.map(\.name))
    }
    for input in graph.requiredInputs where inputs[input.name] == nil {
      if case .optional? = input.type { continue }
      throw InterpreterError.missingInput(input.name, type: input.type)
    }
    for input in graph.inputs {
      if let value = inputs[input.name], let type = input.type {
        try check(value, as: type, name: input.name)
      }
    }
  }

  private static func check(_ value: RuntimeValue, as type: ValueType, name: String) throws {
    guard case .tensor(let expected, let shape) = type, case .tensor(let tensor) = value else { return }
    let mismatch = InterpreterError.inputType(name, expected: type, found: value.type)
    guard tensor.elementType == expected else { throw mismatch }
    guard let shape else { return }
    guard shape.rank == tensor.rank else { throw mismatch }
    for (dimension, extent) in zip(shape.dimensions, tensor.shape) {
      if case .fixed(let fixed) = dimension, fixed != extent { throw mismatch }
    }
  }
}

/// The values that nodes of one graph see: its own, then those of the graphs around it.
final class Scope {
  var values: [String: RuntimeValue]
  let parent: Scope?

  init(values: [String: RuntimeValue], parent: Scope?) {
    self.values = values
    self.parent = parent
  }

  func find(_ name: String) -> RuntimeValue? {
    var scope: Scope? = self
    while let current = scope {
      if let value = current.values[name] { return value }
      scope = current.parent
    }
    return nil
  }
}

/// Runs graphs and nodes within scopes.
struct ReferenceScope {
  let seed: UInt64
  /// Whether nodes that have a kernel use it.
  var usesKernels = false

  func evaluate(
    _ graph: Graph, in scope: Scope, tap: ((Node, String, RuntimeValue) throws -> Void)? = nil
  ) throws -> [RuntimeValue?] {
    for (name, tensor) in graph.initializers where scope.values[name] == nil {
      scope.values[name] = .tensor(tensor)
    }
    for (name, sparse) in graph.sparseInitializers where scope.values[name] == nil {
      scope.values[name] = .sparseTensor(sparse)
    }
    for (position, node) in graph.nodes.enumerated() {
      let inputs = try node.inputs.map { name -> RuntimeValue? in
        if name.isEmpty { return nil }
        guard let value = scope.find(name) else {
          throw GraphError.undefinedValue(name: name, reader: node.label)
        }
        return value
      }
      let outputs = try evaluate(node, inputs, scope, position: position)
      for (name, value) in zip(node.outputs, outputs) where !name.isEmpty {
        guard let value else { throw InterpreterError.node(node.label, reason: "did not compute '\(name)'") }
        scope.values[name] = value
        try tap?(node, name, value)
      }
    }
    return graph.outputs.map { scope.find($0.name) }
  }

  func evaluate(_ node: Node, _ inputs: [RuntimeValue?], _ scope: Scope, position: Int) throws
    -> [RuntimeValue?]
  {
    guard let definition = ReferenceFamily.find(node.operatorType, domain: node.domain) else {
      throw GraphError.unknownOperators(.init([node]))
    }
    var call = ReferenceCall(
      node: node, inputs: inputs,
      runSubgraph: { graph, values in
        let inner = Scope(values: [:], parent: scope)
        for (input, value) in zip(graph.inputs, values) { inner.values[input.name] = value }
        return try evaluate(graph, in: inner)
      },
      randomSeed: { own in
        // The position keeps generators of one run apart; a seed of the node's own makes it repeatable alone.
        if let own { return UInt64(own.bitPattern) }
        return seed &+ UInt64(position) &* 0x9E37_79B9_7F4A_7C15
      })
    do {
      if usesKernels, node.domain.isEmpty, let kernel = Kernel.find(node.operatorType), try kernel.body(&call)
      {
        return call.outputs
      }
      try definition.body(&call)
    } catch let error as TensorError {
      throw InterpreterError.node(node.label, reason: error.description)
    }
    return call.outputs
  }
}
