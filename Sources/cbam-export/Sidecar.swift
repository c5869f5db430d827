import Glibc
import Graph

/// What people know of a model and a state_dict doesn't hold: a JSON file beside the checkpoint under its name.
struct Sidecar {
  let path: String
  let labels: [String]
  let preprocessing: Preprocessing?

  private struct Contents: Decodable {
    var labels: [String]?
    var mean: [Float]?
    var std: [Float]?
    var size: [Int]?
    var color: String?
    var scale: String?
  }

  /// The checkpoint's path without its extension; an index of shards has three (`model.safetensors.index.json`).
  static func stem(of path: String) -> String {
    for ending in [".safetensors.index.json", ".bin.index.json"] where path.hasSuffix(ending) {
      let stem = String(path.dropLast(ending.count))
      if !stem.isEmpty, !stem.hasSuffix("/") { return stem }
    }
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    guard let dot = path[slash...].lastIndex(of: "."), dot > slash else { return path }
    return String(path[..<dot])
  }

  /// The file `stem`.json, or `nil` where there is none.
  ///
  /// - Throws: `BadFileError` where it is there and can't be understood.
  init?(besides stem: String) throws {
    path = stem + ".json"
    guard access(path, F_OK) == 0 else { return nil }
    let contents: Contents = try decodeJSON(path, for: "labels and preprocessing")
    labels = contents.labels ?? []
    preprocessing = try Self.preprocessing(contents, path: path)
  }

  private static func preprocessing(_ contents: Contents, path: String) throws -> Preprocessing? {
    if contents.mean == nil, contents.std == nil, contents.size == nil, contents.color == nil,
      contents.scale == nil
    {
      return nil
    }
    func need<Value>(_ value: Value?, _ key: String, _ form: String) throws -> Value {
      guard let value else { throw BadFileError(path: path, reason: "\"\(key)\" needs \(form)") }
      return value
    }
    var result = Preprocessing()
    if let color = contents.color {
      result = Preprocessing(
        color: try need(Preprocessing.ColorOrder(rawValue: color), "color", "RGB, BGR or GRAY"))
    }
    let channels = result.color.channels
    if let mean = contents.mean {
      result.mean = try need(mean.count == channels ? mean : nil, "mean", "\(channels) numbers")
    }
    if let std = contents.std {
      let fits = std.count == channels && std.allSatisfy { $0 > 0 && $0.isFinite }
      result.std = try need(fits ? std : nil, "std", "\(channels) numbers above 0")
    }
    if let scale = contents.scale {
      result.scale = try need(Preprocessing.Scale(scale), "scale", "\"1/255\" or a number")
    }
    if let size = contents.size {
      let text = size.map(String.init).joined(separator: "x")
      result.size = try need(Preprocessing.Size(text), "size", "[height, width]")
    }
    return result
  }
}
