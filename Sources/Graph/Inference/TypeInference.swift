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

/// Computes a node's outputs from its inputs' values, `nil` where an optional input is missing; `nil` for outputs
/// that are not to be known before the run, such as random ones.
public typealias ConstantEvaluator = (Node, [Tensor?]) throws -> [Tensor?]

extension Graph {
  /// Called with a subgraph and what is known of its values and of those around it.
  public typealias SubgraphObserver = (Graph, InferredTypes) -> Void

  /// Types and shapes of every value, carried from the inputs through each operator's inference.
  ///
  /// The graph must be in the newest version's form, without calls of model-local functions: `Model.upgraded()`.
  ///
  /// - Parameters:
  ///   - inputTypes: what is known better than the graph's own declarations, such as real extents.
  ///   - outer: values of enclosing graphs that this one may read.
  ///   - evaluate: computes nodes whose inputs are all known, so that shapes may depend on them.
  ///   - observe: called for each subgraph, the inner ones first.
  /// - Throws: `GraphError` where a node's inputs don't fit its operator.
  public func inferringTypes(
    inputTypes: [String: ValueType] = [:], outer: InferredTypes = InferredTypes(),
    evaluate: ConstantEvaluator? = nil, observe: SubgraphObserver? = nil
  ) throws -> InferredTypes {
    try inferringTypes(
      inputTypes: inputTypes, outer: outer, evaluate: evaluate,
      audit: observe.map { TypeAudit(observe: $0) })
  }

  /// Checks that every operator, in subgraphs too, is given types and shapes that it takes.
  ///
  /// The graph must be in the newest version's form, without calls of model-local functions: `Model.upgraded()`.
  ///
  /// - Parameters:
  ///   - inputTypes: what is known better than the graph's own declarations, such as real extents.
  ///   - evaluate: computes nodes whose inputs are all known, so that shapes may depend on them.
  /// - Returns: what was inferred.
  /// - Throws: `GraphError`, the first that is found.
  @discardableResult
  public func checkTypes(
    inputTypes: [String: ValueType] = [:], evaluate: ConstantEvaluator? = nil
  ) throws -> InferredTypes {
    let audit = TypeAudit()
    let known = try inferringTypes(
      inputTypes: inputTypes, outer: InferredTypes(), evaluate: evaluate, audit: audit)
    if let first = audit.problems.first { throw first }
    return known
  }

  /// Infers as above, and notes in `audit` what is wrong.
  func inferringTypes(
    inputTypes: [String: ValueType], outer: InferredTypes, evaluate: ConstantEvaluator?, audit: TypeAudit?
  ) throws -> InferredTypes {
    var known = outer
    for (name, tensor) in initializers {
      known.types[name] = .tensor(tensor.elementType, Shape(tensor.shape))
      known.constants[name] = tensor
      known.dimensions[name] = nil
    }
    for (name, sparse) in sparseInitializers {
      known.types[name] = .tensor(sparse.values.elementType, Shape(sparse.shape))
    }
    for input in inputs {
      audit?.compare(
        input.name,
        inferred: inputTypes[input.name]
          ?? initializers[input.name].map { .tensor($0.elementType, Shape($0.shape)) }, declared: input.type)
      // An input with a default may be given another value, of the same type.
      known.constants[input.name] = nil
      known.dimensions[input.name] = nil
      if let type = inputTypes[input.name] ?? input.type { known.types[input.name] = type }
    }
    let declared = valueInfo.merging(outputs.map { ($0.name, $0) }) { first, _ in first }
    for node in nodes {
      try infer(node, declared: declared, evaluate: evaluate, audit: audit, into: &known)
    }
    for output in outputs {
      audit?.compare(output.name, inferred: known.types[output.name], declared: output.type)
    }
    return known
  }

  private func infer(
    _ node: Node, declared: OrderedDictionary<String, Value>, evaluate: ConstantEvaluator?, audit: TypeAudit?,
    into known: inout InferredTypes
  ) throws {
    // A second reference makes the next change copy everything: it is kept where it is needed only.
    let hasSubgraphs = node.attributes.values.contains { !$0.subgraphs.isEmpty }
    let outer = hasSubgraphs ? known : InferredTypes()
    var context = InferenceContext(
      node: node, inputTypes: node.inputs.map { known.types[$0] },
      constants: node.inputs.map { known.constants[$0] },
      dimensions: node.inputs.map { known.dimensions[$0] }, audit: audit,
      inferSubgraph: { subgraph, inputs in
        var given: [String: ValueType] = [:]
        for (input, type) in zip(subgraph.inputs, inputs) { given[input.name] = type }
        let inside = try subgraph.inferringTypes(
          inputTypes: given, outer: outer, evaluate: evaluate, audit: audit)
        audit?.observe?(subgraph, inside)
        return subgraph.outputs.map { inside.types[$0.name] ?? $0.type }
      })
    audit?.check(node, inputTypes: context.inputTypes)
    if let known = OperatorFamily.find(node.operatorType, domain: node.domain) { try known.infer(&context) }
    if let evaluate, !hasSubgraphs { Self.evaluate(&context, evaluate) }
    for (index, name) in node.outputs.enumerated() where !name.isEmpty {
      let said = declared[name]?.type
      audit?.compare(name, inferred: context.outputTypes[index], declared: said)
      known.constants[name] = context.outputConstants[index]
      known.types[name] = Self.better(context.outputTypes[index], said)
      known.dimensions[name] = context.outputDimensions[index]
    }
  }

  /// Values above this many elements don't decide about shapes; they are left to constant folding.
  private static let evaluationLimit = 1 << 12

  /// Fills in the outputs' values, from what inference says of them or by running the node.
  private static func evaluate(_ context: inout InferenceContext, _ evaluate: ConstantEvaluator) {
    for output in context.node.outputs.indices where context.outputConstants[output] == nil {
      guard case .tensor(let type, let shape?)? = context.outputTypes[output], shape.rank <= 1,
        let values = context.outputDimensions[output], type.isInteger || type == .bool
      else { continue }
      let numbers = values.compactMap { $0.fixedValue.map(Int64.init) }
      guard numbers.count == values.count else { continue }
      context.outputConstants[output] = try? Tensor(
        integers: numbers, as: type, shape: shape.rank == 0 ? [] : [numbers.count])
    }
    guard context.outputConstants.contains(where: { $0 == nil }), !context.node.outputs.isEmpty else {
      return
    }
    let inputs = context.node.inputs.indices.map { context.constant($0) }
    let isKnown = inputs.indices.allSatisfy { inputs[$0] != nil || !context.hasInput($0) }
    guard isKnown, inputs.reduce(0, { $0 + ($1?.count ?? 0) }) <= evaluationLimit,
      context.outputTypes.reduce(0, { $0 + ($1?.shape?.elementCount.fixedValue ?? 0) }) <= evaluationLimit
    else { return }
    // A failure is the run's to report, if the node runs at all.
    guard let outputs = try? evaluate(context.node, inputs) else { return }
    for (index, output) in outputs.enumerated() where index < context.outputConstants.count {
      guard let output else { continue }
      context.outputConstants[index] = output
      context.outputTypes[index] = .tensor(output.elementType, Shape(output.shape))
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
