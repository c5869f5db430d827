/// A dense, row-major array of elements of one type.
///
/// Copy-on-write. Storage is 64-byte aligned memory or a read-only view on a mapped file, which the first
/// write copies; what folding makes of weights is stored when first read. A scalar has the shape `[]`.
public struct Tensor: Sendable {
  /// What one element is.
  public let elementType: ElementType
  /// The extent of each dimension, outermost first.
  public private(set) var shape: [Int]
  var contents: Contents

  enum Contents: Sendable {
    case bytes(TensorStorage)
    case strings([String])
    case scaled(ScaledRows)
  }

  /// The number of elements.
  public var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }
  /// The number of dimensions.
  public var rank: Int { shape.count }

  /// Bytes of the elements as stored; for strings, of their UTF-8.
  public var byteCount: Int {
    switch contents {
    case .bytes(let storage): storage.byteCount
    case .scaled(let rows): rows.byteCount
    case .strings(let strings): strings.reduce(0) { $0 + $1.utf8.count }
    }
  }

  /// The number of elements of `shape`.
  ///
  /// - Throws: `TensorError` for a negative dimension or a product that overflows.
  public static func elementCount(of shape: [Int]) throws(TensorError) -> Int {
    var count = 1
    var overflow = false
    for extent in shape {
      if extent < 0 { throw .negativeDimension(shape) }
      let (product, over) = count.multipliedReportingOverflow(by: extent)
      // An empty tensor may have huge other dimensions; its product is still zero.
      overflow = overflow || over
      count = over ? Int.max : product
    }
    if shape.contains(0) { return 0 }
    if overflow { throw .tooLarge(shape) }
    return count
  }

  /// A tensor of zeros (empty strings).
  ///
  /// - Throws: `TensorError` where the shape is no shape.
  public init(zeros elementType: ElementType, shape: [Int]) throws(TensorError) {
    try self.init(elementType, shape, zeroed: true)
  }

  /// A tensor whose elements are to be written before they are read.
  ///
  /// - Throws: `TensorError` where the shape is no shape.
  public init(uninitialized elementType: ElementType, shape: [Int]) throws(TensorError) {
    try self.init(elementType, shape, zeroed: false)
  }

  private init(_ elementType: ElementType, _ shape: [Int], zeroed: Bool) throws(TensorError) {
    let count = try Self.elementCount(of: shape)
    self.elementType = elementType
    self.shape = shape
    if elementType == .string {
      contents = .strings(Array(repeating: "", count: count))
    } else {
      guard let bytes = elementType.byteCount(of: count), bytes <= Int.max - TensorStorage.alignment else {
        throw .tooLarge(shape)
      }
      contents = .bytes(TensorStorage(byteCount: bytes, zeroed: zeroed))
    }
  }

  /// A tensor with these elements in row-major order.
  ///
  /// - Throws: `TensorError` where the count differs from the shape's.
  public init<Element: TensorElement>(_ elements: [Element], shape: [Int]) throws(TensorError) {
    try self.init(uninitialized: Element.elementType, shape: shape)
    guard elements.count == count else {
      throw .countMismatch(shape: shape, expected: count, found: elements.count)
    }
    guard case .bytes(let storage) = contents else { return }
    elements.withUnsafeBytes { source in
      if let base = source.baseAddress { storage.base.copyMemory(from: base, byteCount: source.count) }
    }
  }

  /// A tensor with these strings in row-major order.
  ///
  /// - Throws: `TensorError` where the count differs from the shape's.
  public init(strings: [String], shape: [Int]) throws(TensorError) {
    let count = try Self.elementCount(of: shape)
    guard strings.count == count else {
      throw .countMismatch(shape: shape, expected: count, found: strings.count)
    }
    elementType = .string
    self.shape = shape
    contents = .strings(strings)
  }

  /// A tensor that shares `bytes`, little-endian and packed as the standard packs `raw_data`, for as long as
  /// `owner` lives. They need not be aligned for their type; where they are not, the first access to elements copies them.
  ///
  /// - Throws: `TensorError` where the byte count differs from what type and shape need.
  public init(
    viewing bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable, elementType: ElementType,
    shape: [Int]
  ) throws(TensorError) {
    let count = try Self.elementCount(of: shape)
    guard let needed = elementType.byteCount(of: count) else {
      throw elementType == .string ? .notNumeric(.string) : .tooLarge(shape)
    }
    guard needed == bytes.count else {
      throw .countMismatch(shape: shape, expected: needed, found: bytes.count)
    }
    self.elementType = elementType
    self.shape = shape
    guard let base = bytes.baseAddress else {
      contents = .bytes(TensorStorage(byteCount: 0, zeroed: false))
      return
    }
    contents = .bytes(TensorStorage(viewing: base, byteCount: needed, owner: owner))
  }

  /// A tensor that copies `bytes`, little-endian and packed as the standard packs `raw_data`.
  ///
  /// - Throws: `TensorError` where the byte count differs from what type and shape need.
  public init(
    copying bytes: UnsafeRawBufferPointer, elementType: ElementType, shape: [Int]
  ) throws(TensorError) {
    let count = try Self.elementCount(of: shape)
    guard let needed = elementType.byteCount(of: count) else { throw .notNumeric(elementType) }
    guard needed == bytes.count else {
      throw .countMismatch(shape: shape, expected: needed, found: bytes.count)
    }
    try self.init(uninitialized: elementType, shape: shape)
    withMutableBytes { $0.copyMemory(from: bytes) }
  }

  /// The same elements under another shape.
  ///
  /// - Throws: `TensorError` where the element counts differ.
  public func reshaped(to shape: [Int]) throws(TensorError) -> Tensor {
    let expected = try Self.elementCount(of: shape)
    guard expected == count else { throw .countMismatch(shape: shape, expected: expected, found: count) }
    var result = self
    result.shape = shape
    return result
  }
}
