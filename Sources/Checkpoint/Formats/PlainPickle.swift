import Files

/// A pickle by itself: NumPy arrays by name, or tensors that `pickle.dump` wrote without PyTorch's help.
enum PlainPickle {
  /// Whether the first byte is one with which Python begins a pickle of a container.
  static func begins(_ bytes: FileBytes) -> Bool {
    guard let first = bytes[0] else { return false }
    if first == 0x80 { return bytes[1].map { $0 <= 5 } ?? false }
    // Protocols 0 and 1: MARK, GLOBAL, EMPTY_LIST, EMPTY_DICT.
    guard [0x28, 0x63, 0x5D, 0x7D].contains(first), let last = bytes[bytes.count - 1] else { return false }
    return last == PickleOpcode.stop.rawValue
  }

  static func read(
    _ bytes: FileBytes, path: String, limits: CheckpointLimits
  ) throws(CheckpointError) -> Document {
    var stream = PickleStream(bytes: bytes, path: path, limits: limits)
    let (heap, root) = try stream.document(.none, part: "its pickle", depth: 0)
    let storages = heap.storages.map { Storage($0, contents: [:]) }
    return Document(path: path, heap: heap, root: root, storages: storages, limits: limits)
  }
}
