import Files
import FoundationEssentials
import Glibc

/// A file that can't be used.
struct BadFileError: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "\(path): \(reason)" }
}

/// The contents of the JSON file at `path`; `purpose` is for messages.
///
/// - Throws: `FileError` where it can't be read, `BadFileError` where it says something else.
func decodeJSON<Contents: Decodable>(_ path: String, for purpose: String) throws -> Contents {
  do {
    return try JSONDecoder().decode(Contents.self, from: Data(try textFile(path).utf8))
  } catch let error as DecodingError {
    throw BadFileError(path: path, reason: "can't be read as \(purpose): \(sentence(error))")
  }
}

private func sentence(_ error: DecodingError) -> String {
  func place(_ context: DecodingError.Context) -> String {
    context.codingPath.map(\.stringValue).joined(separator: ".")
  }
  switch error {
  case .dataCorrupted(let context) where !context.codingPath.isEmpty:
    return "\"\(place(context))\": \(context.debugDescription)"
  case .keyNotFound(let key, _): return "\"\(key.stringValue)\" is missing"
  case .typeMismatch(_, let context), .valueNotFound(_, let context):
    return context.codingPath.isEmpty ? "it is no JSON object" : "\"\(place(context))\" is of another type"
  default: return "it is no JSON object"
  }
}

/// Whether both paths lead to one file, by whatever names and links.
func isSameFile(_ one: String, _ other: String) -> Bool {
  var (first, second) = (stat(), stat())
  return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
    && first.st_ino == second.st_ino
}

/// A small text file's contents.
func textFile(_ path: String) throws -> String {
  try MappedFile(path: path).withBytes { String(decoding: $0, as: UTF8.self) }
}
