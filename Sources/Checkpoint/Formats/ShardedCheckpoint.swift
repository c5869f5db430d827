import Files

/// An index file (`model.safetensors.index.json`, `pytorch_model.bin.index.json`) that says which tensor is in
/// which file beside it, as Hugging Face's libraries write for large networks.
enum ShardedCheckpoint {
  static func begins(_ bytes: FileBytes) -> Bool { bytes[0] == UInt8(ascii: "{") }

  static func read(
    _ bytes: FileBytes, path: String, limits: CheckpointLimits
  ) throws(CheckpointError) -> Document {
    guard bytes.count <= Safetensors.headerLimit else {
      throw .limit(path: path, what: "bytes in an index file", limit: Safetensors.headerLimit)
    }
    let json: JSONValue
    do { json = try JSONReader.read(bytes, limit: limits.headerValues) } catch {
      throw .malformed(path: path, detail: "it is no JSON: \(error.detail) (at byte \(error.position))")
    }
    guard case .object(let map) = json["weight_map"] else {
      throw .unknownFormat(path: path, guess: "a JSON file without the 'weight_map' of an index of shards")
    }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    var shards: [String: (document: Document, members: [String: Record])] = [:]
    var builder = DictionaryBuilder(path: path, limits: limits)
    for (name, value) in map {
      guard let file = value.string, isPlainName(file) else {
        throw .malformed(path: path, detail: "tensor '\(name)' is said to be in a file outside this folder")
      }
      if shards[file] == nil {
        let document = try shard(folder + file, limits: limits)
        let members = Record(document: document, id: document.root).members
        shards[file] = (document, Dictionary(members.map { ($0.name, $0.value) }) { _, last in last })
      }
      guard let shard = shards[file], let record = shard.members[name],
        case .tensor(let node) = shard.document.heap[record.id]
      else { throw .malformed(path: path, detail: "tensor '\(name)' is not in '\(file)'") }
      builder.add(name, node, of: shard.document)
    }
    return builder.document(metadata: [])
  }

  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.contains("/") && !name.contains("\0")
  }

  private static func shard(_ path: String, limits: CheckpointLimits) throws(CheckpointError) -> Document {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .file(error) }
    let bytes = FileBytes(file)
    guard !begins(bytes) else {
      throw .malformed(path: path, detail: "it is an index itself, where a file of tensors should be")
    }
    return try FormatDetection.read(bytes, path: path, limits: limits).0
  }
}
