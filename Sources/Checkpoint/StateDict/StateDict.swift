import OrderedCollections

/// A network's weights by name, in the order of the file.
public struct StateDict: Sendable {
  /// The tensors by name, after the prefix was taken off.
  public let tensors: OrderedDictionary<String, StateTensor>
  /// Where in the checkpoint they are, such as `model` or `ema.state_dict`; empty for the root.
  public let keyPath: String
  /// What was taken off every name, such as `module.` or `model._orig_mod.`; often empty.
  public let strippedPrefix: String
  /// Tensors beside the network that bear another prefix, such as a loss's weights, by their full names.
  public let leftOut: [String]
  /// Why this part of the checkpoint was chosen, in one sentence for people.
  public let reason: String
  /// The modules, where the network was saved whole.
  public let moduleTree: ModuleTree?

  /// The tensor of that name.
  public subscript(name: String) -> StateTensor? { tensors[name] }

  /// The names in the order of the file.
  public var names: OrderedSet<String> { tensors.keys }

  /// Bytes of all tensors as `StateTensor.tensor()` gives them, shared memory counted once for each name.
  public var byteCount: Int {
    tensors.values.reduce(0) { sum, tensor in
      let (total, overflow) = sum.addingReportingOverflow(tensor.byteCount)
      return overflow ? .max : total
    }
  }
}
