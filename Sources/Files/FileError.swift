import Glibc

/// What can go wrong with a file, named by its path.
public enum FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A system call failed with `errno`.
  case system(operation: String, path: String, code: Int32)
  /// The path names a folder or a device where a plain file is needed.
  case notAFile(path: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .system(let operation, let path, let code):
      "\(path): can't \(operation): \(String(cString: strerror(code)))"
    case .notAFile(let path): "\(path): not a plain file"
    }
  }
}
