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

  init(_ tensor: Tensor, as elementType: ElementType?, errors: [Double]?, terms: Int = 0) {
    value = .tensor(tensor)
    self.elementType = elementType
    self.errors = errors
    self.terms = terms
  }
}
