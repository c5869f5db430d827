import Graph
import OrderedCollections

/// The arrays of a `.npy` file (one, without a name) or of a `.npz` archive, stored or deflated.
///
/// Headers and checksums are checked when the file is opened. Stored arrays stay in the mapped file.
public struct NumPyFile: Sendable {
  /// Where the file is.
  public let path: String
  /// The archive's arrays by name, in its order; empty for a `.npy` file.
  public let arrays: OrderedDictionary<String, NumPyArray>
  /// The array of a `.npy` file.
  public let single: NumPyArray?

  /// Opens the file at `path`, whatever its name ends with.
  ///
  /// - Parameter limit: the most bytes that one compressed array may have.
  /// - Throws: `FileError` where it can't be read, `NumPyError` or `ZipError` where it is damaged.
  public init(path: String, limit: Int = ZipArchive.defaultLimit) throws {
    self.path = path
    let file = try MappedFile(path: path)
    let bytes = FileBytes(file)
    if bytes.count >= 6, bytes.slice(offset: 0, length: 6)?.array == NumPyHeader.magic {
      single = try NumPyArray(npy: bytes, label: path)
      arrays = [:]
      return
    }
    guard bytes.holds("PK") else { throw NumPyError.notNumPy(path: path) }
    let archive = try ZipArchive(bytes: bytes, path: path, names: .keys)
    var arrays: OrderedDictionary<String, NumPyArray> = [:]
    for entry in archive.entries {
      guard entry.name.hasSuffix(".npy") else { throw NumPyError.notNumPy(path: "\(path): '\(entry.name)'") }
      let name = String(entry.name.dropLast(4))
      if entry.method == .stored { try archive.checkCRC(of: entry, limit: limit) }
      arrays[name] = try NumPyArray(
        npy: try archive.contents(of: entry, limit: limit), label: "\(path): array '\(name)'")
    }
    self.arrays = arrays
    single = nil
  }

  /// The array called `name`.
  ///
  /// - Throws: `NumPyError.missing` where there is none.
  public func array(named name: String) throws(NumPyError) -> NumPyArray {
    guard let array = arrays[name] else {
      throw .missing(path: path, name: name, known: Array(arrays.keys))
    }
    return array
  }
}

/// Writes a `.npz` archive of stored arrays; the same tensors give the same bytes.
public struct NumPyArchiveWriter {
  private let path: String
  private var archive: ZipWriter
  private var names: Set<String> = []

  /// Starts an archive that will replace the file at `path` when finished.
  ///
  /// - Throws: `FileError` where the folder can't be written to, or `path` is a folder.
  public init(path: String) throws(FileError) {
    self.path = path
    archive = try ZipWriter(path: path)
  }

  /// Adds a tensor, which is written at once.
  ///
  /// - Throws: `NumPyError.unwritable` where the name is taken or too long, or NumPy's format can't hold the
  ///   tensor; `FileError` where the system refuses.
  public mutating func add(_ name: String, _ tensor: Tensor) throws {
    let label = "\(path): array '\(name)'"
    guard names.insert(name).inserted else {
      throw NumPyError.unwritable(array: label, reason: "the name is there already")
    }
    guard name.utf8.count <= 1 << 15 else {
      throw NumPyError.unwritable(array: label, reason: "the name is too long")
    }
    let encoder = try NumPyEncoder(tensor, label: label)
    try archive.add(name: "\(name).npy", size: encoder.count, crc32: encoder.crc32) {
      try encoder.write(to: $0)
    }
  }

  /// Puts the archive in its place.
  ///
  /// - Throws: `FileError` where the system refuses.
  public consuming func finish() throws(FileError) { try archive.finish() }
}
