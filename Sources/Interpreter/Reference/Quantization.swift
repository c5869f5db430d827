import Graph

extension ReferenceFamily {
  /// Conversion between numbers and their quantized form.
  static let quantization = ReferenceFamily(
    "Quantization",
    [
      ReferenceOperator("QuantizeLinear") { call in try quantize(&call) },
      ReferenceOperator("DequantizeLinear") { call in try dequantize(&call) },
      ReferenceOperator("DynamicQuantizeLinear") { call in try quantizeDynamically(&call) },
    ])

  /// `y = saturate(round(x / scale) + zero point)`, the quotient being rounded to `precision` or the scale's
  /// type first (ONNX QuantizeLinear-28).
  private static func quantize(_ call: inout ReferenceCall) throws {
    let (input, scale, zero) = (try call.tensor(0), try call.tensor(1), try call.optionalTensor(2))
    let declared = call.node.int("output_dtype") ?? 0
    let type =
      try zero?.elementType ?? (declared == 0 ? .uint8 : call.elementType(named: "output_dtype"))
    let precision: ElementType
    if (call.node.int("precision") ?? 0) != 0 {
      precision = try call.elementType(named: "precision")
    } else if scale.elementType == .float8e8m0 {
      // Powers of two have neither signs nor fractions for a quotient; dividing by them is exact in the input's type.
      precision = input.elementType.isFloatingPoint ? input.elementType : .float32
    } else {
      precision = scale.elementType
    }
    let blocks = try QuantizationBlocks(call, input: input.shape, scale: scale, zero: zero)
    let scales = try scale.cast(to: precision).doubles()
    let numbers = try input.cast(to: precision).doubles()
    // Whole numbers have a quotient that is none: it is rounded only where it becomes a level.
    let exact = blocks.indices.indices.map { numbers[$0] / scales[blocks.indices[$0]] }
    let quotients =
      precision.isFloatingPoint
      ? try Tensor(doubles: exact, as: precision, shape: input.shape).doubles() : exact
    let zeros = try zero?.doubles()
    if type.isFloatingPoint {
      let shifted = quotients.indices.map { quotients[$0] + (zeros?[blocks.indices[$0]] ?? 0) }
      let saturate = call.node.int("saturate") != 0
      return call.set(0, try Tensor(doubles: shifted, as: type, shape: input.shape, saturate: saturate))
    }
    let (low, high) = (Double(type.smallest.integer), Double(type.largest.integer))
    let levels = quotients.indices.map { index in
      let level = quotients[index].rounded(.toNearestOrEven) + (zeros?[blocks.indices[index]] ?? 0)
      return Int64(truncating: min(max(level, low), high))
    }
    call.set(0, try Tensor(integers: levels, as: type, shape: input.shape))
  }

  /// `y = (x - zero point) · scale` (ONNX DequantizeLinear-28).
  private static func dequantize(_ call: inout ReferenceCall) throws {
    let (input, scale, zero) = (try call.tensor(0), try call.tensor(1), try call.optionalTensor(2))
    if let zero { try call.requireSameType(input, zero) }
    let type =
      (call.node.int("output_dtype") ?? 0) == 0
      ? scale.elementType : try call.elementType(named: "output_dtype")
    let blocks = try QuantizationBlocks(call, input: input.shape, scale: scale, zero: zero)
    let (levels, scales, zeros) = (try input.doubles(), try scale.doubles(), try zero?.doubles())
    let numbers = levels.indices.map { index in
      let block = blocks.indices[index]
      return (levels[index] - (zeros?[block] ?? 0)) * scales[block]
    }
    call.set(0, try Tensor(doubles: numbers, as: type, shape: input.shape))
  }

  /// Scale and zero point from the data's range, which includes zero (ONNX DynamicQuantizeLinear-11, whose steps
  /// are in `float`).
  private static func quantizeDynamically(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let values = try input.elements(of: Float.self)
    let high = max(0, values.max() ?? 0)
    let low = min(0, values.min() ?? 0)
    let scale = high == low ? 1 / 255 : (high - low) / 255
    let zero = min(max(-low / scale, 0), 255).rounded(.toNearestOrEven)
    let levels = values.map { value in
      UInt8(truncating: Double(min(max((value / scale).rounded(.toNearestOrEven) + zero, 0), 255)))
    }
    call.set(0, try Tensor(levels, shape: input.shape))
    call.set(1, try Tensor([scale], shape: []))
    call.set(2, try Tensor([UInt8(truncating: Double(zero))], shape: []))
  }
}

/// Which scale and zero point each element has: one for all, one for each slice of an axis, or one for each
/// block along it.
struct QuantizationBlocks {
  /// For each element the position of its scale.
  let indices: [Int]

  init(_ call: ReferenceCall, input: [Int], scale: Tensor, zero: Tensor?) throws {
    if let zero, zero.count != scale.count {
      throw call.failure("scale \(scale.shape) and zero point \(zero.shape) differ")
    }
    let count = input.reduce(1, *)
    if scale.count == 1 {
      indices = Array(repeating: 0, count: count)
      return
    }
    let axis = try call.normalizedAxis(call.node.int("axis") ?? 1, rank: input.count)
    let mismatch = call.failure("a scale of \(scale.shape) does not fit \(input) along axis \(axis)")
    let size = call.node.int("block_size") ?? 0
    var positions = input.map { Array(repeating: 0, count: $0) }
    if size == 0 {
      guard scale.shape == [input[axis]] else { throw mismatch }
      positions[axis] = Array(0..<input[axis])
    } else {
      var expected = input
      guard size > 0 else { throw mismatch }
      expected[axis] = input[axis] / size + (input[axis] % size == 0 ? 0 : 1)
      guard scale.shape == expected else { throw mismatch }
      let strides = Strides.rowMajor(scale.shape)
      positions = input.indices.map { own in
        (0..<input[own]).map { (own == axis ? $0 / size : $0) * strides[own] }
      }
    }
    indices = Strides.crossing(positions)
  }
}
