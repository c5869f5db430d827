import Graph

extension ReferenceFamily {
  /// Convolutions.
  static let convolution = ReferenceFamily(
    "Convolution",
    [
      ReferenceOperator("Conv") { call in try convolve(&call) },
      ReferenceOperator("ConvInteger") { call in try convolveIntegers(&call) },
      ReferenceOperator("QLinearConv") { call in try convolveQuantized(&call) },
      ReferenceOperator("CausalConvWithState") { call in try convolveCausally(&call) },
      ReferenceOperator("ConvTranspose") { call in try convolveTransposed(&call) },
      ReferenceOperator("DeformConv") { call in try convolveDeformed(&call) },
    ])

  /// X `[N, C, …]`, W `[M, C / group, …]`, B `[M]` (ONNX Conv-22).
  private static func convolve(_ call: inout ReferenceCall) throws {
    let (input, weights) = (try call.tensor(0), try call.tensor(1))
    let convolution = try PlainConvolution(call, input: input.shape, weights: weights.shape)
    let bias = try call.bias(2, filters: convolution.outputShape[1])
    let result = convolution(try input.doubles(), try weights.doubles(), bias: bias)
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: convolution.outputShape))
  }

  /// The convolution of `x - x_zero_point` and `w - w_zero_point`, with 32-bit sums (ONNX ConvInteger-10). Products
  /// have 18 bits, so sums of up to 2³⁵ of them are exact in `Double`.
  private static func convolveIntegers(_ call: inout ReferenceCall) throws {
    let (input, weights) = (try call.tensor(0), try call.tensor(1))
    let convolution = try PlainConvolution(call, input: input.shape, weights: weights.shape)
    let sums = convolution(
      try call.levels(of: input, zeroPoint: 2), try call.levels(of: weights, zeroPoint: 3, axis: 0), bias: nil
    )
    call.set(0, try Tensor(integers: sums.map { Int64($0) }, as: .int32, shape: convolution.outputShape))
  }

  /// The convolution of quantized numbers, quantized again (ONNX QLinearConv-10).
  private static func convolveQuantized(_ call: inout ReferenceCall) throws {
    let (input, weights, zero) = (try call.tensor(0), try call.tensor(3), try call.tensor(7))
    let convolution = try PlainConvolution(call, input: input.shape, weights: weights.shape)
    let filters = convolution.outputShape[1]
    let sums = convolution(
      try call.levels(of: input, zeroPoint: 2), try call.levels(of: weights, zeroPoint: 5, axis: 0),
      bias: try call.bias(8, filters: filters))
    let weightScales = try call.tensor(4).doubles()
    guard weightScales.count == 1 || weightScales.count == filters else {
      throw call.failure("\(filters) filters, but \(weightScales.count) scales")
    }
    let (inputScale, outputScale) = (try call.scalar(1), try call.scalar(6))
    let plane = convolution.outputShape[2...].reduce(1, *)
    let numbers = sums.indices.map { index in
      let filter = weightScales.count == 1 ? 0 : index / plane % filters
      return sums[index] * inputScale * weightScales[filter] / outputScale
    }
    call.set(0, try Tensor(quantizing: numbers, zeroPoint: zero, shape: convolution.outputShape))
  }

  /// A depthwise convolution along the last axis that sees the past only; what it saw last is the state for the next
  /// call: X `[N, C, L]`, W `[C, 1, k]`, B `[C]`, state `[N, C, k - 1]` (ONNX CausalConvWithState-27).
  private static func convolveCausally(_ call: inout ReferenceCall) throws {
    let (input, weights) = (try call.tensor(0), try call.tensor(1))
    guard input.rank == 3, weights.rank == 3, weights.shape[1] == 1, weights.shape[0] == input.shape[1],
      weights.shape[2] > 0
    else { throw call.failure("needs X [N, C, L] and W [C, 1, k], found \(input.shape), \(weights.shape)") }
    let (batch, channels, length) = (input.shape[0], input.shape[1], input.shape[2])
    let taps = weights.shape[2]
    let stateShape = [batch, channels, taps - 1]
    let past =
      try call.optionalTensor(3) ?? Tensor(zeros: input.elementType, shape: stateShape)
    guard past.shape == stateShape else {
      throw call.failure("the state is \(past.shape), needs \(stateShape)")
    }
    let padded = try Tensor.joined([past, input], axis: 2, reporting: call.failure)
    let (x, w) = (try padded.doubles(), try weights.doubles())
    let bias = try call.bias(2, filters: channels)
    let activation = call.node.string("activation") ?? "none"
    guard ["none", "silu", "swish"].contains(activation) else {
      throw call.failure("activation is '\(activation)', needs 'none', 'silu' or 'swish'")
    }
    var result: [Double] = []
    result.reserveCapacity(input.count)
    for plane in 0..<(batch * channels) {
      let channel = plane % channels
      let start = plane * (length + taps - 1)
      for position in 0..<length {
        let sum = (0..<taps).reduce(bias?[channel] ?? 0) { sum, tap in
          sum + x[start + position + tap] * w[channel * taps + tap]
        }
        result.append(activation == "none" ? sum : sum * sigmoid(sum))
      }
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: input.shape))
    call.set(1, try padded.selecting(length..<(length + taps - 1), axis: 2))
  }
}

extension ReferenceCall {
  /// The elements of an optional input that has one for each filter.
  func bias(_ index: Int, filters: Int) throws -> [Double]? {
    guard let values = try optionalTensor(index)?.doubles() else { return nil }
    guard values.count == filters else { throw failure("\(filters) filters, but \(values.count) biases") }
    return values
  }

  /// The one element of a required input.
  func scalar(_ index: Int) throws -> Double {
    let tensor = try tensor(index)
    guard tensor.count == 1, let value = try tensor.doubles().first else {
      throw failure("input \(index) must have one element, found \(tensor.shape)")
    }
    return value
  }

  /// The elements less the zero point in an optional input, which has one element or one for each slice of `axis`.
  func levels(of tensor: Tensor, zeroPoint index: Int, axis: Int? = nil) throws -> [Double] {
    let levels = try tensor.doubles()
    guard let zero = try optionalTensor(index) else { return levels }
    let zeros = try zero.doubles()
    if zeros.count == 1 { return levels.map { $0 - zeros[0] } }
    // One of each slice, or a whole tensor that broadcasts (QLinearMatMul's rows and columns).
    if zero.rank == tensor.rank, Broadcasting.shape([zero.shape, tensor.shape]) == tensor.shape {
      let own = Broadcasting.expand(zeros, from: zero.shape, to: tensor.shape)
      return zip(levels, own).map { $0 - $1 }
    }
    guard let axis, tensor.rank > axis, zeros.count == tensor.shape[axis] else {
      throw failure("a zero point of \(zero.shape) does not fit \(tensor.shape)")
    }
    let inner = tensor.shape[(axis + 1)...].reduce(1, *)
    return levels.indices.map { levels[$0] - zeros[$0 / inner % zeros.count] }
  }
}

extension Tensor {
  /// `saturate(round(numbers) + zero point)` of the zero point's type, ties to even (ONNX QuantizeLinear).
  init(quantizing numbers: [Double], zeroPoint: Tensor, shape: [Int]) throws {
    let type = zeroPoint.elementType
    let zero = try zeroPoint.doubles().first ?? 0
    if type.isFloatingPoint {
      try self.init(doubles: numbers.map { $0 + zero }, as: type, shape: shape)
      return
    }
    let (low, high) = (Double(type.smallest.integer), Double(type.largest.integer))
    let levels = numbers.map { Int64(truncating: min(max($0.rounded(.toNearestOrEven) + zero, low), high)) }
    try self.init(integers: levels, as: type, shape: shape)
  }
}
