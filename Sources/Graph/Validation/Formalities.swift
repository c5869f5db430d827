import OrderedCollections

extension Model {
  /// What the standard forbids and yet leaves no doubt about what is meant, in a model that has no `problems()`:
  /// outputs of which nothing is declared, declarations that inference proves wrong, and types that operators take
  /// in later operator sets only. Such a model runs.
  ///
  /// - Throws: `GraphError` where a node's inputs don't fit its operator.
  public func formalities() throws -> [GraphError] {
    var found: [GraphError] = []
    for value in graph.inputs + graph.outputs where !value.isDeclared {
      found.append(
        .invalid("'\(value.name)' is declared without its \(value.type == nil ? "type" : "shape")"))
    }
    let audit = TypeAudit()
    let known = try upgraded().graph.inferringTypes(
      inputTypes: [:], outer: InferredTypes(), evaluate: nil, audit: audit)
    found += audit.contradictions
    for node in graph.nodes {
      let version = opsetImports[node.domain] ?? (node.domain.isEmpty ? opset : nil)
      guard let version,
        let schema = OperatorSchema.find(node.operatorType, domain: node.domain, version: version),
        let misfit = schema.misfit(of: node, inputTypes: node.inputs.map { known.types[$0] })
      else { continue }
      found.append(misfit)
    }
    return found
  }
}

extension Value {
  /// Whether the type says as much as the standard asks for at a graph's border: for tensors, a shape too.
  fileprivate var isDeclared: Bool {
    switch type {
    case nil: false
    case .tensor(_, let shape), .sparseTensor(_, let shape): shape != nil
    default: true
    }
  }
}
