extension OperatorFamily {
  /// Convolutions.
  static let convolution = OperatorFamily(
    "Convolution",
    [
      Operator("Conv") { try inferConvolution(&$0, type: $0.elementType(0)) },
      Operator("ConvInteger") { try inferConvolution(&$0, type: .int32) },
      Operator("QLinearConv") { try inferConvolution(&$0, weights: 3, type: $0.elementType(7)) },
      Operator("DeformConv") { try inferConvolution(&$0, type: $0.elementType(0)) },
      Operator("ConvTranspose") { try inferTransposed(&$0) },
      Operator("CausalConvWithState") { try inferCausal(&$0) },
    ])

  private static func inferConvolution(
    _ context: inout InferenceContext, weights position: Int = 1, type: ElementType?
  ) throws {
    let node = context.node
    guard let input = context.shape(0) else { return context.setOutput(0, type, nil) }
    let weights = context.shape(position)
    guard let kernel = try kernel(context, input: input, weights: weights) else {
      return context.setOutput(0, type, InferenceContext.unknownShape(rank: input.rank))
    }
    let groups = node.int("group") ?? 1
    if let channels = input.dimensions[1].fixedValue, let depth = weights?.dimensions[1].fixedValue,
      channels != depth.multipliedReportingOverflow(by: groups).partialValue
    {
      throw context.failure("\(channels) input channels, but weights for \(depth) × \(groups) groups")
    }
    let spatial = input.dimensions.dropFirst(2)
    let window = try Window(node: node, kernel: kernel, spatial: spatial.map(\.fixedValue))
    let same = node.string("auto_pad")?.hasPrefix("SAME") == true
    let output = spatial.enumerated().map { window.outputDimension($0.offset, $0.element, samePadding: same) }
    context.setOutput(
      0, type, Shape([input.dimensions[0], weights?.dimensions[0] ?? .unknown] + output))
  }

  /// The kernel's extents, from the attribute or the weights; `nil` where neither says.
  private static func kernel(
    _ context: InferenceContext, input: Shape, weights: Shape?
  ) throws -> [Int]? {
    guard input.rank >= 3 else { throw context.failure("needs an input [N, C, …], found \(input)") }
    if let weights, weights.rank != input.rank {
      throw context.failure("input \(input) and weights \(weights) differ in rank")
    }
    guard
      let kernel = context.node.ints("kernel_shape")
        ?? weights.flatMap({ Shape(Array($0.dimensions.dropFirst(2))).fixedExtents })
    else { return nil }
    guard kernel.count == input.rank - 2 else {
      throw context.failure("kernel_shape \(kernel) does not fit input \(input)")
    }
    return kernel
  }

  private static func inferTransposed(_ context: inout InferenceContext) throws {
    let type = context.elementType(0)
    guard let input = context.shape(0) else { return context.setOutput(0, type, nil) }
    let weights = context.shape(1)
    guard let kernel = try kernel(context, input: input, weights: weights) else {
      return context.setOutput(0, type, InferenceContext.unknownShape(rank: input.rank))
    }
    let spatial = input.dimensions.dropFirst(2)
    let transposed = try TransposedWindow(
      node: context.node, kernel: kernel, spatial: spatial.map(\.fixedValue))
    let same = context.node.string("auto_pad")?.hasPrefix("SAME") == true
    let output = spatial.enumerated().map {
      transposed.outputDimension($0.offset, $0.element, samePadding: same)
    }
    let filters = (weights?.dimensions[1] ?? .unknown) * .fixed(context.node.int("group") ?? 1)
    context.setOutput(0, type, Shape([input.dimensions[0], filters] + output))
  }

  private static func inferCausal(_ context: inout InferenceContext) throws {
    context.copyType()
    // The state is [N, C, k − 1]. The weights, [C, 1, k], say C and k best: they are constants most of the time.
    let weights = context.shape(1)
    let past = context.hasInput(3) ? context.shape(3) : nil
    for (shape, what) in [(context.shape(0), "input"), (weights, "weights"), (past, "past state")] {
      if let shape, shape.rank != 3 { throw context.failure("the \(what) \(shape) needs three dimensions") }
    }
    let fromWeights = weights.map { Shape([.unknown, $0.dimensions[0], $0.dimensions[2] - .fixed(1)]) }
    let fromInput = context.shape(0).map { Shape($0.dimensions[..<2] + [.unknown]) }
    let state = Shape([.unknown, .unknown, .unknown]).merging(fromWeights).merging(fromInput).merging(past)
    context.setOutput(1, context.elementType(0), state)
  }
}
