import Graph
import Numerics

extension BoundRule {
  static let softmax = [
    BoundRule("Softmax") { call in
      try call.lanes { precision, scores, errors, results in
        let (relative, total) = SoftmaxError.relative(precision, scores, errors, results)
        return results.indices.map { index in
          let sum = relative[index] + total + precision.gamma(scores.count + 2)
          return sum < 0.5 ? results[index] * sum / (1 - sum) + 2 * precision.tiny : .infinity
        }
      }
    },
    BoundRule("LogSoftmax") { call in
      try call.lanes { precision, scores, errors, results in
        let weights = results.map { Double.exp($0) }
        let (_, total) = SoftmaxError.relative(precision, scores, errors, weights)
        let largest = scores.max() ?? 0
        return results.indices.map { index in
          let sum = errors[index] + total + precision.gamma(scores.count + 4)
          // The logarithm, the difference from the largest score, and the difference of both.
          return sum + precision.gamma(6) * ((scores[index] - largest).magnitude + results[index].magnitude)
        }
      }
    },
  ]
}

/// The relative errors inside of a softmax: e^(xᵢ − m) has that of the exponential and what the rounded difference
/// and the scores' own errors make of it; the sum has the mean of these, weighted by the results.
private enum SoftmaxError {
  static func relative(
    _ precision: Precision, _ scores: [Double], _ errors: [Double], _ results: [Double]
  ) -> (each: [Double], total: Double) {
    let largest = scores.max() ?? 0
    let spread = errors.max() ?? 0
    let each = scores.indices.map { index -> Double in
      let moved = errors[index] + spread + precision.unit * (scores[index] - largest).magnitude
      return Double.expMinusOne(moved) + 8 * precision.unit
    }
    let total = zip(each, results).reduce(0) { $0 + ($1.1 > 0 ? $1.0 * $1.1 : 0) }
    return (each, total)
  }
}

extension BoundCall {
  /// The errors of each lane along attribute `axis`, from its inputs, their errors and its results.
  fileprivate mutating func lanes(
    _ bound: (Precision, [Double], [Double], [Double]) -> [Double]
  ) throws {
    let (input, value) = (try tensor(0), try exact())
    let shape = input.rank == 0 ? [1] : input.shape
    let axis = (node.int("axis") ?? -1) < 0 ? (node.int("axis") ?? -1) + shape.count : node.int("axis") ?? -1
    let inner = shape[(axis + 1)...].reduce(1, *)
    let extent = shape[axis]
    let (scores, errors, results) = (try input.doubles(), try self.errors(0), try value.doubles())
    var bounds = Array(repeating: 0.0, count: results.count)
    for lane in 0..<(extent == 0 ? 0 : results.count / extent) {
      let start = lane / inner * inner * extent + lane % inner
      let places = (0..<extent).map { start + $0 * inner }
      let own = bound(
        precision, places.map { scores[$0] }, places.map { errors[$0] }, places.map { results[$0] })
      for (place, error) in zip(places, own) { bounds[place] = error.isNaN ? .infinity : error }
    }
    try set(value, errors: bounds)
  }
}
