/// Finds every part of a checkpoint that holds tensors by name.
struct CandidateSearch {
  private(set) var candidates: [Candidate] = []
  private var seen: Set<Record> = []
  private var budget = 200_000

  init(_ root: Record) throws(CheckpointError) {
    try visit(root, parts: [], depth: 0)
  }

  private mutating func visit(_ record: Record, parts: [String], depth: Int) throws(CheckpointError) {
    // Weights lie near the surface; what is deeper or comes later is no part that a person would name.
    budget -= 1
    guard depth <= 8, budget > 0, !record.isTensor, seen.insert(record).inserted else { return }
    if let tree = try record.moduleTree() {
      candidates.append(
        Candidate(
          parts: parts, role: Self.isAverage(parts) ? .average : .module, record: record,
          tensors: tree.stateTensors, moduleTree: tree))
      return
    }
    let members = record.members
    if isOptimizer(members) {
      append(parts, .training, record, Self.tensorsBelow(record, limit: 100_000))
      return
    }
    if let tensors = stateTensors(record, members) {
      append(parts, role(parts), record, tensors)
      return
    }
    for (name, value) in members { try visit(value, parts: parts + [name], depth: depth + 1) }
    for (index, item) in (record.items ?? []).prefix(64).enumerated() {
      try visit(item, parts: parts + ["\(index)"], depth: depth + 1)
    }
    if record.className != nil {
      for (name, value) in record.attributes where !value.members.isEmpty || value.isModule {
        try visit(value, parts: parts + [name], depth: depth + 1)
      }
    }
  }

  private mutating func append(
    _ parts: [String], _ role: Candidate.Role, _ record: Record, _ tensors: [StateTensor]
  ) {
    if tensors.isEmpty { return }
    candidates.append(Candidate(parts: parts, role: role, record: record, tensors: tensors))
  }

  /// The tensors, if the members are a state dict's: names to tensors, and little else.
  private func stateTensors(
    _ record: Record, _ members: [(name: String, value: Record)]
  ) -> [StateTensor]? {
    var tensors: [StateTensor] = []
    var others = 0
    for (name, value) in members {
      if let tensor = value.tensor {
        tensors.append(tensor.named(name))
      } else if name.hasSuffix("_extra_state") {
        continue
      } else if value.entries != nil || value.className != nil {
        return nil
      } else {
        others += 1
      }
    }
    // A record of metrics may hold tensors too, but only scalars.
    guard tensors.contains(where: { !$0.shape.isEmpty }), others < tensors.count else { return nil }
    return tensors
  }

  private func isOptimizer(_ members: [(name: String, value: Record)]) -> Bool {
    let names = Set(members.map(\.name))
    return names.isSuperset(of: ["state", "param_groups"])
  }

  private func role(_ parts: [String]) -> Candidate.Role {
    let words = parts.flatMap(Self.words)
    let training = ["optim", "sched", "scaler", "callback", "rng", "loops", "momentum"]
    if words.contains(where: { word in training.contains { word.hasPrefix($0) } }) { return .training }
    return Self.isAverage(parts) ? .average : .weights
  }

  private static func isAverage(_ parts: [String]) -> Bool {
    parts.flatMap(words).contains { ["ema", "swa", "averaged", "polyak", "shadow"].contains($0) }
  }

  private static func words(_ part: String) -> [String] {
    part.lowercased().split { $0 == "_" || $0 == "." || $0 == "-" }.map(String.init)
  }

  /// All tensors in an optimizer's state, for counting.
  private static func tensorsBelow(_ record: Record, limit: Int) -> [StateTensor] {
    var tensors: [StateTensor] = []
    var pending = [record]
    var seen: Set<Record> = []
    while let next = pending.popLast(), seen.count < limit {
      guard seen.insert(next).inserted else { continue }
      if let tensor = next.tensor {
        tensors.append(tensor.named("\(tensors.count)"))
      } else {
        pending += (next.entries ?? []).map(\.value)
        pending += next.items ?? []
      }
    }
    return tensors
  }
}

extension ModuleTree {
  /// What `state_dict()` of the module would hold, in its order.
  var stateTensors: [StateTensor] {
    var tensors: [StateTensor] = []
    forEach { path, module in
      for tensor in module.parameters + module.buffers {
        tensors.append(path.isEmpty ? tensor : tensor.named("\(path).\(tensor.name)"))
      }
    }
    return tensors
  }
}
