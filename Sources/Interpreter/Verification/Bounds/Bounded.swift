import Graph

/// A value as exact arithmetic gives it, and how far from it a computation in the value's own type may be.
struct Bounded: Sendable {
  /// The value; tensors of types that are computed in (`Precision`) in `float64`.
  let value: RuntimeValue
  /// The type in which the value is computed; `nil` where it is no tensor of such a type.
  let elementType: ElementType?
  /// For each element the most that a computed one may differ; `nil` where nothing may.
  let errors: [Double]?
  /// How many terms the sum has that gives each element and that a fused kernel may still be adding to: what is
  /// added next may take part in that many roundings more.
  var terms = 0

  /// A value that is what it is.
  init(exactly value: RuntimeValue) throws {
    errors = nil
    guard case .tensor(let tensor) = value, Precision(tensor.elementType) != nil else {
      (self.value, elementType) = (value, nil)
      return
    }
    elementType = tensor.elementType
    self.value =
      tensor.elementType == .float64
      ? value : .tensor(try Tensor(tensor.doubles(), shape: tensor.shape))
  }

  /// The same to a runtime that reads subnormal numbers as zeros.
  ///
  /// - Throws: where the elements can't be read.
  func flushed() throws -> Bounded {
    guard errors == nil, let type = elementType, let precision = Precision(type),
      case .tensor(let tensor) = value
    else { return self }
    let smallest = precision.flushing.tiny
    guard smallest > precision.tiny else { return self }
    let lost = try tensor.doubles().map { $0.magnitude < smallest ? $0.magnitude : 0 }
    return lost.allSatisfy { $0 == 0 } ? self : Bounded(tensor, as: type, errors: lost, terms: terms)
  }

  init(_ tensor: Tensor, as elementType: ElementType?, errors: [Double]?, terms: Int = 0) {
    value = .tensor(tensor)
    self.elementType = elementType
    self.errors = errors
    self.terms = terms
  }
}
