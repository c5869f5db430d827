import Glibc

/// Read-only bytes and the object that keeps them alive: a mapped file, a part of one, or memory of our own.
///
/// Slices share the owner, so cutting a file into its parts copies nothing.
public struct FileBytes: Sendable {
  private let owner: any AnyObject & Sendable
  // The memory is never written while the owner lives, so sharing the pointer between threads is safe.
  private nonisolated(unsafe) let base: UnsafeRawPointer?
  /// The number of bytes.
  public let count: Int

  /// All bytes of a mapped file.
  public init(_ file: MappedFile) {
    self.init(file.bytes, owner: file)
  }

  /// A copy of `bytes`, 64-byte aligned.
  public init(copying bytes: some Collection<UInt8>) {
    self.init(byteCount: bytes.count) { target in
      target.copyBytes(from: bytes)
    }
  }

  /// Memory of our own, 64-byte aligned, that `fill` is given all zero to write to.
  ///
  /// - Throws: What `fill` throws.
  public init<Failure: Error>(
    byteCount: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let memory = OwnedMemory(byteCount: byteCount)
    try fill(memory.bytes)
    self.init(UnsafeRawBufferPointer(memory.bytes), owner: memory)
  }

  init(_ bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    self.owner = owner
    base = bytes.baseAddress
    count = bytes.count
  }

  /// Calls `body` with the bytes and the object that keeps them alive.
  ///
  /// - Throws: What `body` throws.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer, any AnyObject & Sendable) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(owner) {} }
    return try body(UnsafeRawBufferPointer(start: base, count: count), owner)
  }

  /// The byte at `offset`; `nil` past the end.
  public subscript(offset: Int) -> UInt8? {
    guard offset >= 0, offset < count, let base else { return nil }
    return base.load(fromByteOffset: offset, as: UInt8.self)
  }

  /// `length` bytes from `offset` on, sharing the owner; `nil` where they are not all there.
  public func slice(offset: Int, length: Int) -> FileBytes? {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
    let start = base.map { $0 + offset }
    return FileBytes(UnsafeRawBufferPointer(start: start, count: length), owner: owner)
  }

  /// The little-endian integer at `offset`; `nil` where its bytes are not all there.
  public func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Integer.Type = Integer.self
  ) -> Integer? {
    guard offset >= 0, let base, offset <= count - MemoryLayout<Integer>.size else { return nil }
    return Integer(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: Integer.self))
  }

  /// Whether the bytes at `offset` are those of `text`.
  public func holds(_ text: StaticString, at offset: Int = 0) -> Bool {
    guard let part = slice(offset: offset, length: text.utf8CodeUnitCount) else { return false }
    return part.withBytes { bytes, _ in
      text.withUTF8Buffer { bytes.elementsEqual($0) }
    }
  }

  /// Where `byte` stands first, looking from `start` on.
  public func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    guard let base, start >= 0, start < count,
      let found = memchr(base + start, Int32(byte), count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// A handle on these bytes that doesn't keep them alive.
  public var weak: Weak { Weak(owner: owner, base: base, count: count) }

  /// Bytes that may be gone.
  public struct Weak: Sendable {
    fileprivate weak let owner: (any AnyObject & Sendable)?
    fileprivate nonisolated(unsafe) let base: UnsafeRawPointer?
    fileprivate let count: Int

    /// The bytes, if something else still keeps them alive.
    public var bytes: FileBytes? {
      owner.map { FileBytes(UnsafeRawBufferPointer(start: base, count: count), owner: $0) }
    }
  }

  /// A copy of the bytes.
  public var array: [UInt8] { withBytes { bytes, _ in Array(bytes) } }
}

/// Zeroed memory, 64-byte aligned: one cache line, and enough for every element type.
private final class OwnedMemory: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { bytes.deallocate() }
}
