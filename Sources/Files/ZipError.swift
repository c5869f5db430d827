/// What can be wrong with a zip archive, named by its path and, where there is one, its entry.
public enum ZipError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file has neither the beginning nor the end of a zip archive.
  case notAZip(path: String)
  /// The file begins as a zip archive, but the directory at its end is missing or cut off.
  case truncated(path: String)
  /// The directory contradicts itself or the file; `detail` says how.
  case badDirectory(path: String, detail: String)
  /// An entry's name would lead out of a folder or is no name.
  case unsafeName(path: String, entry: String)
  /// Two entries have the same name.
  case duplicateName(path: String, entry: String)
  /// Two entries claim the same bytes of the file.
  case overlap(path: String, entry: String, other: String)
  /// An entry's own header says something else than the directory; `field` names what.
  case headerMismatch(path: String, entry: String, field: String)
  /// An entry's bytes are not all inside the file.
  case entryOutOfBounds(path: String, entry: String)
  /// An entry is encrypted or compressed in a way other than deflate.
  case unsupported(path: String, entry: String, feature: String)
  /// A compressed entry announces more bytes than `limit`, or than its compressed bytes could hold.
  case tooLarge(path: String, entry: String, announced: UInt64, limit: UInt64)
  /// A compressed entry's bytes are no deflate stream of the announced size.
  case corruptData(path: String, entry: String)
  /// An entry's bytes have another CRC-32 than the directory says.
  case checksum(path: String, entry: String)
  /// There is no entry of that name.
  case missingEntry(path: String, entry: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .notAZip(let path): "\(path): not a zip archive"
    case .truncated(let path): "\(path): the zip archive is cut short: its directory is missing"
    case .badDirectory(let path, let detail): "\(path): damaged zip archive: \(detail)"
    case .unsafeName(let path, let entry):
      "\(path): zip entry '\(entry)' has a name that leads outside the archive"
    case .duplicateName(let path, let entry): "\(path): zip entry '\(entry)' is there twice"
    case .overlap(let path, let entry, let other):
      "\(path): zip entries '\(entry)' and '\(other)' overlap"
    case .headerMismatch(let path, let entry, let field):
      "\(path): zip entry '\(entry)': \(field) differs between the entry and the archive's directory"
    case .entryOutOfBounds(let path, let entry):
      "\(path): zip entry '\(entry)' reaches beyond the archive's data"
    case .unsupported(let path, let entry, let feature):
      "\(path): zip entry '\(entry)' is \(feature), which can't be read"
    case .tooLarge(let path, let entry, let announced, let limit):
      "\(path): zip entry '\(entry)' would unpack to \(announced) bytes, more than the \(limit) allowed"
    case .corruptData(let path, let entry): "\(path): zip entry '\(entry)' is damaged: it doesn't unpack"
    case .checksum(let path, let entry): "\(path): zip entry '\(entry)' is damaged: wrong checksum"
    case .missingEntry(let path, let entry): "\(path): the zip archive has no entry '\(entry)'"
    }
  }
}
