extension OperatorFamily {
  /// Convolutions.
  static let convolution = OperatorFamily(
    "Convolution",
    [
      Operator("Conv") { try inferConvolution(&$0) }
    ])

  private static func inferConvolution(_ context: inout InferenceContext) throws {
    let node = context.node
    let type = context.elementType(0)
    guard let input = context.shape(0) else { return context.setOutput(0, type, nil) }
    guard input.rank >= 3 else { throw context.failure("needs an input [N, C, …], found \(input)") }
    let rank = input.rank - 2
    let weights = context.shape(1)
    if let weights, weights.rank != input.rank {
      throw context.failure("input \(input) and weights \(weights) differ in rank")
    }
    guard
      let kernel = node.ints("kernel_shape")
        ?? weights.flatMap({ Shape(Array($0.dimensions.dropFirst(2))).fixedExtents })
    else { return context.setOutput(0, type, Shape(Array(repeating: Dimension.unknown, count: input.rank))) }
    guard kernel.count == rank else {
      throw context.failure("kernel_shape \(kernel) does not fit input \(input)")
    }
    let groups = node.int("group") ?? 1
    if let channels = input.dimensions[1].fixedValue, let depth = weights?.dimensions[1].fixedValue,
      channels != depth * groups
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
}
