import CKernels
import Graph

/// Constant floats as a file stores them, at any address and maybe in half precision, for the kernels that pack them.
struct StoredWeights {
  private let base: UnsafeRawPointer
  private let bytes: Int
  /// How one number is stored.
  let element: ck_element

  /// How kernels call numbers of this type; `nil` where they don't read them.
  static func element(_ type: ElementType) -> ck_element? {
    switch type {
    case .float32: CK_FLOAT32
    case .float16: CK_FLOAT16
    case .bfloat16: CK_BFLOAT16
    default: nil
    }
  }

  /// The numbers at `bytes`; `nil` where there are none.
  init?(_ bytes: UnsafeRawBufferPointer, _ element: ck_element) {
    guard let base = bytes.baseAddress else { return nil }
    self.base = base
    self.element = element
    self.bytes = element == CK_FLOAT32 ? 4 : 2
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
      guard let element = StoredWeights.element(elementType), let weights = StoredWeights(bytes, element)
      else {
        throw TensorError.typeMismatch(expected: .float32, found: elementType)
      }
      return try body(weights)
    }
  }

  /// Gives up the memory of elements, of a tensor as above.
  func giveUpMemory(ofElements range: Range<Int>) {
    let size = (elementType.bitWidth ?? 8) / 8
    giveUpMemory(of: range.lowerBound * size..<range.upperBound * size)
  }
}
