import OrderedCollections

/// Chooses a network's weights among the parts of a checkpoint, and says why.
struct WeightsChoice {
  let path: String
  let root: Record
  let candidates: [Candidate]

  /// Names under which frameworks and people keep the weights, most telling first.
  private static let knownKeys = [
    "state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params",
    "params_ema", "net_state_dict", "net_state", "model_weights",
  ]

  /// The weights under `key`, or the ones that a person would mean without saying so.
  func stateDict(key: String?) throws(CheckpointError) -> StateDict {
    let (candidate, reason): (Candidate, String)
    if let key { (candidate, reason) = try named(key) } else { (candidate, reason) = try best() }
    let prefix = NamePrefix(candidate.tensors)
    for tensor in prefix.tensors.values { try tensor.validate() }
    return StateDict(
      tensors: prefix.tensors, keyPath: candidate.keyPath, strippedPrefix: prefix.stripped,
      leftOut: prefix.leftOut, reason: sentence(candidate, reason, prefix), moduleTree: candidate.moduleTree)
  }

  private func best() throws(CheckpointError) -> (Candidate, String) {
    let plain = candidates.filter { $0.role == .weights || $0.role == .module }
    if let only = plain.first, plain.count == 1 { return (only, note(only)) }
    if plain.isEmpty {
      let averages = candidates.filter { $0.role == .average }
      if let only = averages.first, averages.count == 1 {
        return (only, "averaged weights, the only ones here")
      }
      if !averages.isEmpty { throw ambiguous(averages) }
      throw .noWeights(path: path, found: found())
    }
    let ranked = plain.map { ($0, rank($0)) }
    let first = ranked.map(\.1).min() ?? 0
    let leaders = ranked.filter { $0.1 == first }.map(\.0)
    guard let leader = leaders.first, leaders.count == 1, first < Int.max else { throw ambiguous(plain) }
    return (leader, note(leader))
  }

  /// Lower is likelier: by the known name, then by depth.
  private func rank(_ candidate: Candidate) -> Int {
    guard let last = candidate.parts.last else { return 0 }
    guard let index = Self.knownKeys.firstIndex(of: last) else { return .max }
    return candidate.parts.count * 100 + index
  }

  private func named(_ key: String) throws(CheckpointError) -> (Candidate, String) {
    if let match = candidates.first(where: { $0.keyPath == key }) { return (match, "asked for") }
    // A part of the names inside one state dict, such as "model_ema" or "teacher.backbone".
    let prefix = key.hasSuffix(".") ? key : key + "."
    for candidate in candidates where candidate.role != .training {
      let own = candidate.keyPath.isEmpty ? "" : candidate.keyPath + "."
      let inner = prefix.hasPrefix(own) ? String(prefix.dropFirst(own.count)) : prefix
      let tensors = candidate.tensors.filter { $0.key.hasPrefix(inner) }
      if tensors.isEmpty { continue }
      let renamed = tensors.values.map { $0.named(String($0.name.dropFirst(inner.count))) }
      let part = Candidate(
        parts: candidate.parts + [String(inner.dropLast())], role: candidate.role, record: candidate.record,
        tensors: renamed, moduleTree: candidate.moduleTree?.module(at: String(inner.dropLast())))
      return (part, "asked for")
    }
    throw .noSuchKey(path: path, key: key, candidates: candidates.map(\.label))
  }

  private func note(_ candidate: Candidate) -> String {
    if candidate.role == .module, let tree = candidate.moduleTree { return "a whole \(tree.shortClassName)" }
    return candidate.parts.isEmpty ? "the file is a state dict" : "the weights"
  }

  private func sentence(_ candidate: Candidate, _ reason: String, _ prefix: NamePrefix) -> String {
    var text = "\(candidate.label) (\(reason), \(prefix.tensors.count) tensors)"
    if !prefix.stripped.isEmpty { text += ", names without '\(prefix.stripped)'" }
    if !prefix.leftOut.isEmpty { text += ", left out \(prefix.leftOut.joined(separator: ", "))" }
    let others = candidates.filter { $0.keyPath != candidate.keyPath && $0.role != .training }
    if !others.isEmpty {
      let list = others.map { "\($0.label)\($0.role == .average ? " (averaged)" : "")" }
      text += "; also here: \(list.joined(separator: ", "))"
    }
    return text
  }

  private func ambiguous(_ candidates: [Candidate]) -> CheckpointError {
    .ambiguousWeights(path: path, candidates: candidates.map(\.label))
  }

  private func found() -> String {
    if !candidates.isEmpty {
      return "only training state (\(candidates.map(\.label).joined(separator: ", ")))"
    }
    let names = root.members.map(\.name)
    if !names.isEmpty { return names.prefix(12).map { "'\($0)'" }.joined(separator: ", ") }
    return root.document.heap[root.id].kind
  }
}
