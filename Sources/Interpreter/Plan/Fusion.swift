import Graph
import OrderedCollections

extension Pass {
  /// `W' = W · s`, `b' = (b − mean) · s + B` with `s = scale / sqrt(var + epsilon)`, in Double, rounded once.
  static let foldBatchNormalization = Pass(name: "fold BatchNormalization into convolutions") { graph in
    let links = graph.links
    for (index, node) in graph.nodes.enumerated() where node.is("BatchNormalization") {
      guard node.int("training_mode") != 1, node.outputs.dropFirst().allSatisfy(\.isEmpty),
        let input = node.input(0), let output = node.output(0), links.onlyReader(input) == index,
        let position = links.writer[input], graph.nodes[position].isPlan("Conv"),
        let weightName = graph.nodes[position].input(1), let weights = graph.constant(weightName)
      else { continue }
      let names = (1...4).map { node.input($0) }
      let parameters = names.compactMap { graph.floats($0)?.map(Double.init) }
      let filters = weights.shape[0]
      guard parameters.count == 4, parameters.allSatisfy({ $0.count == filters }) else { continue }
      let bias =
        graph.floats(graph.nodes[position].input(2))?.map(Double.init) ?? Array(repeating: 0, count: filters)
      guard bias.count == filters else { continue }
      let epsilon = Double(node.float("epsilon") ?? 1e-5)
      let scale = zip(parameters[0], parameters[3]).map { $0 / ($1 + epsilon).squareRoot() }
      let each = weights.count / max(1, filters)
      let folded = try weights.elements(of: Float.self).enumerated().map {
        Float(Double($0.element) * scale[$0.offset / max(1, each)])
      }
      let shifted = (0..<filters).map {
        Float((bias[$0] - parameters[2][$0]) * scale[$0] + parameters[1][$0])
      }
      let base = "\(output)/folded"
      graph.constants[base + "/weights"] = try Tensor(folded, shape: weights.shape)
      graph.constants[base + "/bias"] = try Tensor(shifted, shape: [filters])
      var convolution = graph.nodes[position]
      convolution.inputs = [convolution.inputs[0], base + "/weights", base + "/bias"]
      convolution.outputs = [output]
      convolution.origins = convolution.origins + node.origins
      graph.nodes[position] = convolution
      // The convolution writes it now; this one writes what nobody reads.
      graph.nodes[index].outputs = [""]
    }
    graph.removeDeadNodes()
  }

  /// Lets what computes a map also add another map to it and clamp the sum.
  static let fuseResidualsAndActivations = Pass(name: "fuse residual sums and activations") { graph in
    var links = graph.links
    for index in graph.nodes.indices {
      // What was fused may go on with what follows it; where it moved on to a sum's place, its turn comes there.
      while isFusible(graph.nodes[index]), fuse(index, &graph, &links) {}
    }
    graph.removeDeadNodes()
  }

  /// Fuses the node at `index` with the only reader of its output, if that is a sum or a clamp. The one of both that is no
  /// more writes nothing.
  private static func fuse(_ index: Int, _ graph: inout PlanGraph, _ links: inout PlanGraph.Links) -> Bool {
    let node = graph.nodes[index]
    guard let output = node.output(0), let reader = links.onlyReader(output) else { return false }
    let next = graph.nodes[reader]
    guard let after = next.output(0), next.outputs.count == 1 else { return false }
    var fused = node
    if let range = clampRange(next, graph) {
      // One clamp after another would be one clamp only where the second's range holds the first's end points.
      guard node.clamp == (-.infinity, .infinity) else { return false }
      fused.clamp = range
      fused.outputs[0] = after
      fused.origins += next.origins
      graph.nodes[index] = fused
      graph.nodes[reader].outputs = [""]
      return true
    }
    guard next.is("Add"), node.clamp == (-.infinity, .infinity), node.residual == nil,
      node.int("pool") == nil,
      !node.isPlan("Dense"), let other = next.inputs.first(where: { $0 != output }), other != output,
      graph.floatShape(other) == graph.floatShape(output), !graph.isConstant(other)
    else { return false }
    // The other summand must be there first: the fused node moves to where the sum was.
    fused.residual = other
    fused.outputs[0] = after
    fused.origins += next.origins
    graph.nodes[reader] = fused
    graph.nodes[index].outputs = [""]
    links.moveReader(of: node.inputs, from: index, to: reader)
    return true
  }

  private static func isFusible(_ node: Node) -> Bool {
    node.isPlan("Conv") || node.isPlan("Dense") || node.isPlan("CBAM")
  }

  /// What `Relu` and `Clip` with constant ends let through.
  static func clampRange(_ node: Node, _ graph: PlanGraph) -> (lower: Float, upper: Float)? {
    guard graph.floatShape(node.input(0)) != nil else { return nil }
    if node.is("Relu") { return (0, .infinity) }
    guard node.is("Clip") else { return nil }
    let lower = node.input(1) == nil ? -Float.infinity : graph.scalar(node.input(1))
    let upper = node.input(2) == nil ? Float.infinity : graph.scalar(node.input(2))
    guard let lower, let upper, lower <= upper else { return nil }
    return (lower, upper)
  }

  /// Lets a convolution write only the maxima of 2×2 windows where that is all that is read.
  static let fusePooling = Pass(name: "fuse 2x2 maximum into convolutions") { graph in
    let links = graph.links
    for (index, node) in graph.nodes.enumerated() where node.isPlan("Conv") && node.residual == nil {
      guard let output = node.output(0), let reader = links.onlyReader(output), node.int("pool") == nil,
        let extents = graph.floatShape(output), extents.count == 4, extents[2] >= 2, extents[3] >= 2
      else { continue }
      let next = graph.nodes[reader]
      guard next.is("MaxPool"), next.outputs.count == 1, let after = next.output(0),
        next.ints("kernel_shape") == [2, 2], next.ints("strides") == [2, 2],
        (next.ints("pads") ?? [0, 0, 0, 0]).allSatisfy({ $0 == 0 }),
        (next.ints("dilations") ?? [1, 1]).allSatisfy({ $0 == 1 }),
        graph.floatShape(after) == [extents[0], extents[1], extents[2] / 2, extents[3] / 2],
        node.int("group") ?? 1 == 1
      else { continue }
      // Kept as it is said before pooling: the convolution's own extents follow from its input.
      graph.nodes[index].attributes["pool"] = .int(2)
      graph.nodes[index].outputs = [after]
      graph.nodes[index].origins += next.origins
      graph.nodes[reader].outputs = [""]
    }
    graph.removeDeadNodes()
  }
}

extension Node {
  /// The range to which a fused node clamps its result.
  var clamp: (lower: Float, upper: Float) {
    get { (float("lower") ?? -.infinity, float("upper") ?? .infinity) }
    set {
      attributes["lower"] = .float(newValue.lower)
      attributes["upper"] = .float(newValue.upper)
    }
  }

  /// The map that a fused node adds to its result before it clamps.
  var residual: String? {
    get { string("residual") }
    set {
      // An input as well, so that links see it.
      if let newValue {
        attributes["residual"] = .string(newValue)
        inputs.append(newValue)
      }
    }
  }
}
