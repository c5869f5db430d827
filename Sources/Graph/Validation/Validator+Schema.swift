import OrderedCollections

extension Validator {
  /// Checks a node against the definition of its operator in force.
  mutating func checkSchema(of node: Node, opsetImports: OrderedDictionary<String, Int>) {
    let domain = node.domain == "ai.onnx" ? "" : node.domain
    func problem(_ reason: String) { problems.append(.invalid("\(node.label): \(reason)")) }
    if node.operatorType.isEmpty { return problem("names no operator") }
    // Before format version 3, the operator set was version 1 for all.
    let imported = opsetImports[domain] ?? (domain.isEmpty ? opsetImports["ai.onnx"] : nil)
    if imported != nil,
      model.functions.contains(where: { $0.name == node.operatorType && $0.domain == node.domain })
    {
      return
    }
    guard let version = imported ?? (model.irVersion < 3 ? 1 : nil) else {
      return problem("the model imports no operator set of '\(domain.isEmpty ? "ai.onnx" : domain)'")
    }
    guard let schema = OperatorSchema.find(node.operatorType, domain: domain, version: version) else {
      unknownOperators.append(node)
      return
    }
    if schema.isDeprecated {
      return problem(
        "the operator was withdrawn with operator set \(schema.sinceVersion), the model imports \(version)")
    }
    check(node.inputs, of: schema.inputs, allowed: schema.inputCount, kind: "input", node)
    check(node.outputs, of: schema.outputs, allowed: schema.outputCount, kind: "output", node)
    for (name, attribute) in node.attributes {
      guard let specification = schema.attributes.first(where: { $0.name == name }) else {
        problem("has no attribute '\(name)' in operator set \(version)")
        continue
      }
      for sparse in attribute.sparseTensors where !sparse.hasPositiveExtents {
        problem("attribute '\(name)' has the shape \(sparse.shape)")
      }
      if attribute.kind != specification.kind {
        problem("attribute '\(name)' is of kind \(attribute.kind), needs \(specification.kind)")
      }
    }
    for specification in schema.attributes
    where specification.isRequired && node.attributes[specification.name] == nil {
      problem("attribute '\(specification.name)' is missing")
    }
  }

  private mutating func check(
    _ names: [String], of parameters: [OperatorSchema.Parameter], allowed: ClosedRange<Int>, kind: String,
    _ node: Node
  ) {
    if !allowed.contains(names.count) {
      let most = allowed.upperBound == Int.max ? "or more" : "to \(allowed.upperBound)"
      let needed =
        allowed.lowerBound == allowed.upperBound ? "\(allowed.lowerBound)" : "\(allowed.lowerBound) \(most)"
      problems.append(.invalid("\(node.label): has \(names.count) \(kind)s, needs \(needed)"))
      return
    }
    guard kind == "input" else { return }
    for (index, name) in names.enumerated() where name.isEmpty {
      if let parameter = OperatorSchema.parameter(at: index, of: parameters),
        parameter.occurrence != .optional
      {
        problems.append(.invalid("\(node.label): \(kind) '\(parameter.name)' is required and was left out"))
      }
    }
  }
}
