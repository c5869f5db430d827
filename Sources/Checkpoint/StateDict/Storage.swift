import Files
import Synchronization

/// The bytes that tensors are views on: a part of the mapped file, or of an entry that is unpacked when needed.
///
/// Tensors that share memory (tied weights) share one `Storage`.
public final class Storage: Sendable {
  enum Source: Sendable {
    case bytes(FileBytes)
    case packed(ZipArchive, ZipArchive.Entry)
    case missing
  }

  /// The name by which the container knows it.
  public let key: String
  /// Whether elements are stored most significant byte first.
  public let isBigEndian: Bool
  let source: Source
  /// What was unpacked last, as long as some tensor still uses it.
  private let unpacked = Mutex<FileBytes.Weak?>(nil)

  init(key: String, source: Source, isBigEndian: Bool) {
    self.key = key
    self.source = source
    self.isBigEndian = isBigEndian
  }

  /// Whether the file holds it.
  public var exists: Bool { if case .missing = source { false } else { true } }

  /// Whether its bytes are in the file as they are, so that reading them is mapping.
  public var isMapped: Bool { if case .bytes = source { true } else { false } }

  /// Bytes when unpacked.
  public var byteCount: Int {
    switch source {
    case .bytes(let bytes): bytes.count
    case .packed(_, let entry): entry.uncompressedSize
    case .missing: 0
    }
  }

  func bytes(limit: Int) throws(ZipError) -> FileBytes? {
    switch source {
    case .bytes(let bytes): return bytes
    case .missing: return nil
    case .packed(let archive, let entry):
      if let bytes = unpacked.withLock({ $0?.bytes }) { return bytes }
      let bytes = try archive.contents(of: entry, limit: limit)
      unpacked.withLock { $0 = bytes.weak }
      return bytes
    }
  }
}
