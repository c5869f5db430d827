import OrderedCollections

extension OperatorFamily {
  /// Operators that reduce windows, whole maps or regions to one value.
  static let pooling = OperatorFamily(
    "Pooling",
    [
      Operator("MaxPool") { try inferPooling(&$0) },
      Operator("AveragePool") { try inferPooling(&$0) },
      Operator("LpPool", upgrade: { node, _ in [try wholeNorm(node)] }) { try inferPooling(&$0) },
      Operator("GlobalAveragePool") { inferGlobal(&$0) },
      Operator("GlobalMaxPool") { inferGlobal(&$0) },
      Operator("GlobalLpPool", upgrade: { node, _ in [try wholeNorm(node)] }) { inferGlobal(&$0) },
      Operator("MaxUnpool") { try inferUnpool(&$0) },
      Operator("MaxRoiPool") { context in
        let bins = context.node.ints("pooled_shape") ?? []
        inferRegions(&context, bins: bins.count == 2 ? bins : nil)
      },
      Operator("RoiAlign", upgrade: { node, context in [alignBefore16(node, context)] }) { context in
        let node = context.node
        inferRegions(&context, bins: [node.int("output_height") ?? 1, node.int("output_width") ?? 1])
      },
    ])

  private static func inferPooling(_ context: inout InferenceContext) throws {
    let node = context.node
    guard let input = context.shape(0) else {
      context.setOutput(0, context.elementType(0), nil)
      return context.setOutput(1, .int64, nil)
    }
    guard let kernel = node.ints("kernel_shape"), kernel.count == input.rank - 2 else {
      throw context.failure("kernel_shape \(node.ints("kernel_shape") ?? []) does not fit input \(input)")
    }
    let spatial = input.dimensions.dropFirst(2)
    let window = try Window(node: node, kernel: kernel, spatial: spatial.map(\.fixedValue))
    let same = node.string("auto_pad")?.hasPrefix("SAME") == true
    let output = spatial.enumerated().map { window.outputDimension($0.offset, $0.element, samePadding: same) }
    let shape = Shape(Array(input.dimensions[..<2]) + output)
    context.setOutput(0, context.elementType(0), shape)
    context.setOutput(1, .int64, shape)
  }

  private static func inferGlobal(_ context: inout InferenceContext) {
    let shape = context.shape(0).map { input in
      Shape(input.dimensions.enumerated().map { $0.offset < 2 ? $0.element : .fixed(1) })
    }
    context.setOutput(0, context.elementType(0), shape)
  }

  /// Version 1 had `p` as a float.
  private static func wholeNorm(_ node: Node) throws -> Node {
    guard let p = node.float("p") else { return node }
    guard let whole = Int64(exactly: p), whole > 0 else {
      throw GraphError.shape(node: node.label, reason: "p is \(p), which is no norm of today's standard")
    }
    var node = node
    node.attributes["p"] = .int(whole)
    return node
  }

  /// Before version 16 coordinates were not shifted by half an element.
  private static func alignBefore16(_ node: Node, _ context: UpgradeContext) -> Node {
    guard context.sinceVersion < 16 else { return node }
    var node = node
    node.attributes["coordinate_transformation_mode"] = .string("output_half_pixel")
    return node
  }

  private static func inferUnpool(_ context: inout InferenceContext) throws {
    let type = context.elementType(0)
    if context.hasInput(2) {
      let rank = context.shape(2)?.dimensions.first?.fixedValue ?? context.shape(0)?.rank
      let shape = context.dimensionValues(2).map { Shape($0) }
      return context.setOutput(0, type, shape ?? rank.flatMap { InferenceContext.unknownShape(rank: $0) })
    }
    // Values and their indices are of one shape.
    guard let input = context.shape(0)?.merging(context.shape(1)) ?? context.shape(1) else {
      return context.setOutput(0, type, nil)
    }
    guard let kernel = context.node.ints("kernel_shape"), input.rank >= 3, kernel.count == input.rank - 2
    else {
      throw context.failure("kernel_shape \(context.node.ints("kernel_shape") ?? []) does not fit \(input)")
    }
    let spatial = input.dimensions.dropFirst(2)
    let window = try TransposedWindow(node: context.node, kernel: kernel, spatial: spatial.map(\.fixedValue))
    let output = spatial.enumerated().map {
      window.outputDimension($0.offset, $0.element, samePadding: false)
    }
    context.setOutput(0, type, Shape(Array(input.dimensions[..<2]) + output))
  }

  private static func inferRegions(_ context: inout InferenceContext, bins: [Int]?) {
    let input = context.shape(0)
    let channels = input.map { $0.rank > 1 ? $0.dimensions[1] : .unknown } ?? .unknown
    let sides = bins.map { $0.map { Dimension.fixed($0) } } ?? [.unknown, .unknown]
    context.setOutput(
      0, context.elementType(0), Shape([context.shape(1)?.dimensions.first ?? .unknown, channels] + sides))
  }
}
