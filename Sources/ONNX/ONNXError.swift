import Files
import Graph

/// What can be wrong with an ONNX file, or stand in the way of writing one.
public enum ONNXError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file can't be read or written.
  case file(FileError)
  /// The file ends inside a field.
  case truncated(path: String, field: String, offset: Int, needed: Int, left: Int)
  /// The bytes are no protobuf message of this kind.
  case malformed(path: String, field: String, offset: Int, reason: String)
  /// Something is larger than the reader's limits allow.
  case limit(path: String, what: String, found: Int, allowed: Int)
  /// A tensor's data doesn't fit its type and shape, or the type is not known.
  case tensor(path: String, name: String, reason: String)
  /// A tensor's data lies in another file that may not or can't be read.
  case externalData(path: String, name: String, reason: String)
  /// The graph breaks a rule of the standard.
  case graph(path: String, GraphError)
  /// The model can't be written this way.
  case unwritable(String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .truncated(let path, let field, let offset, let needed, let left):
      "\(path): cut short: \(field) at byte \(offset) needs \(needed) bytes, \(left) are left"
    case .malformed(let path, let field, let offset, let reason):
      "\(path): not an ONNX file: \(reason) in \(field) at byte \(offset)"
    case .limit(let path, let what, let found, let allowed):
      "\(path): \(what) is \(found), more than the limit of \(allowed)"
    case .tensor(let path, let name, let reason): "\(path): tensor '\(name)': \(reason)"
    case .externalData(let path, let name, let reason):
      "\(path): external data of tensor '\(name)': \(reason)"
    case .graph(let path, let error): "\(path): \(error)"
    case .unwritable(let reason): reason
    }
  }
}
