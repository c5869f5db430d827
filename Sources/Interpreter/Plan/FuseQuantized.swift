import Graph
import OrderedCollections

extension Pass {
  /// Finds values that are quantized to 8 bits and read only after dequantizing, as `onnxruntime.quantization` and
  /// PyTorch's exporter write them, and lets what computes one from others compute on levels. What is left of the
  /// graph goes on with dequantized numbers.
  static let fuseQuantized = Pass(name: "compute on 8-bit levels") { graph in
    guard graph.nodes.contains(where: { $0.is("QuantizeLinear") }) else { return }
    let links = graph.links
    let outer = graph.namesReadBySubgraphs
    for node in graph.nodes where node.is("QuantizeLinear") {
      guard let name = node.output(0), let shape = graph.floatShape(node.input(0)),
        (2...4).contains(shape.count),
        shape.allSatisfy({ $0 > 0 }), let levels = graph.levels(of: node, name),
        !links.borders.contains(name),
        !outer.contains(name), let readers = links.readers[name]
      else { continue }
      let areDequantized = readers.allSatisfy { position in
        let reader = graph.nodes[position]
        return reader.is("DequantizeLinear") && reader.input(0) == name
          && graph.levels(of: reader, name) == levels && graph.floatShape(reader.output(0)) == shape
      }
      if areDequantized { graph.levels[name] = levels }
    }
    var sources: [String: String] = [:]
    for node in graph.nodes where node.is("DequantizeLinear") {
      if let name = node.input(0), let output = node.output(0), graph.levels[name] != nil {
        sources[output] = name
      }
    }
    let search = QuantizedSearch(graph: graph, links: links, sources: sources)
    for (index, node) in graph.nodes.enumerated() {
      if node.is("QuantizeLinear"), let name = node.output(0), let levels = graph.levels[name] {
        graph.nodes[index] = try search.fused(node, name, levels, &graph.constants)
      } else if node.is("DequantizeLinear"), let output = node.output(0), sources[output] != nil {
        graph.nodes[index].domain = Levels.domain
      }
    }
    graph.removeDeadNodes()
  }
}

/// Which node computes a quantized value from quantized values.
private struct QuantizedSearch {
  let graph: PlanGraph
  let links: PlanGraph.Links
  /// The levels that each dequantized value comes from.
  let sources: [String: String]

  /// What writes the levels `name`: the node before `quantize` where it can compute on levels, else `quantize` itself.
  func fused(
    _ quantize: Node, _ name: String, _ levels: Levels, _ constants: inout [String: Tensor]
  ) throws -> Node {
    var own = quantize
    own.domain = Levels.domain
    guard let value = quantize.input(0) else { return own }
    if sources[value] != nil {
      return try table(nil, value, quantize, name, &constants) ?? own
    }
    guard links.onlyReader(value) != nil, let last = graph.writer(of: value, links) else { return own }
    var node = last
    var range = levels.range((-.infinity, .infinity))
    if let clamp = Pass.clampRange(last, graph), let input = last.input(0), links.onlyReader(input) != nil,
      let inner = graph.writer(of: input, links), Self.clamped.contains(inner.operatorType),
      inner.domain.isEmpty
    {
      (node, range) = (inner, levels.range(clamp))
    }
    guard node.domain.isEmpty, node.outputs.dropFirst().allSatisfy(\.isEmpty),
      var fused = try computed(node, quantize, name, levels, &constants)
    else { return own }
    fused.domain = Levels.domain
    fused.outputs = [name]
    fused.name = node.name
    let inner = fused.strings("origins") == nil ? node.origins : fused.origins
    fused.origins = inner + (node.outputs == last.outputs ? [] : last.origins)
    fused.attributes["lower"] = .int(Int64(range.lowerBound))
    fused.attributes["upper"] = .int(Int64(range.upperBound))
    return fused
  }

  /// Operators whose results may be clamped on the way.
  private static let clamped: Set<String> = ["Conv", "Gemm", "MatMul", "Add", "Sub", "Mul"]

  /// Operators on each element by itself, and on nothing else that is computed: 256 results are all there are.
  private static let elementwise: Set<String> = [
    "Abs", "Ceil", "Celu", "Clip", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish",
    "LeakyRelu", "Mish",
    "Neg", "Relu", "Round", "Selu", "Sigmoid", "Sign", "Softplus", "Softsign", "Sqrt", "Swish", "Tanh",
    "ThresholdedRelu",
  ]

  private func computed(
    _ node: Node, _ quantize: Node, _ name: String, _ levels: Levels, _ constants: inout [String: Tensor]
  ) throws -> Node? {
    guard let input = node.input(0), let shape = graph.floatShape(node.output(0)) else { return nil }
    if Self.elementwise.contains(node.operatorType) {
      return try table(node, input, quantize, name, &constants)
    }
    switch node.operatorType {
    case "Conv", "Gemm", "MatMul":
      return try QuantizedWeights(graph: graph, links: links, sources: sources).product(
        node, name, levels, &constants)
    case "Add", "Sub", "Mul": return binary(node, shape)
    case "Concat":
      guard node.int("axis") == 1 || node.int("axis") == 1 - shape.count else { return nil }
      var tables: [String] = []
      var parts: [String] = []
      for (number, part) in node.inputs.enumerated() {
        guard let source = sources[part],
          let table = try table(nil, part, quantize, "\(name)/part \(number)", &constants)
        else { return nil }
        parts.append(source)
        tables.append(table.inputs[1])
      }
      return Node("Concat", inputs: parts + tables, outputs: [])
    case "Reshape", "Flatten", "Squeeze", "Unsqueeze":
      guard (2...4).contains(shape.count) else { return nil }
      if sources[input] == nil, links.onlyReader(input) != nil, let inner = graph.writer(of: input, links),
        inner.domain.isEmpty, let map = inner.input(0)
      {
        // Reduced axes that are put back.
        var reduced = try pooling(inner, map, shape, quantize, name, &constants)
        reduced?.origins = inner.origins + node.origins
        return reduced
      }
      guard graph.floatShape(input)?.first == shape.first else { return nil }
      return try selecting("Reshape", node, input, quantize, name, &constants)
    default: return try pooling(node, input, shape, quantize, name, &constants)
    }
  }

  /// Maxima commute with whatever is monotone: they are taken of levels, and then go through a table.
  private func selecting(
    _ type: String, _ node: Node, _ input: String, _ quantize: Node, _ name: String,
    _ constants: inout [String: Tensor]
  ) throws -> Node? {
    guard var selected = try table(nil, input, quantize, name, &constants) else { return nil }
    selected.operatorType = type
    selected.attributes = node.attributes
    return selected
  }

  private func pooling(
    _ node: Node, _ input: String, _ shape: [Int], _ quantize: Node, _ name: String,
    _ constants: inout [String: Tensor]
  ) throws -> Node? {
    guard let source = sources[input], let extents = graph.floatShape(input), extents.count == 4 else {
      return nil
    }
    func reduced(_ axes: [Int], isMaximum: Bool) throws -> Node? {
      let isChannels = axes == [1] && shape == [extents[0], 1, extents[2], extents[3]]
      let isPixels =
        axes == [2, 3] && [[], [1, 1]].contains(Array(shape.dropFirst(2)))
        && shape.starts(with: extents[..<2])
      guard isChannels || isPixels else { return nil }
      let type = isChannels ? "ReduceChannels" : "ReducePixels"
      if isMaximum {
        var node = try selecting(type, node, input, quantize, name, &constants)
        node?.attributes = ["maximum": .int(1)]
        return node
      }
      return Node(type, inputs: [source], outputs: [], attributes: ["maximum": .int(0)])
    }
    switch node.operatorType {
    case "GlobalAveragePool": return try reduced([2, 3], isMaximum: false)
    case "GlobalMaxPool": return try reduced([2, 3], isMaximum: true)
    case "ReduceMean", "ReduceMax":
      let axes = node.ints("axes") ?? (try? graph.constant(node.input(1))?.integers().map { Int($0) })
      return try reduced((axes ?? []).map { $0 < 0 ? $0 + 4 : $0 }.sorted(), isMaximum: node.is("ReduceMax"))
    case "MaxPool", "AveragePool":
      guard let kernel = node.ints("kernel_shape"), kernel.count == 2,
        let geometry = ConvolutionGeometry(node, input: extents, filters: extents[1], kernel: kernel),
        [geometry.outHeight, geometry.outWidth] == Array(shape.dropFirst(2))
      else { return nil }
      if kernel == Array(extents[2...]), shape[2] == 1, shape[3] == 1, geometry.pad == (0, 0) {
        return try reduced([2, 3], isMaximum: node.is("MaxPool"))
      }
      // A window that meets nothing but padding has no maximum.
      let mayMissAll = geometry.dilation != (1, 1) && geometry.pad != (0, 0)
      guard node.is("MaxPool"), !mayMissAll, geometry.pad.top < kernel[0], geometry.pad.left < kernel[1]
      else {
        return nil
      }
      return try selecting("MaxPool", node, input, quantize, name, &constants)
    default: return nil
    }
  }

  /// Sums, differences and products of two maps, of which one may have a single level for each channel or pixel.
  private func binary(_ node: Node, _ shape: [Int]) -> Node? {
    let operands = node.inputs.compactMap { sources[$0] }
    guard operands.count == 2, node.inputs.count == 2 else { return nil }
    var kinds: [Int64] = []
    for input in node.inputs {
      guard let extents = graph.floatShape(input), extents.count == shape.count else { return nil }
      if extents == shape {
        kinds.append(0)
      } else if shape.count == 4, extents == [shape[0], shape[1], 1, 1] {
        kinds.append(1)
      } else if shape.count == 4, extents == [shape[0], 1, shape[2], shape[3]] {
        kinds.append(2)
      } else {
        return nil
      }
    }
    guard kinds.contains(0) else { return nil }
    return Node(node.operatorType, inputs: operands, outputs: [], attributes: ["kinds": .ints(kinds)])
  }

  /// Any function of one level, by computing all 256 results as the standard defines them. Inputs: levels, table.
  private func table(
    _ node: Node?, _ input: String, _ quantize: Node, _ name: String, _ constants: inout [String: Tensor]
  ) throws -> Node? {
    guard let source = sources[input], let from = graph.levels[source], let output = quantize.output(0),
      let to = graph.levels[output]
    else { return nil }
    var numbers = try Tensor(from.numbers, shape: [1, 256])
    if let node {
      let others = node.inputs.dropFirst()
      guard others.allSatisfy({ $0.isEmpty || graph.constant($0)?.count == 1 }),
        graph.floatShape(node.input(0)) == graph.floatShape(node.output(0))
      else { return nil }
      let inputs = [.tensor(numbers)] + others.map { graph.constant($0).map(RuntimeValue.tensor) }
      guard
        case .tensor(let result)? = try ReferenceEvaluator.evaluate(node: node, inputs: inputs).first ?? nil
      else {
        return nil
      }
      numbers = result
    }
    let (scale, zero) = try to.parameters()
    let values: [RuntimeValue?] = [.tensor(numbers), .tensor(scale), .tensor(zero)]
    var plain = quantize
    if plain.inputs.count == 2 { plain.inputs.append("\(name)/zero") }
    guard
      case .tensor(let levels)? = try ReferenceEvaluator.evaluate(node: plain, inputs: values).first ?? nil
    else {
      return nil
    }
    let moved = to.isSigned ? 128 : 0
    constants["\(name)/table"] = try Tensor(levels.integers().map { UInt8(Int($0) + moved) }, shape: [256])
    return Node("Lookup", domain: Levels.domain, inputs: [source, "\(name)/table"], outputs: [name])
  }
}
