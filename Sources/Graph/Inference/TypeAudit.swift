/// What is wrong with the types of a graph, noted while they are inferred.
final class TypeAudit {
  /// Told what was inferred of each subgraph's values.
  let observe: Graph.SubgraphObserver?
  /// Types that operators don't take: such a graph means nothing.
  private(set) var problems: [GraphError] = []
  /// Declarations that inference proves wrong: such a graph runs, and gives other shapes than it says.
  private(set) var contradictions: [GraphError] = []

  init(observe: Graph.SubgraphObserver? = nil) { self.observe = observe }

  /// Notes that a node writes fewer values than a subgraph of it gives.
  func expect(_ count: Int, outputsOf node: Node, of subgraph: Graph) {
    guard node.outputs.count < count else { return }
    contradictions.append(
      .shape(
        node: node.label,
        reason: "writes \(node.outputs.count) outputs, but graph '\(subgraph.name)' gives \(count)"))
  }

  /// Checks a node's inputs against what its operator takes: upgrades have given it the newest version's form, with
  /// elements of whatever type its own version permitted.
  func check(_ node: Node, inputTypes: [ValueType?]) {
    guard let version = OperatorSchema.newestVersions[node.domain],
      let schema = OperatorSchema.find(node.operatorType, domain: node.domain, version: version)
    else { return }
    // A function's body may get nothing where it needs something.
    for (index, parameter) in schema.inputs.enumerated()
    where parameter.occurrence == .single && node.input(index) == nil {
      problems.append(.shape(node: node.label, reason: "input '\(parameter.name)' is missing"))
    }
    if let problem = schema.misfit(
      of: node, inputTypes: inputTypes,
      orOf: OperatorSchema.versions(of: node.operatorType, domain: node.domain)),
      !problems.contains(problem)
    {
      problems.append(problem)
    }
  }

  /// Compares what is declared of a value with what it is.
  func compare(_ name: String, inferred: ValueType?, declared: ValueType?) {
    guard let inferred, let declared, inferred != declared else { return }
    if inferred.onnxName != declared.onnxName {
      let problem = GraphError.invalid(
        "'\(name)' is declared \(declared.onnxName), and is \(inferred.onnxName)")
      if !problems.contains(problem) { problems.append(problem) }
    } else if inferred.contradicts(declared) {
      let problem = GraphError.invalid("'\(name)' is declared \(declared), and is \(inferred)")
      if !contradictions.contains(problem) { contradictions.append(problem) }
    }
  }
}

extension OperatorSchema {
  /// The first input whose type neither this version nor one of `others` permits, or which differs from another that
  /// it has to equal.
  func misfit(
    of node: Node, inputTypes: [ValueType?], orOf others: @autoclosure () -> [OperatorSchema] = []
  ) -> GraphError? {
    var bound: [(parameter: String, type: String, input: String)] = []
    for (index, type) in inputTypes.enumerated() {
      guard let type = type?.schemaName, let parameter = Self.parameter(at: index, of: inputs) else {
        continue
      }
      let isPermitted =
        permittedTypes(of: parameter).contains(type)
        || others().contains { other in
          Self.parameter(at: index, of: other.inputs).map { other.permittedTypes(of: $0).contains(type) }
            ?? false
        }
      if !isPermitted {
        return .shape(node: node.label, reason: "input '\(parameter.name)' can't be \(type)")
      }
      if case .variadic(_, homogeneous: false) = parameter.occurrence { continue }
      guard typeParameters[parameter.type] != nil else { continue }
      guard let other = bound.first(where: { $0.parameter == parameter.type }) else {
        bound.append((parameter.type, type, parameter.name))
        continue
      }
      if other.type != type {
        return .shape(
          node: node.label,
          reason:
            "input '\(parameter.name)' is \(type), but '\(other.input)' is \(other.type); they have to be the same"
        )
      }
    }
    return nil
  }
}

extension ValueType {
  /// The type as our tables of schemas write it: of a map they name the values' element type alone.
  fileprivate var schemaName: String {
    switch self {
    case .map(let key, .tensor(let element, _)): "map(\(key.onnxName),\(element.onnxName))"
    case .sequence(let element): "seq(\(element.schemaName))"
    case .optional(let element): "optional(\(element.schemaName))"
    default: onnxName
    }
  }

  /// Whether no value can be of both types: their ranks differ, or two fixed extents.
  func contradicts(_ other: ValueType) -> Bool {
    switch (self, other) {
    case (.sequence(let one), .sequence(let two)), (.optional(let one), .optional(let two)):
      return one.contradicts(two)
    default:
      guard let one = shape, let two = other.shape else { return false }
      guard one.rank == two.rank else { return true }
      return zip(one.dimensions, two.dimensions).contains { left, right in
        guard let left = left.fixedValue, let right = right.fixedValue else { return false }
        return left != right
      }
    }
  }
}
