import Files
import Glibc
import Graph

/// The files beside a model that hold its larger tensors, each mapped once.
///
/// Source: ONNX "External Data", keys `location`, `offset`, `length`.
final class ExternalData {
  private let modelPath: String
  private let folder: String
  private let limits: ReaderLimits
  private var files: [String: MappedFile] = [:]
  private var total = 0

  init(modelPath: String, limits: ReaderLimits) {
    self.modelPath = modelPath
    self.limits = limits
    let slash = modelPath.lastIndex(of: "/")
    folder = slash.map { String(modelPath[...$0]) } ?? "./"
  }

  /// The tensor that `entries` point to.
  func tensor(name: String, entries: [String: String], elementType: ElementType, shape: [Int])
    throws(ONNXError)
    -> Tensor
  {
    func failure(_ reason: String) -> ONNXError { .externalData(path: modelPath, name: name, reason: reason) }
    guard let location = entries["location"], !location.isEmpty else { throw failure("no location is given") }
    let file = try open(location, failure: failure)
    func number(_ key: String) throws(ONNXError) -> Int? {
      guard let value = entries[key] else { return nil }
      guard let number = Int(value), number >= 0 else { throw failure("\(key) is '\(value)'") }
      return number
    }
    let offset = try number("offset") ?? 0
    guard offset <= file.bytes.count else {
      throw failure("offset \(offset) lies beyond '\(location)', which has \(file.bytes.count) bytes")
    }
    let length = try number("length") ?? (file.bytes.count - offset)
    guard length <= file.bytes.count - offset else {
      throw failure(
        "\(length) bytes at offset \(offset) lie beyond '\(location)', which has \(file.bytes.count) bytes")
    }
    do {
      return try Tensor(
        storing: UnsafeRawBufferPointer(rebasing: file.bytes[offset..<(offset + length)]), owner: file,
        elementType: elementType, shape: shape)
    } catch { throw failure(error.description) }
  }

  private func open(_ location: String, failure: (String) -> ONNXError) throws(ONNXError) -> MappedFile {
    if let file = files[location] { return file }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !parts.contains("..") else {
      throw failure("location '\(location)' leaves the model's folder")
    }
    // A symbolic link may leave the folder just as well.
    guard let real = resolved(folder + location), let home = resolved(folder) else {
      throw failure("can't open '\(location)' in the model's folder: \(String(cString: strerror(errno)))")
    }
    guard real.hasPrefix(home == "/" ? home : home + "/") else {
      throw failure("location '\(location)' leads out of the model's folder")
    }
    let file: MappedFile
    do { file = try MappedFile(path: real) } catch { throw failure(error.description) }
    total += file.bytes.count
    if total > limits.totalBytes {
      throw .limit(
        path: modelPath, what: "the size of external data", found: total, allowed: limits.totalBytes)
    }
    files[location] = file
    return file
  }

  private func resolved(_ path: String) -> String? {
    guard let result = realpath(path, nil) else { return nil }
    defer { free(result) }
    return String(cString: result)
  }
}
