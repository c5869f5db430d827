import Files
import Graph

/// Names of classes in a file that the user gave: a JSON array of strings, or one name a line.
public enum LabelsFile {
  /// The names in the file at `path`.
  ///
  /// - Throws: `FileError` where it can't be read, `LabelsFileError` where it says something else.
  public static func read(path: String) throws -> ClassLabels {
    let file = try MappedFile(path: path)
    guard let text = file.withBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw LabelsFileError(path: path, reason: "the labels are not UTF-8 text")
    }
    do {
      return try ClassLabels(parsing: text)
    } catch {
      throw LabelsFileError(path: path, reason: "labels are a JSON array of strings or one name a line")
    }
  }
}

/// Why a file holds no labels.
public struct LabelsFileError: Error, CustomStringConvertible {
  private let path: String
  private let reason: String

  init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// One sentence for people.
  public var description: String { "\(path): \(reason)" }
}
