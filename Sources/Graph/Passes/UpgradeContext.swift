import OrderedCollections

/// What an operator's upgrade may use: the version it comes from, and fresh names and constants.
public struct UpgradeContext {
  /// The version of the definition in force (`since_version`), not of the operator set.
  public let sinceVersion: Int
  /// The version of the operator set that the model imports for the node's domain.
  public let opset: Int
  /// What the names of all values begin with that upgrades add.
  static let prefix = "upgrade/"
  private(set) var initializers: [(name: String, tensor: Tensor)] = []
  private let prefix: String
  private let isTaken: (String) -> Bool
  private var counter = 0

  init(sinceVersion: Int, opset: Int, prefix: String, isTaken: @escaping (String) -> Bool) {
    self.sinceVersion = sinceVersion
    self.opset = opset
    self.prefix = prefix
    self.isTaken = isTaken
  }

  /// A value name that nothing else uses.
  public mutating func freshName(_ hint: String) -> String {
    while true {
      counter += 1
      let name = "\(prefix)/\(hint)_\(counter)"
      if !isTaken(name) { return name }
    }
  }

  /// Adds a constant and returns its name.
  public mutating func constant(_ tensor: Tensor, _ hint: String) -> String {
    let name = freshName(hint)
    initializers.append((name, tensor))
    return name
  }

  /// Adds a one-dimensional `int64` constant, the form in which today's operators take axes and shapes.
  public mutating func constant(_ values: [Int], _ hint: String) throws -> String {
    constant(try Tensor(values.map(Int64.init), shape: [values.count]), hint)
  }

  /// The node with attribute `name`, a list of integers, moved to input `index` as a constant.
  public mutating func movingInts(_ name: String, toInput index: Int, of node: Node) throws -> Node {
    var node = node
    guard let values = node.ints(name) else { return node }
    node.attributes[name] = nil
    node.setInput(index, try constant(values, name))
    return node
  }
}

extension Node {
  /// Sets an input, with empty names for the optional ones skipped.
  public mutating func setInput(_ index: Int, _ name: String) {
    while inputs.count <= index { inputs.append("") }
    inputs[index] = name
  }
}
