import OrderedCollections

/// Before operator set 7, operands were aligned by an `axis` attribute instead of at their last dimension.
extension UpgradeContext {
  /// Nodes that give `operand` trailing dimensions of one, so that its first dimension meets dimension `axis` of
  /// `target` under NumPy's broadcasting; the last of them writes the returned name.
  public mutating func aligning(_ operand: String, with target: String, axis: Int) throws -> (
    nodes: [Node], name: String
  ) {
    let targetShape = freshName("shape")
    let targetRank = freshName("rank")
    let operandShape = freshName("shape")
    let operandRank = freshName("rank")
    var nodes = [
      Node("Shape", inputs: [target], outputs: [targetShape]),
      Node("Size", inputs: [targetShape], outputs: [targetRank]),
      Node("Shape", inputs: [operand], outputs: [operandShape]),
      Node("Size", inputs: [operandShape], outputs: [operandRank]),
    ]
    // A negative axis counts from the end, so the target's rank drops out.
    let end = freshName("end")
    let offset = constant(try Tensor([Int64(axis)], shape: []), "axis")
    nodes.append(
      axis < 0
        ? Node("Neg", inputs: [offset], outputs: [end])
        : Node("Sub", inputs: [targetRank, offset], outputs: [end]))
    let missing = freshName("missing")
    let count = freshName("count")
    let ones = freshName("ones")
    let shape = freshName("shape")
    let name = freshName("aligned")
    let one = try Tensor([1 as Int64], shape: [1])
    nodes += [
      Node("Sub", inputs: [end, operandRank], outputs: [missing]),
      Node("Reshape", inputs: [missing, constant(one, "one")], outputs: [count]),
      Node("ConstantOfShape", inputs: [count], outputs: [ones], attributes: ["value": .tensor(one)]),
      Node("Concat", inputs: [operandShape, ones], outputs: [shape], attributes: ["axis": .int(0)]),
      Node("Reshape", inputs: [operand, shape], outputs: [name], attributes: ["allowzero": .int(1)]),
    ]
    return (nodes, name)
  }

  /// `node`, an operator of two inputs, with the second aligned as its `axis` attribute says.
  public mutating func aligningSecondInput(of node: Node) throws -> [Node] {
    var node = node
    let axis = node.int("broadcast") == 1 ? node.int("axis") : nil
    node.attributes["axis"] = nil
    node.attributes["broadcast"] = nil
    guard sinceVersion < 7, let axis, node.inputs.count == 2 else { return [node] }
    let aligned = try aligning(node.inputs[1], with: node.inputs[0], axis: axis)
    node.inputs[1] = aligned.name
    return aligned.nodes + [node]
  }
}
