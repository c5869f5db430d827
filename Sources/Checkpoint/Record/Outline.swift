/// What a checkpoint holds, line by line, as a tree.
public struct Outline: Sendable {
  /// One line.
  public struct Row: Sendable {
    /// How far it is from the root, which is at 0.
    public let depth: Int
    /// The key or attribute; for a submodule, its name.
    public let name: String
    /// What it is in a few words.
    public let summary: String
    /// The tensor, if it is one; its numbers are not read.
    public let tensor: StateTensor?
    /// The part of the checkpoint that begins here, if it holds tensors by name.
    public let role: Candidate.Role?
  }

  /// The lines, outermost first.
  public private(set) var rows: [Row] = []
  /// Whether there was more than the limit.
  public private(set) var isCut = false
  private let limit: Int
  private let roles: [Record: Candidate.Role]

  /// The outline of `file`, of no more than `limit` lines.
  ///
  /// - Throws: `CheckpointError` where a module tree has no end.
  public init(_ file: CheckpointFile, limit: Int = 100_000) throws(CheckpointError) {
    self.limit = limit
    roles = Dictionary(file.candidates.map { ($0.record, $0.role) }, uniquingKeysWith: { first, _ in first })
    try add("", file.root, depth: 0, above: [])
  }

  private mutating func add(
    _ name: String, _ record: Record, depth: Int, above: Set<Record>
  ) throws(CheckpointError) {
    guard rows.count < limit else {
      isCut = true
      return
    }
    // A value that contains itself is named once more and not entered again.
    guard depth < 64, !above.contains(record) else { return append(name, record, "(see above)", depth) }
    if let tensor = record.tensor {
      rows.append(Row(depth: depth, name: name, summary: record.summary(), tensor: tensor, role: nil))
      return
    }
    if let tree = try record.moduleTree() {
      append(name, record, tree.signature, depth)
      addModule(tree, depth: depth + 1)
      return
    }
    let inside = above.union([record])
    let members: [(name: String, value: Record)]
    switch record.value {
    case .dictionary(let className, let entries):
      members = entries.map { ($0.key.string ?? $0.key.summary(), $0.value) }
      append(name, record, "\(className) of \(entries.count)", depth)
    case .list(let items) where items.contains { $0.isContainer }:
      members = items.enumerated().map { ("\($0)", $1) }
      append(name, record, "list of \(items.count)", depth)
    case .tuple(let items) where items.contains { $0.isContainer }:
      members = items.enumerated().map { ("\($0)", $1) }
      append(name, record, "tuple of \(items.count)", depth)
    case .object(let object)
    where !object.entries.isEmpty || record.attributes.contains { $0.value.isContainer }:
      let entries = object.entries.map { ($0.key.string ?? $0.key.summary(), $0.value) }
      members = entries + record.attributes
      append(name, record, object.className, depth)
    default:
      members = []
      append(name, record, record.summary(), depth)
    }
    for (name, value) in members { try add(name, value, depth: depth + 1, above: inside) }
  }

  private mutating func append(_ name: String, _ record: Record, _ summary: String, _ depth: Int) {
    rows.append(Row(depth: depth, name: name, summary: summary, tensor: nil, role: roles[record]))
  }

  private mutating func addModule(_ tree: ModuleTree, depth: Int) {
    for tensor in tree.parameters + tree.buffers {
      let shape = tensor.shape.map(String.init).joined(separator: "×")
      rows.append(
        Row(depth: depth, name: tensor.name, summary: "\(tensor.dtype)[\(shape)]", tensor: tensor, role: nil))
    }
    for (name, module) in tree.children {
      guard rows.count < limit else {
        isCut = true
        return
      }
      rows.append(Row(depth: depth, name: name, summary: module.signature, tensor: nil, role: nil))
      addModule(module, depth: depth + 1)
    }
  }
}

extension Record {
  /// Whether it has members worth a line of their own.
  fileprivate var isContainer: Bool {
    switch value {
    case .dictionary, .tensor: true
    case .list(let items): items.contains { $0.isTensor || $0.className != nil || $0.entries != nil }
    case .object(let object): !object.entries.isEmpty || object.state != nil
    default: false
    }
  }
}

extension ModuleTree {
  /// The class with its plain hyperparameters, such as `Conv2d(in_channels=3, kernel_size=(3, 3), …)`.
  var signature: String {
    let plain = hyperparameters.filter { $0.value.className == nil && !$0.value.isTensor }
    let parts = plain.map { "\($0.name)=\($0.value.summary(limit: 24))" }
    return "\(shortClassName)(\(parts.joined(separator: ", ")))"
  }
}
