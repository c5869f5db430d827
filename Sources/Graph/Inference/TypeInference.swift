import OrderedCollections

/// What is known of a graph's values without running it.
public struct InferredTypes: Sendable {
  /// Types by value name.
  public internal(set) var types: [String: ValueType] = [:]
  /// Values that are constant.
  public internal(set) var constants: [String: Tensor] = [:]
  /// Values that are shapes, known at least in symbols.
  public internal(set) var dimensions: [String: [Dimension]] = [:]

  /// Nothing known.
  public init() {}
}

extension Graph {
  /// Types and shapes of every value, carried from the inputs through each operator's inference.
  ///
  /// The graph must be in the newest version's form (`Model.upgraded()`), without calls of model-local
  /// functions (`Model.inliningFunctions()`).
  ///
  /// - Parameters:
  ///   - inputTypes: what is known better than the graph's own declarations, such as real extents.
  ///   - outer: values of enclosing graphs that this one may read.
  /// - Throws: `GraphError` where a node's inputs don't fit its operator.
  public func inferringTypes(
    inputTypes: [String: ValueType] = [:], outer: InferredTypes = InferredTypes()
  ) throws -> InferredTypes {
    var known = outer
    for (name, tensor) in initializers {
      known.types[name] = .tensor(tensor.elementType, Shape(tensor.shape))
      known.constants[name] = tensor
    }
    for (name, sparse) in sparseInitializers {
      known.types[name] = .tensor(sparse.values.elementType, Shape(sparse.shape))
    }
    for input in inputs {
      // An input with a default may be given another value, of the same type.
      known.constants[input.name] = nil
      if let type = inputTypes[input.name] ?? input.type { known.types[input.name] = type }
    }
    let declared = valueInfo.merging(outputs.map { ($0.name, $0) }) { first, _ in first }
    for node in nodes { try infer(node, declared: declared, into: &known) }
    return known
  }

  private func infer(
    _ node: Node, declared: OrderedDictionary<String, Value>, into known: inout InferredTypes
  ) throws {
    let outer = known
    var context = InferenceContext(
      node: node, inputTypes: node.inputs.map { known.types[$0] },
      constants: node.inputs.map { known.constants[$0] },
      dimensions: node.inputs.map { known.dimensions[$0] },
      inferSubgraph: { subgraph, inputs in
        var given: [String: ValueType] = [:]
        for (input, type) in zip(subgraph.inputs, inputs) { given[input.name] = type }
        let inside = try subgraph.inferringTypes(inputTypes: given, outer: outer)
        return subgraph.outputs.map { inside.types[$0.name] ?? $0.type }
      })
    if let known = OperatorFamily.find(node.operatorType, domain: node.domain) { try known.infer(&context) }
    for (index, name) in node.outputs.enumerated() where !name.isEmpty {
      known.constants[name] = context.outputConstants[index]
      known.types[name] = Self.better(context.outputTypes[index], declared[name]?.type)
      known.dimensions[name] = context.outputDimensions[index]
    }
  }

  /// What was inferred, with what was declared where inference knows less.
  static func better(_ inferred: ValueType?, _ declared: ValueType?) -> ValueType? {
    guard let inferred else { return declared }
    guard case .tensor(let type, let shape) = inferred, case .tensor(type, let other?)? = declared else {
      return inferred
    }
    guard let shape else { return .tensor(type, other) }
    guard shape.rank == other.rank else { return inferred }
    let dimensions = zip(shape.dimensions, other.dimensions).map { $0 == .unknown ? $1 : $0 }
    return .tensor(type, Shape(dimensions))
  }
}
