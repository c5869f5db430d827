import Graph
import Numerics

extension ReferenceFamily {
  /// Operators that bring activations to a common scale.
  static let normalization = ReferenceFamily(
    "Normalization",
    [
      ReferenceOperator("BatchNormalization") { call in try normalizeBatch(&call) },
      ReferenceOperator("InstanceNormalization") { call in
        let channels = try call.tensor(0).shape.dropFirst().first ?? 0
        try normalizeGroups(&call, groups: channels)
      },
      ReferenceOperator("GroupNormalization") { call in
        try normalizeGroups(&call, groups: call.node.int("num_groups") ?? 0)
      },
      ReferenceOperator("LayerNormalization") { call in try normalizeLayer(&call) },
      ReferenceOperator("RMSNormalization") { call in try normalizeRootMeanSquare(&call) },
      ReferenceOperator("MeanVarianceNormalization") { call in try normalizeMeanVariance(&call) },
      ReferenceOperator("LpNormalization") { call in
        let p = call.node.int("p") ?? 2
        guard p == 1 || p == 2 else { throw call.failure("p is \(p), needs 1 or 2") }
        try call.mapLanes { lane in
          let sum = lane.reduce(0) { $0 + (p == 1 ? $1.magnitude : $1 * $1) }
          let norm = p == 1 ? sum : sum.squareRoot()
          return lane.map { norm == 0 ? 0 : $0 / norm }
        }
      },
      ReferenceOperator("LRN") { call in try normalizeLocalResponse(&call) },
    ])

  /// `Y = (X - mean) / sqrt(var + epsilon) · scale + B` per channel, X `[N, C, …]`; in training mode with the batch's
  /// own statistics, which also move the running ones (ONNX BatchNormalization-15).
  private static func normalizeBatch(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard input.rank >= 1 else { throw call.failure("needs an input [N, C, …], found \(input.shape)") }
    // A single axis is the batch, of one channel.
    let channels = input.rank == 1 ? 1 : input.shape[1]
    let parameters = try (1...4).map { try call.tensor($0).doubles() }
    guard parameters.allSatisfy({ $0.count == channels }) else {
      throw call.failure("\(channels) channels, but parameters of \(parameters.map(\.count)) elements")
    }
    let epsilon = call.number("epsilon", 1e-5)
    let layout = ReductionLayout(
      input.shape, axes: Set(input.shape.indices.filter { $0 != 1 }), keep: false)
    let values = try input.doubles()
    var (mean, variance) = (parameters[2], parameters[3])
    if call.node.int("training_mode") ?? 0 != 0 {
      let momentum = call.number("momentum", 0.9)
      let statistics = layout.map(values) { Statistics($0) }
      (mean, variance) = (statistics.map(\.mean), statistics.map(\.variance))
      for (index, batch) in [mean, variance].enumerated() {
        let running = zip(parameters[2 + index], batch).map { $0 * momentum + $1 * (1 - momentum) }
        let type = try call.tensor(3 + index).elementType
        call.set(1 + index, try Tensor(doubles: running, as: type, shape: [channels]))
      }
    }
    let inner = input.shape.dropFirst(2).reduce(1, *)
    let result = values.indices.map { index -> Double in
      let channel = input.rank == 1 ? 0 : index / inner % channels
      return (values[index] - mean[channel]) / (variance[channel] + epsilon).squareRoot()
        * parameters[0][channel] + parameters[1][channel]
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: input.shape))
  }

  /// X `[N, C, …]` with statistics of each image's groups of channels, then scaled per channel (ONNX
  /// InstanceNormalization-22, GroupNormalization-21).
  private static func normalizeGroups(_ call: inout ReferenceCall, groups: Int) throws {
    let input = try call.tensor(0)
    guard input.rank >= 2 else { throw call.failure("needs an input [N, C, …], found \(input.shape)") }
    let channels = input.shape[1]
    guard groups > 0 || channels == 0, channels == 0 || channels % groups == 0 else {
      throw call.failure("\(channels) channels can't be divided into \(groups) groups")
    }
    let (scale, bias) = (try call.tensor(1).doubles(), try call.tensor(2).doubles())
    guard scale.count == channels, bias.count == channels else {
      throw call.failure("\(channels) channels, but \(scale.count) scales and \(bias.count) biases")
    }
    let epsilon = call.number("epsilon", 1e-5)
    let inner = input.shape[2...].reduce(1, *)
    var values = try input.doubles()
    guard !values.isEmpty else { return call.set(0, input) }
    let size = channels / groups * inner
    for start in stride(from: 0, to: values.count, by: size) {
      let statistics = Statistics(values[start..<(start + size)])
      let deviation = (statistics.variance + epsilon).squareRoot()
      for index in start..<(start + size) {
        let channel = index / inner % channels
        values[index] = (values[index] - statistics.mean) / deviation * scale[channel] + bias[channel]
      }
    }
    call.set(0, try Tensor(doubles: values, as: input.elementType, shape: input.shape))
  }

  /// Statistics over the axes from `axis` on, then `· Scale + B` (ONNX LayerNormalization-17).
  private static func normalizeLayer(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let epsilon = call.number("epsilon", 1e-5)
    let lanes = try NormalizedLanes(call, input)
    var values = try input.doubles()
    var (means, inverses) = ([Double](), [Double]())
    for lane in lanes.ranges {
      let statistics = Statistics(values[lane])
      let inverse = 1 / (statistics.variance + epsilon).squareRoot()
      for index in lane { values[index] = (values[index] - statistics.mean) * inverse }
      means.append(statistics.mean)
      inverses.append(inverse)
    }
    values = try call.scaled(values, of: input, scale: 1, bias: 2)
    call.set(0, try Tensor(doubles: values, as: input.elementType, shape: input.shape))
    let type = ElementType(rawValue: Int32(truncatingIfNeeded: call.node.int("stash_type") ?? 1)) ?? .float32
    call.set(1, try Tensor(doubles: means, as: type, shape: lanes.reducedShape))
    call.set(2, try Tensor(doubles: inverses, as: type, shape: lanes.reducedShape))
  }

  /// `X / sqrt(mean(X²) + epsilon)` over the axes from `axis` on, then `· Scale` (ONNX RMSNormalization-23).
  private static func normalizeRootMeanSquare(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let epsilon = call.number("epsilon", 1e-5)
    var values = try input.doubles()
    for lane in try NormalizedLanes(call, input).ranges {
      let square = values[lane].reduce(0) { $0 + $1 * $1 } / Double(lane.count)
      let root = (square + epsilon).squareRoot()
      for index in lane { values[index] /= root }
    }
    values = try call.scaled(values, of: input, scale: 1, bias: nil)
    let type = try call.tensor(1).elementType
    call.set(0, try Tensor(doubles: values, as: type, shape: input.shape))
  }

  /// `(X - mean) / (standard deviation + 1e-9)` over `axes` (ONNX MeanVarianceNormalization-13, whose function body
  /// has the 1e-9).
  private static func normalizeMeanVariance(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let axes = try (call.node.ints("axes") ?? [0, 2, 3]).map {
      try call.normalizedAxis($0, rank: input.rank)
    }
    let layout = ReductionLayout(input.shape, axes: Set(axes), keep: true)
    let values = try input.doubles()
    let statistics = layout.map(values) { Statistics($0) }
    let places = Broadcasting.indices(of: layout.shape, in: input.shape)
    let result = values.indices.map { index -> Double in
      let own = statistics[places[index]]
      return (values[index] - own.mean) / (own.variance.squareRoot() + 1e-9)
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: input.shape))
  }

  /// `X / (bias + alpha / size · Σ x²)^beta`, the sum over `size` neighbouring channels (ONNX LRN-13).
  private static func normalizeLocalResponse(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard input.rank >= 2 else { throw call.failure("needs an input [N, C, …], found \(input.shape)") }
    guard let size = call.node.int("size"), size > 0, size <= Int(Int32.max) else {
      throw call.failure("size must be positive")
    }
    let (alpha, beta, bias) = (
      call.number("alpha", 0.0001), call.number("beta", 0.75), call.number("bias", 1)
    )
    let channels = input.shape[1]
    let inner = input.shape[2...].reduce(1, *)
    let values = try input.doubles()
    let result = values.indices.map { index -> Double in
      let channel = index / inner % channels
      let first = index - channel * inner
      let neighbours = max(0, channel - (size - 1) / 2)...min(channels - 1, channel + size / 2)
      let sum = neighbours.reduce(0) { $0 + values[first + $1 * inner] * values[first + $1 * inner] }
      return values[index] / .pow(bias + alpha / Double(size) * sum, beta)
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: input.shape))
  }
}

/// Mean and variance of the values themselves, not of a population that they sample.
private struct Statistics {
  let mean: Double
  let variance: Double

  init(_ values: ArraySlice<Double>) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
  }
}

/// The runs of elements that share a position on the axes before attribute `axis`.
private struct NormalizedLanes {
  let ranges: [Range<Int>]
  /// The input's shape with ones from `axis` on.
  let reducedShape: [Int]

  init(_ call: ReferenceCall, _ input: Tensor) throws {
    let axis = try call.normalizedAxis(call.node.int("axis") ?? -1, rank: input.rank)
    let size = input.shape[axis...].reduce(1, *)
    ranges = (0..<input.shape[..<axis].reduce(1, *)).map { ($0 * size)..<(($0 + 1) * size) }
    reducedShape = Array(input.shape[..<axis]) + Array(repeating: 1, count: input.rank - axis)
  }
}

extension ReferenceCall {
  /// `values · scale + bias`, both inputs broadcast to `tensor`'s shape.
  fileprivate func scaled(
    _ values: [Double], of tensor: Tensor, scale: Int, bias: Int?
  ) throws -> [Double] {
    func expanded(_ parameter: Tensor) throws -> [Double] {
      guard Broadcasting.shape([parameter.shape, tensor.shape]) == tensor.shape else {
        throw failure("\(parameter.shape) does not broadcast to \(tensor.shape)")
      }
      return Broadcasting.expand(try parameter.doubles(), from: parameter.shape, to: tensor.shape)
    }
    var values = zip(values, try expanded(try self.tensor(scale))).map { $0 * $1 }
    if let parameter = try bias.flatMap({ try optionalTensor($0) }) {
      values = zip(values, try expanded(parameter)).map { $0 + $1 }
    }
    return values
  }
}
