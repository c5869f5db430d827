import CMinizip

/// A zip archive (with or without ZIP64), read from a mapped file.
///
/// Opening reads the directory alone and refuses, as a whole, an archive with duplicate or unsafe names, with
/// entries that overlap or reach out of the file, or whose entries' own headers differ from the directory.
/// Stored entries are slices of the mapped file; deflated ones are unpacked when asked for.
///
/// The CRC-32 of a deflated entry is checked as it is unpacked. That of a stored one is not checked on
/// reading, because this would touch every byte of a file that is mapped to avoid just that (PyTorch's and
/// NumPy's mapped readers don't either); `checkCRC(of:)` does it. A recorded CRC of zero means that none was
/// computed, as `torch.serialization.set_crc32_options(False)` writes.
public struct ZipArchive: Sendable {
  /// How an entry's bytes are kept.
  public enum Method: Sendable, Hashable {
    /// As they are.
    case stored
    /// Compressed by deflate.
    case deflated
    /// In a way that this reader doesn't know, by its number in the zip format (APPNOTE 4.4.5).
    case unknown(Int)
  }

  /// One file in the archive.
  public struct Entry: Sendable, Hashable {
    /// The path inside the archive.
    public let name: String
    /// How the bytes are kept.
    public let method: Method
    /// Bytes in the archive.
    public let compressedSize: Int
    /// Bytes when unpacked.
    public let uncompressedSize: Int
    /// The recorded CRC-32 of the unpacked bytes; zero where none was computed.
    public let crc32: UInt32
    /// Whether the bytes are encrypted.
    public let isEncrypted: Bool
    /// Where the entry's own header begins.
    public let headerOffset: Int
    /// Where the entry's bytes begin, counted from the beginning of the archive.
    public let dataOffset: Int
  }

  /// Bytes that one entry may unpack to, unless told otherwise: 4 GiB.
  public static let defaultLimit = 1 << 32

  /// Where the archive came from, for messages.
  public let path: String
  /// The files of the archive in the order of its directory; folders are left out.
  public let entries: [Entry]
  private let bytes: FileBytes
  private let indices: [String: Int]

  /// What entries may be called.
  public enum Names: Sendable, Hashable {
    /// Relative paths that stay below the folder where somebody unpacks them.
    case paths
    /// Anything: the names are keys that nobody takes for paths, such as those of tensors in NumPy's archives.
    case keys
  }

  /// Opens the archive in a mapped file.
  ///
  /// - Throws: `ZipError` for everything that makes the archive unfit to be read.
  public init(_ file: MappedFile, names: Names = .paths) throws(ZipError) {
    try self.init(bytes: FileBytes(file), path: file.path, names: names)
  }

  /// Opens the archive in `bytes`; `path` is for messages.
  ///
  /// - Throws: `ZipError` for everything that makes the archive unfit to be read.
  public init(bytes: FileBytes, path: String, names: Names = .paths) throws(ZipError) {
    self.bytes = bytes
    self.path = path
    let directory = ZipDirectory(bytes: bytes, path: path, names: names)
    entries = try directory.entries()
    var indices: [String: Int] = [:]
    indices.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      if indices.updateValue(index, forKey: entry.name) != nil {
        throw .duplicateName(path: path, entry: entry.name)
      }
    }
    self.indices = indices
  }

  /// The entry of that name.
  public subscript(name: String) -> Entry? { indices[name].map { entries[$0] } }

  /// The unpacked bytes of the entry called `name`.
  ///
  /// - Throws: `ZipError.missingEntry`, and what `contents(of:limit:)` throws.
  public func contents(of name: String, limit: Int = defaultLimit) throws(ZipError) -> FileBytes {
    guard let entry = self[name] else { throw .missingEntry(path: path, entry: name) }
    return try contents(of: entry, limit: limit)
  }

  /// The unpacked bytes of `entry`: a slice of the file where it is stored, else memory of our own, of which
  /// no more than `limit` bytes are taken.
  ///
  /// - Throws: `ZipError` where the entry is encrypted, of an unknown method, too large or damaged.
  public func contents(of entry: Entry, limit: Int = defaultLimit) throws(ZipError) -> FileBytes {
    if entry.isEncrypted { throw .unsupported(path: path, entry: entry.name, feature: "encrypted") }
    guard let packed = bytes.slice(offset: entry.dataOffset, length: entry.compressedSize) else {
      throw .entryOutOfBounds(path: path, entry: entry.name)
    }
    switch entry.method {
    case .stored: return packed
    case .deflated:
      let unpacked = try inflate(packed, entry, limit: limit)
      guard entry.crc32 == 0 || Self.crc32(of: unpacked) == entry.crc32 else {
        throw .checksum(path: path, entry: entry.name)
      }
      return unpacked
    case .unknown(let number):
      throw .unsupported(path: path, entry: entry.name, feature: "compressed by method \(number)")
    }
  }

  /// Reads all bytes of `entry` and compares their CRC-32 with the recorded one, if there is one.
  ///
  /// - Throws: `ZipError.checksum` where they differ, and what `contents(of:limit:)` throws.
  public func checkCRC(of entry: Entry, limit: Int = defaultLimit) throws(ZipError) {
    let contents = try contents(of: entry, limit: limit)
    guard entry.crc32 == 0 || Self.crc32(of: contents) == entry.crc32 else {
      throw .checksum(path: path, entry: entry.name)
    }
  }

  /// The CRC-32 that zip archives record (ISO 3309, as zlib computes it).
  public static func crc32(of bytes: FileBytes) -> UInt32 {
    bytes.withBytes { bytes, _ in
      UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
    }
  }

  private func inflate(_ packed: FileBytes, _ entry: Entry, limit: Int) throws(ZipError) -> FileBytes {
    // Deflate can't do better than 1032:1 (zlib's technical notes), so a larger claim is a lie that would
    // only cost memory.
    let (most, overflow) = (packed.count + 1).multipliedReportingOverflow(by: 1032)
    let allowed = overflow ? limit : min(limit, most)
    guard entry.uncompressedSize <= allowed else {
      throw .tooLarge(
        path: path, entry: entry.name, announced: UInt64(entry.uncompressedSize),
        limit: UInt64(max(0, allowed)))
    }
    return try FileBytes(byteCount: entry.uncompressedSize) { target throws(ZipError) in
      guard packed.withBytes({ source, _ in inflateRaw(source, into: target) }) else {
        throw .corruptData(path: path, entry: entry.name)
      }
    }
  }
}

/// Unpacks one raw deflate stream; whether it fills `target` exactly.
private func inflateRaw(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool
{
  var stream = z_stream()
  let headerless = -MAX_WBITS
  guard
    inflateInit2_(&stream, headerless, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { return false }
  defer { inflateEnd(&stream) }
  var consumed = 0
  var produced = 0
  // One spare byte shows a stream that is longer than announced, and gives zlib a place to write where
  // nothing is announced.
  var spare: UInt8 = 0
  while true {
    let inputPart = min(source.count - consumed, Int(UInt32.max))
    let outputPart = min(target.count - produced, Int(UInt32.max))
    let status = withUnsafeMutablePointer(to: &spare) { spare in
      let input = source.bindMemory(to: UInt8.self).baseAddress.map { $0 + consumed }
      let output = target.bindMemory(to: UInt8.self).baseAddress.map { $0 + produced }
      stream.next_in = UnsafeMutablePointer(mutating: input)
      stream.avail_in = UInt32(inputPart)
      stream.next_out = outputPart == 0 ? spare : output
      stream.avail_out = outputPart == 0 ? 1 : UInt32(outputPart)
      let status = zlibInflate(&stream)
      consumed += inputPart - Int(stream.avail_in)
      if outputPart == 0 {
        return stream.avail_out == 0 ? Z_DATA_ERROR : status
      }
      produced += outputPart - Int(stream.avail_out)
      return status
    }
    switch status {
    case Z_STREAM_END: return produced == target.count
    case Z_OK where inputPart > 0 || outputPart > 0: continue
    default: return false
    }
  }
}

private func zlibInflate(_ stream: inout z_stream) -> Int32 { inflate(&stream, Z_NO_FLUSH) }
