/// What can be wrong with a tensor's shape, storage or type.
public enum TensorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A negative dimension.
  case negativeDimension([Int])
  /// More elements or bytes than can be addressed, or than the given limit allows.
  case tooLarge([Int])
  /// The element count differs from the shape's.
  case countMismatch(shape: [Int], expected: Int, found: Int)
  /// Typed access with another type than the tensor's.
  case typeMismatch(expected: ElementType, found: ElementType)
  /// The type has no numbers to read, or not of the kind asked for.
  case notNumeric(ElementType)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .negativeDimension(let shape): "shape \(shape) has a negative dimension"
    case .tooLarge(let shape): "a tensor of shape \(shape) is too large"
    case .countMismatch(let shape, let expected, let found):
      "shape \(shape) needs \(expected) elements, found \(found)"
    case .typeMismatch(let expected, let found):
      "expected elements of type \(expected.onnxName), found \(found.onnxName)"
    case .notNumeric(let type): "elements of type \(type.onnxName) can't be used as numbers here"
    }
  }
}
