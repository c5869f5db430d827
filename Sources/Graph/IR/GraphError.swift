import OrderedCollections

/// What can be wrong with a graph.
public enum GraphError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A node's inputs or attributes don't fit each other.
  case shape(node: String, reason: String)
  /// Nodes whose operators are not known at the model's operator-set version.
  case unknownOperators(UnknownOperators)
  /// Nodes that wait for each other.
  case cycle([String])
  /// A value that two nodes, inputs or initializers write.
  case duplicateName(String, String)
  /// A value that is read but that nothing writes.
  case undefinedValue(name: String, reader: String)
  /// Anything else that the standard forbids.
  case invalid(String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .shape(let node, let reason): "\(node): \(reason)"
    case .unknownOperators(let nodes): "unknown operators: \(nodes)"
    case .cycle(let nodes): "the graph has a cycle through " + nodes.joined(separator: ", ")
    case .duplicateName(let name, let where_): "the name '\(name)' is written twice (\(where_))"
    case .undefinedValue(let name, let reader):
      "\(reader) reads '\(name)', which no node, input or initializer provides"
    case .invalid(let reason): reason
    }
  }
}

/// Nodes whose operators are not known, by operator: of another tool's format every node is one of them.
public struct UnknownOperators: Sendable, Equatable, CustomStringConvertible {
  private struct Operator: Hashable {
    let domain: String
    let type: String
  }

  private struct Nodes: Equatable {
    let first: String
    var others = 0
  }

  private var nodes: OrderedDictionary<Operator, Nodes> = [:]

  /// - Parameter nodes: those of a graph whose operators are not known, in its order.
  public init(_ nodes: [Node]) {
    for node in nodes {
      let key = Operator(domain: node.domain, type: node.operatorType)
      if (self.nodes[key]?.others += 1) == nil { self.nodes[key] = Nodes(first: node.label) }
    }
  }

  /// Each operator by the first node that has it, in the order of the graph.
  public var description: String {
    nodes.values.map { $0.others == 0 ? $0.first : "\($0.first) and \($0.others) more of it" }
      .joined(separator: "; ")
  }
}
