import Graph

/// Why a checkpoint's network can't be exported.
public enum ExportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No family's names and shapes match. `modules` lists what was found, grouped by module.
  case unknownNetwork(modules: [String], families: [String])
  /// The family asked for does not match: a tensor that it needs is missing.
  case missingTensor(name: String, family: String)
  /// Two tensors' shapes don't fit each other.
  case shapeConflict(String, [Int], String, [Int], reason: String)
  /// A tensor's own shape is not what its place needs.
  case shape(String, [Int], reason: String)
  /// A tensor's elements can't be used as weights.
  case elementType(String, ElementType)
  /// A tensor's data can't be read.
  case unreadable(String, reason: String)
  /// Tensors that belong to no part of the recognised network.
  case unusedTensors([String], family: String)
  /// A layer, by its module, is not what its tensors let expect.
  case layer(String, reason: String)
  /// An option does not fit this network.
  case option(String)

  /// A sentence for people; for an unknown network followed by what was found.
  public var description: String {
    switch self {
    case .unknownNetwork(let modules, let families):
      "the network was not recognised; known families: \(families.joined(separator: ", ")). Found:\n"
        + modules.map { "  \($0)" }.joined(separator: "\n")
    case .missingTensor(let name, let family): "tensor '\(name)' is missing, which \(family) needs"
    case .shapeConflict(let one, let shape, let other, let otherShape, let reason):
      "'\(one)' \(shape) and '\(other)' \(otherShape) don't fit each other: \(reason)"
    case .shape(let name, let shape, let reason): "tensor '\(name)' has the shape \(shape): \(reason)"
    case .elementType(let name, let type):
      "tensor '\(name)' has elements of type \(type.onnxName), which are no weights"
    case .unreadable(let name, let reason): "tensor '\(name)': \(reason)"
    case .unusedTensors(let names, let family):
      "tensors that belong to no part of \(family), so it can't be this network: \(names.joined(separator: ", "))"
    case .layer(let module, let reason): "module '\(module)' \(reason)"
    case .option(let reason): reason
    }
  }
}
