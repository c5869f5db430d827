import Files
import Graph

/// The format of PyTorch 0.1.10 to 1.5, and of `_use_new_zipfile_serialization=False` since: pickles of a
/// magic number, the protocol, facts of the system, the object and the storages' keys, then each storage as
/// its element count and bytes (`_legacy_load` in `torch/serialization.py`).
enum TorchLegacy {
  /// What the first pickle of such a file holds.
  static let magic = "0x1950a86a20f9469cfc6c"

  /// Whether the pickle at the file's beginning is the magic number.
  static func begins(_ bytes: FileBytes) -> Bool {
    guard bytes[0] == 0x80, let head = bytes.slice(offset: 0, length: min(64, bytes.count)) else {
      return false
    }
    var machine = PickleMachine(input: head, limits: CheckpointLimits())
    guard let root = try? machine.run(), case .bigInteger(magic) = machine.heap[root] else { return false }
    return true
  }

  static func read(
    _ bytes: FileBytes, path: String, limits: CheckpointLimits, depth: Int = 0
  ) throws(CheckpointError) -> Document {
    var reader = PickleStream(bytes: bytes, path: path, limits: limits)
    guard case .bigInteger(magic) = try reader.next("its magic number") else {
      throw .malformed(path: path, detail: "it doesn't begin with PyTorch's magic number")
    }
    guard case .integer(1001) = try reader.next("its protocol number") else {
      throw .malformed(path: path, detail: "its protocol is not 1001, the only one that PyTorch has used")
    }
    _ = try reader.next("the facts of its system")
    let object = try reader.document(.storages, part: "its pickle", depth: depth)
    let keys = try reader.keys()
    var contents: [String: FileBytes] = [:]
    let nodes = Dictionary(
      object.heap.storages.filter { $0.inline == nil }.map { ($0.key, $0) },
      uniquingKeysWith: { first, _ in first })
    for key in keys {
      guard let node = nodes[key] else {
        throw .malformed(path: path, detail: "storage '\(key)' is listed, but nothing refers to it")
      }
      contents[key] = try reader.storage(key: key, elementSize: node.type?.byteCount ?? 1)
    }
    let storages = object.heap.storages.map { Storage($0, contents: contents) }
    return Document(
      path: path, heap: object.heap, root: object.root, storages: storages, limits: limits)
  }
}

extension Storage {
  /// The storage that a node describes, from the bytes by key.
  convenience init(_ node: StorageNode, contents: [String: FileBytes]) {
    if let inline = node.inline {
      self.init(key: node.key, source: .bytes(inline), isBigEndian: node.isBigEndian)
      return
    }
    var bytes = contents[node.key]
    if let view = node.view {
      let size = node.type?.byteCount ?? 1
      let (start, overflow) = view.lowerBound.multipliedReportingOverflow(by: size)
      let (length, tooLong) = view.count.multipliedReportingOverflow(by: size)
      bytes = overflow || tooLong ? nil : bytes?.slice(offset: start, length: length)
    }
    self.init(key: node.key, source: bytes.map(Storage.Source.bytes) ?? .missing, isBigEndian: false)
  }
}

/// Pickles and raw bytes that follow each other in one file.
struct PickleStream {
  let bytes: FileBytes
  let path: String
  let limits: CheckpointLimits
  var position = 0

  init(bytes: FileBytes, path: String, limits: CheckpointLimits) {
    self.bytes = bytes
    self.path = path
    self.limits = limits
  }

  /// Runs the next pickle, adding to `heap`; `part` names it in messages.
  mutating func run(
    _ heap: inout PickleHeap, _ ids: PickleMachine.PersistentIDs = .none, part: String, depth: Int = 0
  ) throws(CheckpointError) -> NodeID {
    guard position < bytes.count else { throw .truncated(path: path, part: part) }
    var machine = PickleMachine(input: bytes, position: position, persistentIDs: ids, limits: limits)
    machine.depth = depth
    // Moved in and out: a copy for each of many small pickles would take quadratic time.
    swap(&machine.heap, &heap)
    do {
      let root = try machine.run()
      swap(&machine.heap, &heap)
      position = machine.position
      return root
    } catch {
      if case .truncated = error.reason { throw .truncated(path: path, part: part) }
      throw .pickle(path: path, part: part, error)
    }
  }

  /// What the next pickle holds, by itself.
  mutating func next(_ part: String) throws(CheckpointError) -> Node {
    var heap = PickleHeap()
    let root = try run(&heap, part: part)
    return heap[root]
  }

  mutating func document(
    _ ids: PickleMachine.PersistentIDs, part: String, depth: Int
  ) throws(CheckpointError) -> (heap: PickleHeap, root: NodeID) {
    var heap = PickleHeap()
    let root = try run(&heap, ids, part: part, depth: depth)
    return (heap, root)
  }

  /// The next pickle as a list of the storages' keys.
  mutating func keys() throws(CheckpointError) -> [String] {
    var heap = PickleHeap()
    let root = try run(&heap, part: "its list of storages")
    let keys = heap.sequence(root)?.map { heap.string($0) ?? heap.integer($0).map(String.init) }
    guard let keys, !keys.contains(nil) else {
      throw .malformed(path: path, detail: "its list of storages is no list of names")
    }
    return keys.compactMap { $0 }
  }

  /// The next storage: its element count and its bytes.
  mutating func storage(key: String, elementSize: Int) throws(CheckpointError) -> FileBytes {
    guard let count = bytes.integer(at: position, as: Int64.self) else {
      throw .truncated(path: path, part: "storage '\(key)'")
    }
    let (length, overflow) = Int(count).multipliedReportingOverflow(by: elementSize)
    guard !overflow, let contents = bytes.slice(offset: position + 8, length: length) else {
      throw .truncated(path: path, part: "storage '\(key)'")
    }
    position += 8 + length
    return contents
  }
}
