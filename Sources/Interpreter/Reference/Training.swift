import Graph
import Numerics

extension ReferenceFamily {
  /// One step of an optimizer (domain `ai.onnx.preview.training`).
  static let training = ReferenceFamily(
    "Training",
    [
      ReferenceOperator("Adagrad", domain: trainingDomain) { call in
        let (decay, epsilon) = (call.setting("decay_factor", 0), call.setting("epsilon", 1e-6))
        try call.step(groups: 3, kept: [0, 2]) { rate, turn in
          let rate = rate / (1 + turn * decay)
          return { values, slope in
            let squares = values[2] + slope * slope
            return [values[0] - rate * slope / (squares.squareRoot() + epsilon), squares]
          }
        }
      },
      ReferenceOperator("Adam", domain: trainingDomain) { call in
        let (alpha, beta) = (call.setting("alpha", 0.9), call.setting("beta", 0.999))
        let epsilon = call.setting("epsilon", 1e-6)
        let shrink = 1 - call.setting("norm_coefficient_post", 0)
        try call.step(groups: 4, kept: [0, 2, 3]) { rate, turn in
          let correction = turn > 0 ? (1 - .pow(beta, turn)).squareRoot() / (1 - .pow(alpha, turn)) : 1
          return { values, slope in
            let mean = alpha * values[2] + (1 - alpha) * slope
            let square = beta * values[3] + (1 - beta) * slope * slope
            let moved = values[0] - rate * correction * mean / (square.squareRoot() + epsilon)
            return [shrink * moved, mean, square]
          }
        }
      },
      ReferenceOperator("Momentum", domain: trainingDomain) { call in
        let (alpha, beta) = (call.setting("alpha", 0), call.setting("beta", 0))
        let mode = call.node.string("mode") ?? ""
        guard mode == "standard" || mode == "nesterov" else {
          throw call.failure("mode is '\(mode)', needs 'standard' or 'nesterov'")
        }
        try call.step(groups: 3, kept: [0, 2]) { rate, turn in
          let weight = turn > 0 ? beta : 1
          return { values, slope in
            let velocity = alpha * values[2] + weight * slope
            let direction = mode == "standard" ? velocity : slope + alpha * velocity
            return [values[0] - rate * direction, velocity]
          }
        }
      },
    ])

  private static let trainingDomain = "ai.onnx.preview.training"
}

extension ReferenceCall {
  /// Computes one element of each renewed group from one element of each group, and the regularized gradient.
  fileprivate typealias ElementStep = ([Double], Double) -> [Double]

  fileprivate func setting(_ name: String, _ fallback: Double) -> Double {
    node.float(name).map(Double.init) ?? fallback
  }

  /// Renews every tensor: inputs are the rate, the turn's number, and `groups` groups of as many tensors each, the
  /// variables first and their gradients second; outputs are the groups `kept`.
  fileprivate mutating func step(
    groups: Int, kept: [Int], _ prepare: (_ rate: Double, _ turn: Double) -> ElementStep
  ) throws {
    let count = (inputs.count - 2) / groups
    guard count > 0, inputs.count == 2 + count * groups else {
      throw failure("\(inputs.count) inputs are no rate, turn and \(groups) groups of one length")
    }
    guard let rate = try tensor(0).doubles().first, let turn = try tensor(1).integers().first else {
      throw failure("the rate or the turn is empty")
    }
    let element = prepare(rate, Double(turn))
    let norm = setting("norm_coefficient", 0)
    for index in 0..<count {
      let parts = try (0..<groups).map { try tensor(2 + $0 * count + index) }
      for part in parts where part.shape != parts[0].shape {
        throw failure("variable \(index) is \(parts[0].shape), what goes with it \(part.shape)")
      }
      let values = try parts.map { try $0.doubles() }
      var results = Array(repeating: [Double](), count: kept.count)
      for position in values[0].indices {
        let own = values.map { $0[position] }
        for (group, value) in element(own, norm * own[0] + own[1]).enumerated() {
          results[group].append(value)
        }
      }
      for (position, group) in kept.enumerated() {
        let type = parts[group].elementType
        set(position * count + index, try Tensor(doubles: results[position], as: type, shape: parts[0].shape))
      }
    }
  }
}
