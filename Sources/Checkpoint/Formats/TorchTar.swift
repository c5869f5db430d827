import Files

/// The format of PyTorch before 0.1.10: a tar archive with the files `storages`, `tensors` and `pickle`
/// (`legacy_load` in `torch/serialization.py`).
enum TorchTar {
  static func begins(_ bytes: FileBytes) -> Bool { bytes.holds("ustar", at: 257) }

  static func read(
    _ bytes: FileBytes, path: String, limits: CheckpointLimits
  ) throws(CheckpointError) -> Document {
    let files = try members(bytes, path: path)
    func stream(_ name: String) throws(CheckpointError) -> PickleStream {
      guard let file = files[name] else {
        throw .malformed(path: path, detail: "the tar archive has no file '\(name)'")
      }
      return PickleStream(bytes: file, path: path, limits: limits)
    }
    var reader = TarReader(path: path)
    try reader.readStorages(stream("storages"))
    try reader.readTensors(stream("tensors"))
    var pickle = try stream("pickle")
    let root = try pickle.run(&reader.heap, .numbered(reader.objects), part: "its file 'pickle'")
    let storages = reader.heap.storages.map { Storage($0, contents: reader.contents) }
    return Document(path: path, heap: reader.heap, root: root, storages: storages, limits: limits)
  }

  /// The plain files of a tar archive (POSIX.1-1988 ustar; other kinds of members are passed over).
  private static func members(
    _ bytes: FileBytes, path: String
  ) throws(CheckpointError) -> [String: FileBytes] {
    var files: [String: FileBytes] = [:]
    var position = 0
    while let header = bytes.slice(offset: position, length: 512), header[0] != 0 {
      let fields = header.array
      let name = String(decoding: fields[..<100].prefix { $0 != 0 }, as: UTF8.self)
      let digits = fields[124..<136].filter { (0x30...0x37).contains($0) }
      guard header.holds("ustar", at: 257), let size = Int(String(decoding: digits, as: UTF8.self), radix: 8)
      else { throw .malformed(path: path, detail: "its tar header at byte \(position) is no header") }
      guard let contents = bytes.slice(offset: position + 512, length: size) else {
        throw .truncated(path: path, part: "its file '\(name)'")
      }
      if [0, 0x30].contains(fields[156]), files.updateValue(contents, forKey: name) != nil {
        throw .malformed(path: path, detail: "the tar archive holds '\(name)' twice")
      }
      position += 512 + (size + 511) / 512 * 512
    }
    return files
  }
}

/// Gathers what the numbered objects of the tar format are.
private struct TarReader {
  let path: String
  var heap = PickleHeap()
  /// Storages and tensors by the number that persistent ids use.
  var objects: [String: NodeID] = [:]
  var contents: [String: FileBytes] = [:]

  init(path: String) { self.path = path }

  /// A count, then for each storage `(key, location, class)`, its element count and bytes; at the end a list
  /// of views `(key, root key, offset, count)`.
  mutating func readStorages(_ file: PickleStream) throws(CheckpointError) {
    var file = file
    let part = "its file 'storages'"
    for _ in 0..<(try count(&file, part)) {
      let fields = try tuple(&file, part)
      guard fields.count == 3, let key = name(fields[0]),
        let type = heap.globalName(fields[2]).flatMap(TorchType.init(storageClass:))
      else { throw .malformed(path: path, detail: "\(part) describes a storage wrongly") }
      let bytes = try file.storage(key: key, elementSize: type.byteCount)
      contents[key] = bytes
      try add(StorageNode(key: key, type: type, count: bytes.count / type.byteCount), as: key)
    }
    let views = try file.run(&heap, part: part)
    for view in heap.sequence(views) ?? [] {
      guard let fields = heap.sequence(view), fields.count == 4, let key = name(fields[0]),
        let root = name(fields[1]), let offset = heap.integer(fields[2]), let count = heap.integer(fields[3]),
        offset >= 0, count >= 0, count <= Int.max - offset, let rootID = objects[root],
        case .storage(let index) = heap[rootID]
      else { throw .malformed(path: path, detail: "\(part) describes a view wrongly") }
      let type = heap.storages[index].type
      try add(StorageNode(key: root, type: type, count: count, view: offset..<(offset + count)), as: key)
    }
  }

  /// A count, then for each tensor `(key, storage key, class)` and in little-endian binary its rank (4 bytes
  /// and 4 unused), sizes, strides and offset (8 bytes each).
  mutating func readTensors(_ file: PickleStream) throws(CheckpointError) {
    var file = file
    let part = "its file 'tensors'"
    for _ in 0..<(try count(&file, part)) {
      let fields = try tuple(&file, part)
      guard fields.count == 3, let key = name(fields[0]), let storageKey = name(fields[1]),
        let storageID = objects[storageKey], case .storage(let storage) = heap[storageID],
        let type = heap.storages[storage].type
      else { throw .malformed(path: path, detail: "\(part) describes a tensor wrongly") }
      guard let rank = file.bytes.integer(at: file.position, as: Int32.self) else {
        throw .truncated(path: path, part: part)
      }
      guard rank >= 0, rank <= file.limits.rank else {
        throw .limit(path: path, what: "dimensions in one tensor", limit: file.limits.rank)
      }
      var numbers: [Int] = []
      for index in 0..<(2 * Int(rank) + 1) {
        guard let value = file.bytes.integer(at: file.position + 8 + 8 * index, as: Int64.self) else {
          throw .truncated(path: path, part: part)
        }
        guard value >= 0 else { throw .malformed(path: path, detail: "tensor \(key) has a negative extent") }
        numbers.append(Int(value))
      }
      file.position += 8 + 8 * numbers.count
      let tensor = TensorNode(
        storage: storage, type: type, offset: numbers.last ?? 0, shape: Array(numbers.prefix(Int(rank))),
        strides: Array(numbers.dropFirst(Int(rank)).prefix(Int(rank))))
      try add(.tensor(tensor), as: key)
    }
  }

  private mutating func add(_ storage: StorageNode, as key: String) throws(CheckpointError) {
    heap.storages.append(storage)
    try add(.storage(heap.storages.count - 1), as: key)
  }

  private mutating func add(_ node: Node, as key: String) throws(CheckpointError) {
    guard objects.updateValue(heap.add(node), forKey: key) == nil else {
      throw .malformed(path: path, detail: "object \(key) is there twice")
    }
  }

  private func name(_ id: NodeID) -> String? { heap.string(id) ?? heap.integer(id).map(String.init) }

  private mutating func count(_ file: inout PickleStream, _ part: String) throws(CheckpointError) -> Int {
    let root = try file.run(&heap, part: part)
    guard let count = heap.integer(root), count >= 0 else {
      throw .malformed(path: path, detail: "\(part) doesn't begin with a count")
    }
    return count
  }

  private mutating func tuple(
    _ file: inout PickleStream, _ part: String
  ) throws(CheckpointError) -> [NodeID] {
    let root = try file.run(&heap, part: part)
    return heap.sequence(root) ?? []
  }
}
