/// What a pickle remembers by number. Python counts from zero, so most of it is an array.
struct PickleMemo {
  private var dense: [NodeID] = []
  private var sparse: [Int: NodeID] = [:]

  var count: Int { dense.count + sparse.count }

  /// Remembers `id` as number `index`, which is not negative, instead of what was there.
  mutating func put(_ id: NodeID, at index: Int) {
    if index < dense.count {
      dense[index] = id
    } else if index == dense.count {
      dense.append(id)
      if !sparse.isEmpty { sparse[index] = nil }
    } else {
      sparse[index] = id
    }
  }

  /// What number `index` is; `nil` where nothing was remembered.
  func get(_ index: Int) -> NodeID? { dense.indices ~= index ? dense[index] : sparse[index] }
}
