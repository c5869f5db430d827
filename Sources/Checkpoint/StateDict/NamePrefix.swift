import OrderedCollections

/// Takes off what wrappers put before the names of a network's tensors.
struct NamePrefix {
  /// Prefixes of wrappers (DataParallel, torch.compile, FSDP) and of the attributes in which training
  /// frameworks commonly keep the network.
  static let known = [
    "module.", "_orig_mod.", "_forward_module.", "_fsdp_wrapped_module.", "model.", "net.", "network.",
  ]
  /// Parts that torch.compile, FSDP and activation checkpointing put in the middle of names.
  private static let transparent: Set<Substring> = [
    "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module",
  ]

  private(set) var tensors: OrderedDictionary<String, StateTensor>
  private(set) var stripped = ""
  private(set) var leftOut: [String] = []

  /// Strips `tensors`; `mayLeaveOut` where a prefix that all but a few names bear shows that the few are not
  /// the network's (Lightning keeps losses and metrics beside it, `AveragedModel` its counter).
  init(_ tensors: OrderedDictionary<String, StateTensor>) {
    self.tensors = tensors
    removeTransparentParts()
    while stripOne() {}
  }

  private mutating func stripOne() -> Bool {
    for prefix in Self.known {
      let matching = tensors.keys.count { $0.hasPrefix(prefix) }
      guard matching > 0 else { continue }
      let others = tensors.filter { !$0.key.hasPrefix(prefix) }
      guard others.isEmpty || areBeside(others, matching: matching) else { continue }
      rename { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
      stripped += prefix
      leftOut += others.keys
      return true
    }
    return false
  }

  /// Whether the tensors without the prefix are few and none is a layer's weight of two dimensions or more.
  private func areBeside(_ others: OrderedDictionary<String, StateTensor>, matching: Int) -> Bool {
    others.count * 10 <= matching && others.values.allSatisfy { $0.shape.count <= 1 }
  }

  private mutating func removeTransparentParts() {
    func cleaned(_ name: String) -> String {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      return parts.filter { !Self.transparent.contains($0) }.joined(separator: ".")
    }
    guard tensors.keys.contains(where: { cleaned($0) != $0 }) else { return }
    let common = tensors.keys.allSatisfy { $0.hasPrefix("_orig_mod.") } ? "_orig_mod." : ""
    guard Set(tensors.keys.map(cleaned)).count == tensors.count else { return }
    rename { cleaned($0) }
    stripped += common
  }

  private mutating func rename(_ newName: (String) -> String?) {
    var result: OrderedDictionary<String, StateTensor> = [:]
    result.reserveCapacity(tensors.count)
    for (name, tensor) in tensors {
      if let renamed = newName(name) { result[renamed] = tensor.named(renamed) }
    }
    tensors = result
  }
}
