import CKernels
import Graph

/// Constant floats as a file stores them, at any address and maybe in half precision, for the kernels that pack them.
struct StoredWeights {
  private let base: UnsafeRawPointer
  private let bytes: Int
  /// How one number is stored.
  let element: ck_element

  fileprivate init?(_ bytes: UnsafeRawBufferPointer, _ type: ElementType) {
    guard let base = bytes.baseAddress else { return nil }
    self.base = base
    switch type {
    case .float32: (element, self.bytes) = (CK_FLOAT32, 4)
    case .float16: (element, self.bytes) = (CK_FLOAT16, 2)
    case .bfloat16: (element, self.bytes) = (CK_BFLOAT16, 2)
    default: return nil
    }
  }

  /// Where the number at `index` stands.
  subscript(index: Int) -> UnsafeRawPointer { base + index * bytes }
}

extension Tensor {
  /// Calls `body` with the elements of a float32, float16 or bfloat16 tensor that is not empty.
  ///
  /// - Throws: `TensorError.typeMismatch` for any other; what `body` throws.
  func withStoredWeights<Result>(_ body: (StoredWeights) throws -> Result) throws -> Result {
    try withBytes { bytes in
      guard let weights = StoredWeights(bytes, elementType) else {
        throw TensorError.typeMismatch(expected: .float32, found: elementType)
      }
      return try body(weights)
    }
  }
}
