import Checkpoint
import OrderedCollections

extension Weights {
  /// A checkpoint's weights; data is read, or mapped, when the network takes a tensor.
  ///
  /// - Throws: `ExportError.layer` where the network was saved whole and has a layer that can't be exported.
  public init(_ state: StateDict) throws(ExportError) {
    var entries: OrderedDictionary<String, Entry> = [:]
    for (name, tensor) in state.tensors {
      entries[name] = Entry(
        shape: tensor.shape, elementType: tensor.elementType, load: { try tensor.tensor() })
    }
    self.init(entries)
    if let tree = state.moduleTree {
      layers = try LayerFacts.all(in: tree, withoutPrefix: state.strippedPrefix)
      activations = try LayerFacts.activations(in: tree)
    }
  }
}
