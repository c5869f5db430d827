import Checkpoint
import CommandSupport
import Graph
import OrderedCollections

/// What a checkpoint holds, without reading tensor data: the parts that hold tensors, and the rest as a tree.
struct Listing {
  private let file: CheckpointFile
  /// Depth beyond which the tree is cut; a hostile file may contain itself.
  private static let deepest = 6
  /// Entries of one container that are shown.
  private static let longest = 400

  init(_ file: CheckpointFile) { self.file = file }

  private struct Row: Encodable {
    let name: String
    let dtype: String
    let shape: [Int]
    let bytes: Int
  }

  private struct Part: Encodable {
    let key: String
    let role: String
    let tensors: [Row]
    let bytes: Int
  }

  private struct Object: Encodable {
    let file: String
    let format: String
    let parts: [Part]
    let other: [String]
  }

  func print(asJSON: Bool) throws {
    let results = ResultStream()
    let parts = file.candidates.map { candidate in
      // A part that can't be used still has a place in the list.
      let rows = (try? file.stateDict(weightsKey: candidate.keyPath.isEmpty ? nil : candidate.keyPath))?
        .tensors.values
        .map { Row(name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: $0.byteCount) }
      return Part(
        key: candidate.keyPath, role: candidate.role.rawValue, tensors: rows ?? [], bytes: candidate.byteCount
      )
    }
    var lines: [String] = []
    describe(file.root, name: "", depth: 0, into: &lines)
    if asJSON {
      return try results.json(
        Object(file: file.path, format: file.format.rawValue, parts: parts, other: lines))
    }
    try results.line("\(file.path): \(file.format.rawValue)")
    for line in lines { try results.line(Diagnostics.printable(line)) }
    for part in parts {
      try results.line(
        "\(part.key.isEmpty ? "(the whole file)" : part.key): \(part.role), \(part.tensors.count) tensors, "
          + sizeText(part.bytes))
    }
  }

  private func describe(_ record: Record, name: String, depth: Int, into lines: inout [String]) {
    let indent = String(repeating: "  ", count: depth)
    let label = indent + (name.isEmpty ? "" : "\(name): ")
    func members(_ entries: [(String, Record)], kind: String) {
      lines.append("\(label)\(kind), \(entries.count) entries")
      guard depth < Self.deepest else { return }
      for (key, value) in entries.prefix(Self.longest) {
        describe(value, name: key, depth: depth + 1, into: &lines)
      }
      if entries.count > Self.longest { lines.append("\(indent)  … \(entries.count - Self.longest) more") }
    }
    switch record.value {
    case .none: lines.append(label + "None")
    case .bool(let value): lines.append(label + (value ? "True" : "False"))
    case .integer(let value): lines.append("\(label)\(value)")
    case .bigInteger(let text): lines.append(label + text)
    case .real(let value): lines.append("\(label)\(value)")
    case .string(let text): lines.append("\(label)'\(text.prefix(80))'")
    case .bytes: lines.append(label + "bytes")
    case .list(let items): members(items.enumerated().map { ("[\($0.offset)]", $0.element) }, kind: "list")
    case .tuple(let items): members(items.enumerated().map { ("[\($0.offset)]", $0.element) }, kind: "tuple")
    case .set(let items): members(items.map { ("", $0) }, kind: "set")
    case .dictionary(let className, let entries):
      members(entries.map { (Self.key($0.key), $0.value) }, kind: className)
    case .tensor(let tensor):
      lines.append("\(label)\(tensor.dtype) \(tensor.shape) \(sizeText(tensor.byteCount))")
    case .storage(let storage): lines.append("\(label)storage of \(sizeText(storage.byteCount))")
    case .global(let text): lines.append(label + text)
    case .object(let object):
      lines.append(label + object.className)
      if let state = object.state, depth < Self.deepest {
        describe(state, name: "state", depth: depth + 1, into: &lines)
      }
    }
  }

  private static func key(_ record: Record) -> String {
    switch record.value {
    case .string(let text): String(text.prefix(120))
    case .integer(let value): "\(value)"
    default: "?"
    }
  }
}
