import Graph

/// Shortcuts to what a record holds; `nil` where it is something else.
extension Record {
  /// An integer that fits, or `True` and `False` as 1 and 0.
  public var integer: Int? { document.heap.integer(id) }

  /// A number.
  public var real: Double? { document.heap.real(id) }

  /// A string.
  public var string: String? { document.heap.string(id) }

  /// A list or tuple of integers.
  public var integers: [Int]? { document.heap.integers(id) }

  /// `True` or `False`.
  public var bool: Bool? { if case .bool(let value) = document.heap[id] { value } else { nil } }

  /// The members of a list or tuple.
  public var items: [Record]? {
    document.heap.sequence(id)?.map { Record(document: document, id: $0) }
  }

  /// A tensor.
  public var tensor: StateTensor? {
    if case .tensor(let node) = document.heap[id] { document.tensor(node) } else { nil }
  }

  /// Whether it is a tensor; cheaper than making one.
  public var isTensor: Bool { if case .tensor = document.heap[id] { true } else { false } }

  /// Whether it is `None`.
  public var isNone: Bool { document.heap[id].isNone }

  /// The members of a dictionary, or of an object that is a kind of dictionary.
  public var entries: [Entry]? {
    switch value {
    case .dictionary(_, let entries): entries
    case .object(let object) where !object.entries.isEmpty: object.entries
    default: nil
    }
  }

  /// The members whose keys are strings, each key once with what was set last, in the order of first setting.
  public var members: [(name: String, value: Record)] {
    var order: [String: Int] = [:]
    var result: [(name: String, value: Record)] = []
    for entry in entries ?? [] {
      guard let name = entry.key.string else { continue }
      if let index = order[name] {
        result[index].value = entry.value
      } else {
        order[name] = result.count
        result.append((name, entry.value))
      }
    }
    return result
  }

  /// The attributes of an object: what it would set from its state, which is a dictionary, or a pair of
  /// dictionaries where the class has slots.
  public var attributes: [(name: String, value: Record)] {
    guard case .object(let object) = value, let state = object.state else { return [] }
    if case .tuple(let parts) = state.value { return parts.flatMap(\.members) }
    return state.members
  }

  /// The member of a dictionary, or attribute of an object, of that name.
  public subscript(name: String) -> Record? {
    members.last { $0.name == name }?.value ?? attributes.last { $0.name == name }?.value
  }

  /// The class of an object.
  public var className: String? {
    if case .object(let node) = document.heap[id] { node.className } else { nil }
  }
}
