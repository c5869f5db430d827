import Graph

/// What can go wrong when a graph runs.
public enum InterpreterError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A node can't be computed on these inputs.
  case node(String, reason: String)
  /// A graph input was not given.
  case missingInput(String, type: ValueType?)
  /// A value was given that the graph doesn't take.
  case unknownInput(String, known: [String])
  /// A given value does not have the declared type.
  case inputType(String, expected: ValueType, found: ValueType)
  /// No value can be made up for a graph input.
  case input(String, reason: String)
  /// The CPU hasn't the instruction set that was asked for.
  case instructionSet(String, known: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .node(let label, let reason): "\(label): \(reason)"
    case .missingInput(let name, let type):
      "input '\(name)'" + (type.map { " (\($0))" } ?? "") + " was not given"
    case .unknownInput(let name, let known):
      "the graph has no input '\(name)'; it takes " + known.map { "'\($0)'" }.joined(separator: ", ")
    case .inputType(let name, let expected, let found): "input '\(name)' is \(found), needs \(expected)"
    case .input(let name, let reason): "input '\(name)' \(reason)"
    case .instructionSet(let name, let known):
      "this CPU has no kernels for the instruction set '\(name)'; it has \(known)"
    }
  }
}
