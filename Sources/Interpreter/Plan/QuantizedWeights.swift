import Graph
import OrderedCollections

/// Products of levels with constant quantized weights, brought into the integers and factors that kernels take.
struct QuantizedWeights {
  let graph: PlanGraph
  let links: PlanGraph.Links
  /// The levels that each dequantized value comes from.
  let sources: [String: String]

  /// `plan.levels.Conv` or `.Dense` for a convolution or matrix product. Inputs: levels; weights `[filters, …]`, their
  /// zero point taken off; what sums begin with; factors from sums to levels; and where the bias is no multiple of the
  /// sums' unit, what is added then.
  func product(
    _ node: Node, _ name: String, _ levels: Levels, _ constants: inout [String: Tensor]
  ) throws -> Node? {
    guard let source = node.input(0).flatMap({ sources[$0] }), let from = graph.levels[source],
      let shape = graph.floatShape(node.input(0)), let weightName = node.input(1),
      let tensor = quantizedConstant(weightName)?.tensor
    else { return nil }
    let isConvolution = node.is("Conv")
    let transposed = node.is("Gemm") && node.int("transB") == 1
    let axis = isConvolution || transposed ? 0 : 1
    guard tensor.rank > axis, let (values, scales) = weights(weightName, axis: axis) else { return nil }
    var rows = values
    let filters = tensor.shape[axis]
    let depth = tensor.count / max(1, filters)
    if isConvolution {
      guard isPossible(node, shape, tensor.shape) else { return nil }
    } else {
      guard shape.count == 2, tensor.rank == 2, depth == shape[1], node.float("alpha") ?? 1 == 1,
        node.float("beta") ?? 1 == 1, node.int("transA") ?? 0 == 0
      else { return nil }
      if axis == 1 {
        for filter in 0..<filters {
          for k in 0..<depth { rows[filter * depth + k] = values[k * filters + filter] }
        }
      }
    }
    guard let bias = bias(node.input(2), filters: filters, units: scales.map { from.scale * $0 }) else {
      return nil
    }
    var starts = [Int32](repeating: 0, count: filters)
    for filter in 0..<filters {
      let row = rows[filter * depth..<(filter + 1) * depth]
      let start = bias.starts[filter] - from.zero * row.reduce(0) { $0 + Int($1) }
      // Whatever the levels are and in whatever order they are added, sums must fit.
      let reach = row.reduce(0) { $0 + Int($1.magnitude) } * 255
      guard start.magnitude + reach.magnitude <= Int32.max.magnitude else { return nil }
      starts[filter] = Int32(start)
    }
    let factors = scales.map { Float(Double(from.scale) * Double($0) / Double(levels.scale)) }
    let shifts = bias.numbers.map { $0.map { Float(Double($0) / Double(levels.scale)) } }
    guard (factors + (shifts ?? [])).allSatisfy(\.isFinite) else { return nil }
    let base = "\(name)/"
    constants[base + "weights"] = try Tensor(rows, shape: isConvolution ? tensor.shape : [filters, depth])
    constants[base + "starts"] = try Tensor(starts, shape: [filters])
    constants[base + "factors"] = try Tensor(factors, shape: [filters])
    var inputs = [source, base + "weights", base + "starts", base + "factors"]
    if let shifts {
      constants[base + "shifts"] = try Tensor(shifts, shape: [filters])
      inputs.append(base + "shifts")
    }
    return Node(
      isConvolution ? "Conv" : "Dense", inputs: inputs, outputs: [],
      attributes: isConvolution ? node.attributes : [:])
  }

  /// Whether the kernels do this convolution: all filters see all channels, or each filter one.
  private func isPossible(_ node: Node, _ shape: [Int], _ weights: [Int]) -> Bool {
    guard weights.count == shape.count, weights.allSatisfy({ $0 > 0 }),
      ConvolutionGeometry(node, input: shape, filters: weights[0], kernel: Array(weights[2...])) != nil
    else { return false }
    let groups = node.int("group") ?? 1
    let isDepthwise = groups == shape[1] && weights[0] == shape[1] && weights[1] == 1
    return (groups == 1 && weights[1] == shape[1]) || isDepthwise
  }

  /// The constant that a dequantized constant comes from, and its node.
  private func quantizedConstant(_ name: String) -> (node: Node, tensor: Tensor)? {
    guard let node = graph.writer(of: name, links), node.is("DequantizeLinear"),
      node.int("block_size") ?? 0 == 0,
      graph.floatShape(name) != nil, let tensor = graph.constant(node.input(0))
    else { return nil }
    return (node, tensor)
  }

  /// A quantized constant's scales, one a slice of `axis`, and its zero points.
  private func parameters(
    _ node: Node, _ tensor: Tensor, axis: Int
  ) -> (scales: [Float], zeros: [Int])? {
    let count = tensor.shape[axis]
    guard let scales = graph.floats(node.input(1)), scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      return nil
    }
    let own = (node.int("axis") ?? 1)
    guard scales.count == 1 || (scales.count == count && (own < 0 ? own + tensor.rank : own) == axis) else {
      return nil
    }
    var zeros = Array(repeating: 0, count: scales.count)
    if let name = node.input(2) {
      guard let values = try? graph.constant(name)?.integers(), values.count == scales.count else {
        return nil
      }
      zeros = values.map { Int($0) }
    }
    func spread<Element>(_ values: [Element]) -> [Element] {
      values.count == count ? values : Array(repeating: values[0], count: count)
    }
    return (spread(scales), spread(zeros))
  }

  /// Weights of 8 bits with their zero points taken off, and their scales; `nil` where a difference needs 9 bits.
  private func weights(_ name: String, axis: Int) -> (values: [Int8], scales: [Float])? {
    guard let (node, tensor) = quantizedConstant(name),
      tensor.elementType == .int8 || tensor.elementType == .uint8,
      let (scales, zeros) = parameters(node, tensor, axis: axis), let levels = try? tensor.integers()
    else { return nil }
    let inner = tensor.shape[(axis + 1)...].reduce(1, *)
    var values: [Int8] = []
    values.reserveCapacity(levels.count)
    for (index, level) in levels.enumerated() {
      guard let value = Int8(exactly: Int(level) - zeros[index / inner % zeros.count]) else { return nil }
      values.append(value)
    }
    return (values, scales)
  }

  /// A bias as what sums begin with, where it is made of their units, or as numbers.
  private func bias(
    _ name: String?, filters: Int, units: [Float]
  ) -> (starts: [Int], numbers: [Float]?)? {
    let nothing = Array(repeating: 0, count: filters)
    guard let name else { return (nothing, nil) }
    if let (node, tensor) = quantizedConstant(name), tensor.elementType == .int32, tensor.rank == 1,
      tensor.count == filters, let (scales, zeros) = parameters(node, tensor, axis: 0),
      let levels = try? tensor.integers()
    {
      let values = zip(levels, zeros).map { Int($0) - $1 }
      if scales == units { return (values, nil) }
      return (nothing, zip(values, scales).map { Float(Double($0) * Double($1)) })
    }
    guard let numbers = graph.floats(name), numbers.count == filters else { return nil }
    return (nothing, numbers)
  }
}
