import Graph
import OrderedCollections

extension Pass {
  /// Finds CBAM blocks by their structure, whoever wrote them, and makes each one `plan.CBAM` node.
  ///
  /// The block (Woo et al., 2018): `y = x · σ(MLP(mean_hw x) + MLP(max_hw x))`, then
  /// `z = y · σ(conv_k([mean_c y, max_c y]))`. Shapes may change on the way as long as elements keep their order;
  /// layers of the MLP may be `Gemm`, `MatMul` with or without `Add`, or 1×1 convolutions.
  ///
  /// Inputs of the node: x, the first layer's weights, its bias, the second layer's weights, its bias, spatial kernel
  /// `[1, 2, k, k]`. Weights and biases are the file's own; `first_transposed` and `second_transposed` say of a layer
  /// whether its weights are stored as `[outputs, inputs]`, with extents of 1 behind or without, else they are
  /// `[inputs, outputs]`. Outputs: z, and where somebody outside reads them channel attention and spatial attention.
  static let recogniseCBAM = Pass(name: "recognise CBAM") { graph in
    let links = graph.links
    var matches: [CBAMMatch] = []
    var taken = graph.nodes.map { _ in false }
    for (index, product) in graph.nodes.enumerated() where product.is("Mul") {
      guard let match = CBAMMatch.find(index, graph, links), !match.interior.contains(where: { taken[$0] })
      else { continue }
      for position in match.interior { taken[position] = true }
      matches.append(match)
    }
    if matches.isEmpty { return }
    for match in matches {
      graph.nodes[match.last] = match.node(in: graph)
      taken[match.last] = false
    }
    graph.nodes = zip(graph.nodes, taken).filter { !$0.1 }.map(\.0)
  }
}

/// The parts of one CBAM block in a graph.
private struct CBAMMatch {
  struct Layer {
    let weights: String
    /// Whether the weights are stored as `[outputs][inputs]`.
    let isTransposed: Bool
    let inputs: Int
    let outputs: Int
    var bias: String?

    /// Whether both compute the same, with the same constants or with equal ones.
    func isSame(as other: Layer, in graph: PlanGraph) -> Bool {
      isTransposed == other.isTransposed && graph.areEqual(weights, other.weights)
        && graph.areEqual(bias, other.bias)
    }
  }

  let input: String
  let output: String
  let first: Layer
  let second: Layer
  let kernel: String
  let kernelSize: Int
  let spatialBias: Float
  let maximumFirst: Bool
  let channelAttention: String
  let spatialAttention: String
  /// Positions of the block's nodes, in order.
  let interior: [Int]
  /// The position of its last one.
  let last: Int

  /// The block whose last product is the node at `last`.
  static func find(_ last: Int, _ graph: PlanGraph, _ links: PlanGraph.Links) -> CBAMMatch? {
    let product = graph.nodes[last]
    for (side, other) in [(0, 1), (1, 0)] {
      guard product.inputs.count == 2, let output = product.output(0) else { return nil }
      var walk = Walk(graph, links)
      walk.visit(last)
      guard let spatial = walk.sigmoid(behind: product.inputs[other]),
        let convolution = walk.node(spatial.inputs[0]), convolution.isPlan("Conv"),
        let concat = walk.node(convolution.inputs[0]), concat.is("Concat"), concat.inputs.count == 2,
        concat.int("axis") == 1 || concat.int("axis") == -3,
        let one = walk.channelReduction(concat.inputs[0]), let two = walk.channelReduction(concat.inputs[1]),
        one.isMaximum != two.isMaximum, one.input == product.inputs[side], two.input == product.inputs[side],
        let refined = walk.node(product.inputs[side]), refined.is("Mul"), refined.inputs.count == 2
      else { continue }
      guard let weights = graph.weights(convolution.input(1)), weights.rank == 4, weights.shape[0] == 1,
        weights.shape[1] == 2, weights.shape[2] == weights.shape[3], weights.shape[2] % 2 == 1,
        weights.shape[2] <= 15, convolution.isSame(size: weights.shape[2])
      else { continue }
      for (mapSide, scaleSide) in [(0, 1), (1, 0)] {
        var walk = walk
        let input = refined.inputs[mapSide]
        guard let extents = graph.floatShape(input), extents.count == 4, extents.allSatisfy({ $0 > 0 }),
          graph.floatShape(output) == extents,
          let scale = graph.floatShape(refined.inputs[scaleSide]), scale == [extents[0], extents[1], 1, 1],
          let channel = walk.sigmoid(behind: refined.inputs[scaleSide]),
          let sum = walk.past(channel.inputs[0]), sum.is("Add"), sum.inputs.count == 2,
          let left = walk.branch(sum.inputs[0]), let right = walk.branch(sum.inputs[1]),
          left.input == input, right.input == input, left.isMaximum != right.isMaximum,
          left.first.inputs == extents[1], left.second.outputs == extents[1],
          left.second.inputs == left.first.outputs, left.first.outputs > 0,
          left.first.isSame(as: right.first, in: graph), left.second.isSame(as: right.second, in: graph)
        else { continue }
        let match = CBAMMatch(
          input: input, output: output, first: left.first, second: left.second, kernel: convolution.inputs[1],
          kernelSize: weights.shape[2], spatialBias: graph.floats(convolution.input(2))?.first ?? 0,
          maximumFirst: one.isMaximum, channelAttention: channel.outputs[0],
          spatialAttention: spatial.outputs[0],
          interior: walk.visited.sorted(), last: last)
        if match.isClosed(graph, links) { return match }
      }
    }
    return nil
  }

  /// Whether nobody outside the block reads what is inside, attention excepted.
  private func isClosed(_ graph: PlanGraph, _ links: PlanGraph.Links) -> Bool {
    for name in interior.lazy.map({ graph.nodes[$0].outputs[0] }) where name != output {
      let isAttention = name == channelAttention || name == spatialAttention
      if links.borders.contains(name), !isAttention { return false }
      if let readers = links.readers[name], !readers.allSatisfy(interior.contains) { return false }
    }
    return true
  }

  /// `plan.CBAM`, which stands for all of them.
  func node(in graph: PlanGraph) -> Node {
    let borders = Set(graph.outputs)
    var node = Node(
      "CBAM", domain: PlanGraph.domain,
      inputs: [input, first.weights, first.bias ?? "", second.weights, second.bias ?? "", kernel],
      outputs: [output] + [channelAttention, spatialAttention].map { borders.contains($0) ? $0 : "" },
      attributes: [
        "maximum_first": .int(maximumFirst ? 1 : 0), "bias": .float(spatialBias),
        "kernel": .int(Int64(kernelSize)), "hidden": .int(Int64(first.outputs)),
        "first_transposed": .int(first.isTransposed ? 1 : 0),
        "second_transposed": .int(second.isTransposed ? 1 : 0),
      ])
    let parts = interior.map { graph.nodes[$0] }
    node.name = parts.last?.name ?? ""
    node.origins = parts.flatMap(\.origins)
    return node
  }
}

/// Follows a block backwards and remembers what it has seen.
private struct Walk {
  let graph: PlanGraph
  let links: PlanGraph.Links
  private(set) var visited: [Int] = []

  init(_ graph: PlanGraph, _ links: PlanGraph.Links) {
    self.graph = graph
    self.links = links
  }

  mutating func visit(_ position: Int) { if !visited.contains(position) { visited.append(position) } }

  /// The node that writes `name`, seen from now on.
  mutating func node(_ name: String) -> Node? {
    guard let position = links.writer[name] else { return nil }
    visit(position)
    return graph.nodes[position]
  }

  /// The same, past nodes that keep the elements and their order.
  mutating func past(_ name: String) -> Node? {
    guard let node = node(name) else { return nil }
    if node.domain.isEmpty,
      ["Reshape", "Unsqueeze", "Squeeze", "Flatten", "Identity"].contains(node.operatorType)
    {
      return past(node.inputs[0])
    }
    return node
  }

  mutating func sigmoid(behind name: String) -> Node? {
    guard let node = past(name), node.is("Sigmoid") else { return nil }
    return node
  }

  /// Mean or maximum over channels: `ReduceMean` or `ReduceMax` over axis 1 of a map.
  mutating func channelReduction(_ name: String) -> (input: String, isMaximum: Bool)? {
    guard let node = past(name), node.is("ReduceMean") || node.is("ReduceMax"),
      let input = node.input(0), let extents = graph.floatShape(input), extents.count == 4,
      axes(of: node) == [1]
    else { return nil }
    return (input, node.is("ReduceMax"))
  }

  private func axes(of node: Node) -> [Int]? {
    let axes = node.ints("axes") ?? (try? graph.constant(node.input(1))?.integers().map { Int($0) })
    return axes?.map { $0 < 0 ? $0 + 4 : $0 }.sorted()
  }

  /// The way from a pooled map through both layers.
  mutating func branch(
    _ name: String
  ) -> (input: String, isMaximum: Bool, first: CBAMMatch.Layer, second: CBAMMatch.Layer)? {
    guard let second = layer(name), let relu = past(second.input), relu.is("Relu"),
      let first = layer(relu.inputs[0]), let pool = past(first.input), let input = pool.input(0),
      let extents = graph.floatShape(input), extents.count == 4
    else { return nil }
    let isWhole =
      pool.ints("kernel_shape") == Array(extents[2...]) && (pool.ints("pads") ?? []).allSatisfy { $0 == 0 }
      && (pool.ints("dilations") ?? []).allSatisfy { $0 == 1 } && pool.outputs.count == 1
    let isMaximum: Bool
    switch pool.domain.isEmpty ? pool.operatorType : "" {
    case "GlobalAveragePool": isMaximum = false
    case "GlobalMaxPool": isMaximum = true
    case "AveragePool" where isWhole: isMaximum = false
    case "MaxPool" where isWhole: isMaximum = true
    case "ReduceMean" where axes(of: pool) == [2, 3]: isMaximum = false
    case "ReduceMax" where axes(of: pool) == [2, 3]: isMaximum = true
    default: return nil
    }
    return (input, isMaximum, first.layer, second.layer)
  }

  /// A layer with constant weights on vectors of channels.
  private mutating func layer(_ name: String) -> (input: String, layer: CBAMMatch.Layer)? {
    guard let node = past(name) else { return nil }
    if node.is("Add"), node.inputs.count == 2 {
      for (side, other) in [(0, 1), (1, 0)] {
        let bias = node.inputs[other]
        guard let values = graph.weights(bias), var inner = layer(node.inputs[side]),
          inner.layer.bias == nil, values.count == inner.layer.outputs
        else { continue }
        inner.layer.bias = bias
        return inner
      }
      return nil
    }
    guard node.isPlan("Dense") || node.isPlan("Conv"), let name = node.input(1),
      let weights = graph.weights(name)
    else { return nil }
    let isConvolution = node.isPlan("Conv")
    if isConvolution {
      guard weights.rank == 4, weights.shape[2] == 1, weights.shape[3] == 1, node.int("group") ?? 1 == 1
      else { return nil }
    }
    let isTransposed = isConvolution || node.int("transposed") == 1
    return (
      node.inputs[0],
      CBAMMatch.Layer(
        weights: name, isTransposed: isTransposed, inputs: weights.shape[isTransposed ? 1 : 0],
        outputs: weights.shape[isTransposed ? 0 : 1], bias: node.input(2))
    )
  }
}

extension Node {
  /// Whether this convolution keeps the extents: stride 1, odd kernel, padded by half of it on all sides.
  fileprivate func isSame(size: Int) -> Bool {
    let half = size / 2
    let pads = ints("pads") ?? [0, 0, 0, 0]
    let automatic = string("auto_pad") ?? "NOTSET"
    return (ints("strides") ?? [1, 1]).allSatisfy { $0 == 1 }
      && (ints("dilations") ?? [1, 1]).allSatisfy { $0 == 1 }
      && int("group") ?? 1 == 1
      && (automatic.hasPrefix("SAME") || (automatic == "NOTSET" && pads == [half, half, half, half]))
  }
}
