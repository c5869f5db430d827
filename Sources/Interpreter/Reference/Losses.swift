import Graph
import Numerics

extension ReferenceFamily {
  /// What training minimises.
  static let losses = ReferenceFamily(
    "Losses",
    [
      ReferenceOperator("NegativeLogLikelihoodLoss") { call in
        let input = try call.tensor(0)
        try setLoss(&call, logProbabilities: try input.doubles(), input)
      },
      ReferenceOperator("SoftmaxCrossEntropyLoss") { call in
        let input = try call.tensor(0)
        guard input.rank >= 2 else { throw call.failure("needs scores [N, C, …], found \(input.shape)") }
        let logs = logSoftmax(try input.doubles(), shape: input.shape)
        try setLoss(&call, logProbabilities: logs, input)
        call.set(1, try Tensor(doubles: logs, as: input.elementType, shape: input.shape))
      },
    ])

  /// `x − max − log Σ exp(x − max)` over axis 1.
  private static func logSoftmax(_ scores: [Double], shape: [Int]) -> [Double] {
    let (classes, inner) = (shape[1], shape[2...].reduce(1, *))
    var result = scores
    for image in 0..<shape[0] {
      for position in 0..<inner {
        let indices = (0..<classes).map { (image * classes + $0) * inner + position }
        let largest = indices.map { scores[$0] }.max() ?? 0
        let sum = indices.reduce(0) { $0 + .exp(scores[$1] - largest) }
        for index in indices { result[index] = scores[index] - largest - .log(sum) }
      }
    }
    return result
  }

  /// `−w[t] · logP[t]` per position, then the mean over weights, the sum, or neither (ONNX
  /// NegativeLogLikelihoodLoss-22).
  private static func setLoss(_ call: inout ReferenceCall, logProbabilities: [Double], _ input: Tensor) throws
  {
    let target = try call.tensor(1)
    guard input.rank >= 2, target.shape == [input.shape[0]] + input.shape[2...] else {
      throw call.failure("scores \(input.shape) and labels \(target.shape) don't fit each other")
    }
    let (classes, inner) = (input.shape[1], input.shape[2...].reduce(1, *))
    let weights = try call.optionalTensor(2)?.doubles() ?? Array(repeating: 1, count: classes)
    guard weights.count == classes else {
      throw call.failure("\(classes) classes, but \(weights.count) weights")
    }
    let ignored = call.node.int("ignore_index").map { Int64($0) }
    var losses: [Double] = []
    var total = 0.0
    for (position, label) in try target.integers().enumerated() {
      if label == ignored {
        losses.append(0)
        continue
      }
      guard label >= 0, label < classes else {
        throw call.failure("label \(label) is no class of \(classes)")
      }
      let weight = weights[Int(label)]
      let (image, place) = (position / max(1, inner), position % max(1, inner))
      losses.append(-logProbabilities[(image * classes + Int(label)) * inner + place] * weight)
      total += weight
    }
    switch call.node.string("reduction") ?? "mean" {
    case "none": call.set(0, try Tensor(doubles: losses, as: input.elementType, shape: target.shape))
    case "sum": call.set(0, try Tensor(doubles: [losses.reduce(0, +)], as: input.elementType, shape: []))
    case "mean":
      call.set(0, try Tensor(doubles: [losses.reduce(0, +) / total], as: input.elementType, shape: []))
    case let other: throw call.failure("reduction '\(other)' is not known")
    }
  }
}
