import Graph

/// What can be wrong with an array in NumPy's format, named by its file and, in an archive, its name.
public enum NumPyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file is neither an array (`.npy`) nor an archive of arrays (`.npz`).
  case notNumPy(path: String)
  /// The header is not what NumPy writes; `detail` says how.
  case header(array: String, detail: String)
  /// The array's type has no counterpart among tensors; `advice` says what to do.
  case unsupportedType(array: String, type: String, advice: String)
  /// The array's bytes are fewer or more than its type and shape need.
  case size(array: String, expected: Int, found: Int)
  /// The type that the header names stands for several element types, and none of them was asked for.
  case ambiguousType(array: String, type: String)
  /// The array is of another type than asked for.
  case type(array: String, expected: ElementType, found: String)
  /// A text element that is no Unicode text.
  case text(array: String, index: Int)
  /// The archive has no array of that name.
  case missing(path: String, name: String, known: [String])
  /// A tensor that NumPy's format can't hold.
  case unwritable(array: String, reason: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .notNumPy(let path): "\(path): neither a NumPy array (.npy) nor an archive of them (.npz)"
    case .header(let array, let detail): "\(array): damaged NumPy header: \(detail)"
    case .unsupportedType(let array, let type, let advice):
      "\(array): arrays of type '\(type)' can't be read; \(advice)"
    case .size(let array, let expected, let found):
      "\(array): the header announces \(expected) bytes of data, the file has \(found)"
    case .ambiguousType(let array, let type):
      "\(array): type '\(type)' can mean several element types; only a model input of such a type can take it"
    case .type(let array, let expected, let found):
      "\(array): elements of type \(expected.onnxName) are needed, the array has '\(found)'"
    case .text(let array, let index): "\(array): element \(index) is no Unicode text"
    case .missing(let path, let name, let known):
      "\(path): there is no array '\(name)'; there are "
        + (known.isEmpty ? "none" : known.map { "'\($0)'" }.joined(separator: ", "))
    case .unwritable(let array, let reason): "\(array): can't be written as a NumPy array: \(reason)"
    }
  }
}
