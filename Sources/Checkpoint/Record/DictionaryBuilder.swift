import Graph

/// Makes the document of a file that is nothing but tensors by name.
struct DictionaryBuilder {
  let path: String
  let limits: CheckpointLimits
  private var heap = PickleHeap()
  private var storages: [Storage] = []
  private var entries: [NodeID] = []

  init(path: String, limits: CheckpointLimits) {
    self.path = path
    self.limits = limits
  }

  /// Adds a tensor on `storage`.
  mutating func add(_ name: String, _ tensor: TensorNode, _ storage: Storage) {
    var tensor = tensor
    tensor.storage = storages.count
    storages.append(storage)
    heap.storages.append(StorageNode(key: storage.key, type: tensor.type, count: 0))
    entries += [heap.add(.string(name)), heap.add(.tensor(tensor))]
  }

  /// Adds a tensor of another document; its storage stays shared with that document's other tensors.
  mutating func add(_ name: String, _ tensor: TensorNode, of document: Document) {
    if let storage = tensor.storage {
      add(name, tensor, document.storages[storage])
    } else {
      entries += [heap.add(.string(name)), heap.add(.tensor(tensor))]
    }
  }

  /// The document, with `metadata` as what its dictionary carries besides.
  consuming func document(metadata: [(String, String)]) -> Document {
    var attributes: NodeID?
    if !metadata.isEmpty {
      var pairs: [NodeID] = []
      for (name, text) in metadata { pairs += [heap.add(.string(name)), heap.add(.string(text))] }
      attributes = heap.add(.dictionary(DictionaryNode(entries: pairs)))
    }
    let root = heap.add(.dictionary(DictionaryNode(entries: entries, attributes: attributes)))
    return Document(path: path, heap: heap, root: root, storages: storages, limits: limits)
  }
}

extension TensorNode {
  /// A tensor of row-major elements from its storage's beginning on, whose bytes are known to fit its shape.
  init(type: TorchType, contiguous shape: [Int]) {
    var strides = [Int](repeating: 1, count: shape.count)
    if !shape.contains(0) {
      for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    }
    self.init(storage: nil, type: type, shape: shape, strides: strides)
  }
}
