import Graph

extension ReferenceFamily {
  /// Operators that bring activations to a common scale.
  static let normalization = ReferenceFamily(
    "Normalization",
    [
      ReferenceOperator("BatchNormalization") { call in try batchNormalization(&call) }
    ])

  /// `Y = (X - mean) / sqrt(var + epsilon) · scale + B` per channel, X `[N, C, …]` (ONNX BatchNormalization-15).
  private static func batchNormalization(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard input.rank >= 2 else { throw call.failure("needs an input [N, C, …], found \(input.shape)") }
    let channels = input.shape[1]
    let parameters = try (1...4).map { try call.tensor($0).doubles() }
    guard parameters.allSatisfy({ $0.count == channels }) else {
      throw call.failure("\(channels) channels, but parameters of \(parameters.map(\.count)) elements")
    }
    let epsilon = Double(call.node.float("epsilon") ?? 1e-5)
    let inner = input.shape[2...].reduce(1, *)
    let values = try input.doubles()
    var (mean, variance) = (parameters[2], parameters[3])
    if call.node.int("training_mode") == 1 {
      let momentum = Double(call.node.float("momentum") ?? 0.9)
      let count = Double(input.shape[0] * inner)
      for channel in 0..<channels {
        let own = values.indices.filter { $0 / max(1, inner) % channels == channel }.map { values[$0] }
        mean[channel] = own.reduce(0, +) / count
        variance[channel] = own.reduce(0) { $0 + ($1 - mean[channel]) * ($1 - mean[channel]) } / count
      }
      let running = [mean, variance].enumerated().map { index, batch in
        zip(parameters[2 + index], batch).map { $0 * momentum + $1 * (1 - momentum) }
      }
      for (index, values) in running.enumerated() {
        let type = try call.tensor(3 + index).elementType
        call.set(1 + index, try Tensor(doubles: values, as: type, shape: [channels]))
      }
    }
    let result = values.enumerated().map { index, value in
      let channel = index / max(1, inner) % max(1, channels)
      return (value - mean[channel]) / (variance[channel] + epsilon).squareRoot() * parameters[0][channel]
        + parameters[1][channel]
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: input.shape))
  }
}
