import OrderedCollections

extension Graph {
  /// Folds every `BatchNormalization` in inference form into the `Conv` whose output it alone reads.
  ///
  /// With `s = scale / sqrt(var + epsilon)`: `W' = W · s` per filter and `b' = (b − mean) · s + B`, computed in
  /// `Double` and rounded once (ONNX BatchNormalization-15). The convolution then writes what the
  /// normalization wrote; new weights are called after the old with `_folded`.
  ///
  /// - Throws: `TensorError` where parameters are no numbers.
  public mutating func foldBatchNormalization() throws {
    var readers: [String: Int] = [:]
    for node in nodes { for input in node.inputs { readers[input, default: 0] += 1 } }
    for output in outputs { readers[output.name, default: 0] += 1 }
    for node in nodes {
      for attribute in node.attributes.values {
        for subgraph in attribute.subgraphs {
          for name in subgraph.outerReads { readers[name, default: 0] += 1 }
        }
      }
    }
    var writers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() { for output in node.outputs { writers[output] = index } }
    var removed: Set<Int> = []
    for (index, node) in nodes.enumerated() {
      guard node.operatorType == "BatchNormalization", node.domain.isEmpty, node.int("training_mode") != 1,
        node.outputs.dropFirst().allSatisfy(\.isEmpty), let input = node.input(0),
        let output = node.output(0),
        readers[input] == 1, let position = writers[input], nodes[position].operatorType == "Conv",
        nodes[position].domain.isEmpty,
        let folded = try foldedParameters(convolution: nodes[position], normalization: node)
      else { continue }
      let weightName = freshName((nodes[position].input(1) ?? "weight") + "_folded")
      initializers[weightName] = folded.weights
      nodes[position].setInput(1, weightName)
      let biasName = freshName(
        (nodes[position].input(2) ?? (nodes[position].input(1) ?? "") + "_bias") + "_folded")
      initializers[biasName] = folded.bias
      nodes[position].setInput(2, biasName)
      nodes[position].outputs[0] = output
      writers[output] = position
      removed.insert(index)
      valueInfo[input] = nil
    }
    nodes = nodes.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    removeUnreadInitializers()
  }

  /// `W'` and `b'`, or `nil` where a parameter is no constant.
  private func foldedParameters(
    convolution: Node, normalization: Node
  ) throws -> (weights: Tensor, bias: Tensor)? {
    let names = (1...4).map { normalization.input($0) ?? "" }
    let parameters = names.compactMap { initializers[$0] }
    guard parameters.count == 4, let weights = convolution.input(1).flatMap({ initializers[$0] }),
      weights.elementType.isFloatingPoint, weights.rank >= 1
    else { return nil }
    if inputs.contains(where: { names.contains($0.name) || $0.name == convolution.input(1) }) { return nil }
    var bias = Array(repeating: 0.0, count: weights.shape[0])
    if let name = convolution.input(2) {
      guard let tensor = initializers[name], !inputs.contains(where: { $0.name == name }) else { return nil }
      bias = try tensor.doubles()
    }
    let values = try parameters.map { try $0.doubles() }
    guard values.allSatisfy({ $0.count == weights.shape[0] }), bias.count == weights.shape[0] else {
      return nil
    }
    let epsilon = Double(normalization.float("epsilon") ?? 1e-5)
    let scale = zip(values[0], values[3]).map { $0 / ($1 + epsilon).squareRoot() }
    let shifted = bias.indices.map { (bias[$0] - values[2][$0]) * scale[$0] + values[1][$0] }
    return (
      try Self.scaled(weights, scale),
      try Tensor(doubles: shifted, as: weights.elementType, shape: [bias.count])
    )
  }

  /// `weights` with each filter multiplied by its `scale`, in Double, rounded once.
  private static func scaled(_ weights: Tensor, _ scale: [Double]) throws -> Tensor {
    let perFilter = weights.shape.dropFirst().reduce(1, *)
    guard weights.elementType == .float32 else {
      let values = try weights.doubles().enumerated().map {
        $0.element * scale[$0.offset / max(1, perFilter)]
      }
      return try Tensor(doubles: values, as: weights.elementType, shape: weights.shape)
    }
    // Most of an export's arithmetic is here: it is done where the weights are written or first read.
    return try weights.scalingRows(by: scale)
  }
}
