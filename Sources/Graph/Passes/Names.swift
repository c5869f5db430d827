import OrderedCollections

extension Graph {
  /// Names that this graph, or graphs inside its nodes, read from the graphs around it.
  public var outerReads: Set<String> {
    var own = Set(inputs.map(\.name)).union(initializers.keys).union(sparseInitializers.keys)
    var outer: Set<String> = []
    for node in nodes {
      var reads = Set(node.inputs)
      for attribute in node.attributes.values {
        for subgraph in attribute.subgraphs { reads.formUnion(subgraph.outerReads) }
      }
      outer.formUnion(reads.subtracting(own))
      own.formUnion(node.outputs)
    }
    outer.formUnion(Set(outputs.map(\.name)).subtracting(own))
    outer.remove("")
    return outer
  }

  /// `name`, or `name` with a number, such that nothing in this graph is called so.
  public func freshName(_ name: String) -> String {
    func isTaken(_ name: String) -> Bool {
      initializers[name] != nil || sparseInitializers[name] != nil || inputs.contains { $0.name == name }
        || nodes.contains { $0.outputs.contains(name) }
    }
    var candidate = name
    var number = 1
    while isTaken(candidate) {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }

  /// Drops initializers that no node and no output reads.
  public mutating func removeUnreadInitializers() {
    var read = Set(outputs.map(\.name)).union(inputs.map(\.name))
    for node in nodes {
      read.formUnion(node.inputs)
      for attribute in node.attributes.values {
        for subgraph in attribute.subgraphs { read.formUnion(subgraph.outerReads) }
      }
    }
    initializers = initializers.filter { read.contains($0.key) }
  }
}
