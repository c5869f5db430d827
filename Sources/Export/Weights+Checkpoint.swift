import Checkpoint
import OrderedCollections

extension Weights {
  /// A checkpoint's weights; data is read, or mapped, when the network takes a tensor.
  public init(_ state: StateDict) {
    var entries: OrderedDictionary<String, Entry> = [:]
    for (name, tensor) in state.tensors {
      entries[name] = Entry(
        shape: tensor.shape, elementType: tensor.elementType, load: { try tensor.tensor() })
    }
    self.init(entries)
  }
}
