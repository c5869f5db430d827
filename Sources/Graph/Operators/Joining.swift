import OrderedCollections

extension OperatorFamily {
  /// Operators that join tensors or take them apart along an axis.
  static let joining = OperatorFamily(
    "Joining",
    [
      Operator("Concat") { try inferConcat(&$0) },
      Operator("Split", upgrade: { node, context in [try upgradeSplit(node, &context)] }) {
        try inferSplit(&$0)
      },
    ])

  private static func inferConcat(_ context: inout InferenceContext) throws {
    let shapes = context.node.inputs.indices.map { context.shape($0) }
    guard let first = shapes.compactMap({ $0 }).first else {
      return context.setOutput(0, context.elementType(0), nil)
    }
    let axis = try context.normalizedAxis(context.node.int("axis") ?? 1, rank: first.rank)
    var result = first.dimensions
    result[axis] = .fixed(0)
    for shape in shapes {
      guard let shape else {
        result[axis] = .unknown
        continue
      }
      guard shape.rank == first.rank else {
        throw context.failure("inputs of rank \(first.rank) and \(shape.rank) can't be joined")
      }
      for (index, dimension) in shape.dimensions.enumerated() where index != axis {
        if case .fixed(let one) = result[index], case .fixed(let other) = dimension, one != other {
          throw context.failure("\(first) and \(shape) differ outside axis \(axis)")
        }
        if result[index].fixedValue == nil, dimension != .unknown { result[index] = dimension }
      }
      result[axis] = result[axis] + shape.dimensions[axis]
    }
    context.setOutput(0, context.elementType(0), Shape(result))
    if first.rank == 1 {
      let parts = context.node.inputs.indices.map { index -> [Dimension]? in
        if let values = context.dimensionValues(index) { return values }
        guard let count = shapes[index]?.dimensions[0].fixedValue, (0...1024).contains(count) else {
          return nil
        }
        return Array(repeating: .unknown, count: count)
      }
      let isKnown = context.elementType(0)?.isInteger == true && parts.allSatisfy { $0 != nil }
      if isKnown { context.setValues(0, parts.flatMap { $0 ?? [] }) }
    }
  }

  /// Extents were an attribute before version 13; parts of one size were not asked for by number before 18.
  private static func upgradeSplit(_ node: Node, _ context: inout UpgradeContext) throws -> Node {
    var node = node
    if context.sinceVersion < 13 { node = try context.movingInts("split", toInput: 1, of: node) }
    if context.sinceVersion < 18, node.input(1) == nil {
      node.attributes["num_outputs"] = .int(Int64(node.outputs.count))
    }
    return node
  }

  private static func inferSplit(_ context: inout InferenceContext) throws {
    let count = context.node.outputs.count
    let type = context.elementType(0)
    guard let shape = context.shape(0) else {
      for output in 0..<count { context.setOutput(output, type, nil) }
      return
    }
    let axis = try context.normalizedAxis(context.node.int("axis") ?? 0, rank: shape.rank)
    var extents = Array(repeating: Dimension.unknown, count: count)
    if context.hasInput(1) {
      if let values = context.dimensionValues(1) {
        guard values.count == count else {
          throw context.failure("\(values.count) extents for \(count) outputs")
        }
        let total = values.reduce(.fixed(0), +)
        if let total = total.fixedValue, let extent = shape.dimensions[axis].fixedValue, total != extent {
          throw context.failure("extents \(Shape(values)) don't make up axis \(axis) of \(shape)")
        }
        extents = values
      }
    } else if case .fixed(let extent) = shape.dimensions[axis] {
      let parts = context.node.int("num_outputs") ?? count
      guard parts > 0 else { throw context.failure("num_outputs is \(parts)") }
      extents = Node.splitExtents(extent, parts: parts).prefix(count).map { .fixed($0) }
      guard extents.count == count else { throw context.failure("\(parts) parts for \(count) outputs") }
    }
    let values = shape.rank == 1 ? context.dimensionValues(0) : nil
    var position = 0
    for output in 0..<count {
      var part = shape
      part.dimensions[axis] = extents[output]
      context.setOutput(output, type, part)
      if let values, let extent = extents[output].fixedValue, extent >= 0,
        extent <= values.count - position
      {
        context.setValues(output, Array(values[position..<(position + extent)]))
        position += extent
      }
    }
  }
}

extension Node {
  /// The extents of `parts` parts of `extent`, equal but for the last ones, which may be smaller (ONNX Split-18).
  public static func splitExtents(_ extent: Int, parts: Int) -> [Int] {
    guard parts > 0, parts <= 1 << 20 else { return [] }
    let size = extent / parts + (extent % parts == 0 ? 0 : 1)
    return (0..<parts).map { part in
      let (start, overflow) = part.multipliedReportingOverflow(by: size)
      return overflow ? 0 : max(0, min(size, extent - start))
    }
  }
}
