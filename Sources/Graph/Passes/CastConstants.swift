import OrderedCollections

extension UpgradeContext {
  /// Adds a number that was an attribute, and so a `float` whatever the node's input is, in the form in which
  /// today's operator takes it: of the type of value `model`. Returns its name and the node that casts it.
  mutating func constant(_ number: Float, like model: String, _ hint: String) throws -> (String, Node) {
    let (name, cast) = (constant(try Tensor([number], shape: []), hint), freshName(hint))
    return (cast, Node("CastLike", inputs: [name, model], outputs: [cast]))
  }
}

extension Graph {
  /// The same graph with each number that `UpgradeContext.constant(_:like:_:)` added and whose type inference can
  /// tell cast already, so that what follows sees a constant; kernels are chosen by the bounds of a Clip.
  func castingConstants() -> Graph {
    guard nodes.contains(where: { castConstant($0) != nil }) else { return self }
    // What is wrong with the graph is said by whoever infers its types next.
    guard let known = try? inferringTypes() else { return self }
    var result = self
    result.nodes = nodes.filter { node in
      guard let number = castConstant(node), let type = known.types[node.inputs[1]]?.elementType,
        let cast = try? Tensor(doubles: number.doubles(), as: type, shape: number.shape)
      else { return true }
      result.initializers[node.outputs[0]] = cast
      result.initializers[node.inputs[0]] = nil
      return false
    }
    return result
  }

  /// The number that a node casts, if the node was added by an upgrade for just that.
  private func castConstant(_ node: Node) -> Tensor? {
    guard node.operatorType == "CastLike", node.domain.isEmpty, node.inputs.count == 2,
      node.inputs[0].hasPrefix(UpgradeContext.prefix), node.outputs[0].hasPrefix(UpgradeContext.prefix)
    else { return nil }
    return initializers[node.inputs[0]]
  }
}
