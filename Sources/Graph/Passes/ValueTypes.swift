import OrderedCollections

extension Model {
  /// Declares the inferred type of every value that has one, at the outputs and in `valueInfo`.
  ///
  /// - Throws: `GraphError` where a node's inputs don't fit its operator.
  public mutating func inferValueTypes() throws {
    let known = try upgraded().graph.inferringTypes()
    for (index, output) in graph.outputs.enumerated() {
      if let type = known.types[output.name] { graph.outputs[index].type = type }
    }
    let borders = Set(graph.inputs.map(\.name)).union(graph.outputs.map(\.name))
    for node in graph.nodes {
      for name in node.outputs where !name.isEmpty && !borders.contains(name) {
        if let type = known.types[name] { graph.valueInfo[name] = Value(name, type) }
      }
    }
  }
}
