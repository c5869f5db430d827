extension OperatorFamily {
  /// Conversion between numbers and their quantized form.
  static let quantization = OperatorFamily(
    "Quantization",
    [
      Operator("QuantizeLinear") { context in
        var type = context.elementType(2)
        if type == nil, !context.hasInput(2) {
          let declared = context.node.int("output_dtype") ?? 0
          type = declared == 0 ? .uint8 : try context.elementType(named: "output_dtype")
        }
        context.setOutput(0, type, context.shape(0))
      },
      Operator("DequantizeLinear") { context in
        let declared = context.node.int("output_dtype") ?? 0
        let type = declared == 0 ? context.elementType(1) : try context.elementType(named: "output_dtype")
        context.setOutput(0, type, context.shape(0))
      },
      Operator("DynamicQuantizeLinear") { context in
        context.setOutput(0, .uint8, context.shape(0))
        context.setOutput(1, .float32, [])
        context.setOutput(2, .uint8, [])
      },
    ])
}
