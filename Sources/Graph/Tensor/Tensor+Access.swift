extension Tensor {
  /// Calls `body` with the stored bytes, little-endian and packed; empty for strings. Of a view on a file they may lie at
  /// any address.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let storage else {
      return try body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount))
  }

  /// Calls `body` with the stored bytes for writing, after copying them where they are shared.
  public mutating func withMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let storage = uniqueStorage()
    return try body(UnsafeMutableRawBufferPointer(start: storage?.base, count: storage?.byteCount ?? 0))
  }

  /// Calls `body` with the elements in row-major order.
  ///
  /// - Throws: `TensorError.typeMismatch` where the tensor's elements are of another type; what `body` throws.
  public func withElements<Element: TensorElement, Result>(
    of type: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    try requireType(Element.elementType)
    guard let storage else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
    let aligned = storage.aligned(to: MemoryLayout<Element>.alignment)
    defer { withExtendedLifetime(aligned) {} }
    let bytes = UnsafeRawBufferPointer(start: aligned.base, count: aligned.byteCount)
    return try body(bytes.assumingMemoryBound(to: Element.self))
  }

  /// Calls `body` with the elements for writing, after copying them where they are shared.
  ///
  /// - Throws: `TensorError.typeMismatch` where the tensor's elements are of another type; what `body` throws.
  public mutating func withMutableElements<Element: TensorElement, Result>(
    of type: Element.Type = Element.self, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    try requireType(Element.elementType)
    return try withMutableBytes { try body($0.assumingMemoryBound(to: Element.self)) }
  }

  /// The elements in row-major order.
  ///
  /// - Throws: `TensorError.typeMismatch` where the tensor's elements are of another type.
  public func elements<Element: TensorElement>(of type: Element.Type = Element.self) throws -> [Element] {
    try requireType(Element.elementType)
    // Of a view at an odd address no aligned copy is made first.
    return withBytes { bytes in
      Array(unsafeUninitializedCapacity: bytes.count / MemoryLayout<Element>.stride) { target, count in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
        count = target.count
      }
    }
  }

  /// The strings in row-major order.
  ///
  /// - Throws: `TensorError.typeMismatch` where the tensor holds no strings.
  public func strings() throws(TensorError) -> [String] {
    guard case .strings(let strings) = contents else {
      throw .typeMismatch(expected: .string, found: elementType)
    }
    return strings
  }

  private func requireType(_ expected: ElementType) throws(TensorError) {
    guard elementType == expected else { throw .typeMismatch(expected: expected, found: elementType) }
  }

  /// The storage, made first where it is yet to be; `nil` for strings.
  var storage: TensorStorage? {
    switch contents {
    case .bytes(let storage): storage
    case .scaled(let rows): rows.storage
    case .strings: nil
    }
  }

  /// The storage, made this tensor's own first; `nil` for strings.
  private mutating func uniqueStorage() -> TensorStorage? {
    guard var storage else { return nil }
    contents = .strings([])  // The local reference must be the only one for the check to be meaningful.
    if !storage.isOwned || !isKnownUniquelyReferenced(&storage) {
      let copy = TensorStorage(byteCount: storage.byteCount, zeroed: false)
      copy.base.copyMemory(from: storage.base, byteCount: storage.byteCount)
      storage = copy
    }
    contents = .bytes(storage)
    return storage
  }
}
