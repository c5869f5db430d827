import OrderedCollections

/// A part of a checkpoint that holds tensors by name.
public struct Candidate: Sendable {
  /// What the part is.
  public enum Role: String, Sendable {
    /// A network's weights.
    case weights
    /// Averaged weights (EMA, SWA, Polyak).
    case average
    /// A network that was saved whole, with its modules.
    case module
    /// What an optimizer, scheduler or scaler remembers.
    case training
  }

  /// Where it is, such as `model` or `ema.state_dict`; empty for the root.
  public let keyPath: String
  /// What it is.
  public let role: Role
  /// How many tensors it holds.
  public let tensorCount: Int
  /// Bytes of all tensors.
  public let byteCount: Int
  let parts: [String]
  let record: Record
  let tensors: OrderedDictionary<String, StateTensor>
  let moduleTree: ModuleTree?

  init(parts: [String], role: Role, record: Record, tensors: [StateTensor], moduleTree: ModuleTree? = nil) {
    self.parts = parts
    self.role = role
    self.record = record
    self.moduleTree = moduleTree
    var byName: OrderedDictionary<String, StateTensor> = [:]
    var total = 0
    for tensor in tensors {
      byName[tensor.name] = tensor
      let (sum, overflow) = total.addingReportingOverflow(tensor.byteCount)
      total = overflow ? .max : sum
    }
    self.tensors = byName
    keyPath = parts.joined(separator: ".")
    tensorCount = byName.count
    byteCount = total
  }

  /// How it is called in messages.
  var label: String { keyPath.isEmpty ? "the whole file" : "'\(keyPath)'" }
}
