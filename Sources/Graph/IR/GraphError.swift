/// What can be wrong with a graph.
public enum GraphError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A node's inputs or attributes don't fit each other.
  case shape(node: String, reason: String)
  /// Nodes whose operators are not known at the model's operator-set version.
  case unknownOperators([String])
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
    case .unknownOperators(let nodes): "unknown operators: " + nodes.joined(separator: "; ")
    case .cycle(let nodes): "the graph has a cycle through " + nodes.joined(separator: ", ")
    case .duplicateName(let name, let where_): "the name '\(name)' is written twice (\(where_))"
    case .undefinedValue(let name, let reader):
      "\(reader) reads '\(name)', which no node, input or initializer provides"
    case .invalid(let reason): reason
    }
  }
}
