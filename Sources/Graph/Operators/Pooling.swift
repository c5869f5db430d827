extension OperatorFamily {
  /// Operators that reduce windows, or whole maps, to one value.
  static let pooling = OperatorFamily(
    "Pooling",
    [
      Operator("MaxPool") { try inferPooling(&$0) },
      Operator("AveragePool") { try inferPooling(&$0) },
      Operator("GlobalAveragePool") { inferGlobal(&$0) },
      Operator("GlobalMaxPool") { inferGlobal(&$0) },
    ])

  private static func inferPooling(_ context: inout InferenceContext) throws {
    let node = context.node
    guard let input = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
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
}
