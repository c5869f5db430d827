import Graph

extension BoundRule {
  static let normalization = [
    BoundRule("BatchNormalization") { call in try call.normalizeBatch() }
  ]
}

extension BoundCall {
  /// `(x − mean)·s + B` with `s = scale / √(var + ε)`: a sum of three products, `s` itself being rounded a few times.
  fileprivate mutating func normalizeBatch() throws {
    let value = try exact()
    let input = try tensor(0)
    let channels = input.rank == 1 ? 1 : input.shape[1]
    let inner = input.shape.dropFirst(2).reduce(1, *)
    let (scale, shift) = (try tensor(1).doubles(), try tensor(2).doubles())
    let (mean, variance) = (try tensor(3).doubles(), try tensor(4).doubles())
    guard node.int("training_mode") ?? 0 == 0,
      [scale, shift, mean, variance].allSatisfy({ $0.count == channels }),
      inputs.dropFirst().allSatisfy({ $0?.errors == nil })
    else { throw InterpreterError.node(node.label, reason: "has a bound in inference mode only") }
    let epsilon = Double(node.float("epsilon") ?? 1e-5)
    let slope = zip(scale, variance).map { ($0 / ($1 + epsilon).squareRoot()).magnitude }
    // What a scale that counts as zero, or a mean, takes away elsewhere.
    let flushed = isForeign ? variance.map { precision.tiny / ($0 + epsilon).squareRoot() } : nil
    let (x, errors) = (try input.doubles(), try self.errors(0))
    // What is added here may be what a fused kernel's sum begins with.
    let own = precision.gamma(8)
    let early = precision.gamma(8 + terms(0))
    let bounds = x.indices.map { index -> Double in
      let channel = input.rank == 1 ? 0 : index / inner % channels
      let moving = (x[index].magnitude + errors[index]) * slope[channel]
      let still = mean[channel].magnitude * slope[channel] + shift[channel].magnitude
      let lost = flushed.map {
        $0[channel] * (x[index].magnitude + mean[channel].magnitude + scale[channel].magnitude)
      }
      return slope[channel] * errors[index] + own * moving + early * still + 8 * precision.tiny + (lost ?? 0)
    }
    try set(value, errors: bounds, terms: terms(0) + 8)
  }
}
