import Graph
import Numerics

/// A support vector machine, or a linear one where there are no vectors.
///
/// Source: Chang and Lin, LIBSVM: a library for support vector machines, 2011.
struct SupportVectors {
  private let count: Int
  private let width: Int
  private let vectors: [Double]
  private let coefficients: [Double]
  private let rhos: [Double]
  private let kernel: ([Double], ArraySlice<Double>) -> Double

  /// The machine that the node describes.
  ///
  /// - Parameters:
  ///   - count: how many vectors there are.
  ///   - width: how many features each has.
  /// - Throws: `InterpreterError` where the attributes don't fit each other.
  init(_ call: ReferenceCall, count: Int, width: Int) throws {
    func list(_ name: String) -> [Double] { (call.node.floats(name) ?? []).map { Double($0) } }
    self.width = width
    self.count = count
    vectors = list("support_vectors")
    coefficients = list("coefficients")
    rhos = list("rho")
    guard count >= 0, count <= vectors.count, vectors.count == count * width || count == 0 else {
      throw call.failure("\(vectors.count) numbers are no \(count) support vectors of \(width) features")
    }
    let length = count > 0 ? count : width
    guard !coefficients.isEmpty, coefficients.count % length == 0, !rhos.isEmpty else {
      throw call.failure("\(coefficients.count) coefficients and \(rhos.count) rho don't fit \(length)")
    }
    let parameters = list("kernel_params")
    let (gamma, offset, degree) =
      parameters.count == 3 ? (parameters[0], parameters[1], parameters[2]) : (0, 0, 0)
    func dot(_ a: [Double], _ b: ArraySlice<Double>) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    switch call.node.string("kernel_type") ?? "LINEAR" {
    case "LINEAR": kernel = { dot($0, $1) }
    case "POLY": kernel = { .pow(gamma * dot($0, $1) + offset, Int(truncating: degree)) }
    case "SIGMOID": kernel = { .tanh(gamma * dot($0, $1) + offset) }
    case "RBF": kernel = { a, b in .exp(-gamma * zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }) }
    case let other: throw call.failure("kernel_type '\(other)' is not known")
    }
  }

  func rho(_ index: Int) -> Double { rhos[min(index, rhos.count - 1)] }

  /// The kernel of a row with each vector; of a linear machine, the row itself.
  func kernels(_ row: [Double]) -> [Double] {
    count == 0 ? row : (0..<count).map { kernel(row, vectors[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// `values`, weighted by row `index` of the coefficients, from position `start` on.
  func weigh(_ index: Int, _ values: some Collection<Double>, from start: Int = 0) -> Double {
    let offset = index * (count > 0 ? count : width) + start
    guard offset <= coefficients.count else { return 0 }
    return zip(values, coefficients[offset...]).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The dot product of a row with row `index` of a linear machine's coefficients.
  func dot(_ row: [Double], _ index: Int) -> Double { weigh(index, row) }

  /// Every class against every other: votes by class, and scores by pair.
  func duel(_ kernels: [Double], _ perClass: [Int], _ call: ReferenceCall) throws -> ([Double], [Double]) {
    let classes = perClass.count
    guard perClass.allSatisfy({ $0 >= 0 && $0 <= kernels.count }), coefficients.count >= (classes - 1) * count
    else {
      throw call.failure("vectors_per_class \(perClass) does not fit the coefficients")
    }
    var starts = [0]
    for length in perClass { starts.append(starts[starts.count - 1] + length) }
    var votes = Array(repeating: 0.0, count: classes)
    var scores: [Double] = []
    for one in 0..<classes {
      for other in (one + 1)..<max(one + 1, classes) {
        let own = weigh(other - 1, kernels[starts[one]..<starts[one + 1]], from: starts[one])
        let theirs = weigh(one, kernels[starts[other]..<starts[other + 1]], from: starts[other])
        let score = rho(scores.count) + own + theirs
        votes[score > 0 ? one : other] += 1
        scores.append(score)
      }
    }
    return (votes, scores)
  }

  /// The classes' probabilities from the pairs' scores, or `nil` where the node has no `prob_a` and `prob_b`.
  func probabilities(_ scores: [Double], classes: Int, _ call: ReferenceCall) throws -> [Double]? {
    let slopes = (call.node.floats("prob_a") ?? []).map { Double($0) }
    let offsets = (call.node.floats("prob_b") ?? []).map { Double($0) }
    if slopes.isEmpty { return nil }
    guard slopes.count == scores.count, offsets.count == scores.count else {
      throw call.failure("\(slopes.count) prob_a and \(offsets.count) prob_b for \(scores.count) pairs")
    }
    var pairs = Array(repeating: Array(repeating: 0.0, count: classes), count: classes)
    var index = 0
    for one in 0..<classes {
      for other in (one + 1)..<max(one + 1, classes) {
        let chance = 1 / (1 + .exp(scores[index] * slopes[index] + offsets[index]))
        pairs[one][other] = min(max(chance, 1e-7), 1 - 1e-7)
        pairs[other][one] = 1 - pairs[one][other]
        index += 1
      }
    }
    return Self.coupled(pairs)
  }

  /// Pairwise probabilities as one distribution.
  ///
  /// Source: Wu, Lin and Weng, Probability estimates for multi-class classification by pairwise coupling, 2004,
  /// algorithm 2, with LIBSVM's bounds on iterations and error.
  private static func coupled(_ pairs: [[Double]]) -> [Double] {
    let count = pairs.count
    var quadratic = pairs
    for one in 0..<count {
      for other in 0..<count where other != one {
        quadratic[one][other] = -pairs[other][one] * pairs[one][other]
      }
      quadratic[one][one] = (0..<count).reduce(0) { $1 == one ? $0 : $0 + pairs[$1][one] * pairs[$1][one] }
    }
    var result = Array(repeating: 1 / Double(count), count: count)
    for _ in 0..<max(100, count) {
      var products = quadratic.map { row in zip(row, result).reduce(0) { $0 + $1.0 * $1.1 } }
      var whole = zip(result, products).reduce(0) { $0 + $1.0 * $1.1 }
      if products.allSatisfy({ abs($0 - whole) < 0.005 / Double(count) }) { break }
      for one in 0..<count {
        let step = (whole - products[one]) / quadratic[one][one]
        result[one] += step
        whole = (whole + step * (step * quadratic[one][one] + 2 * products[one])) / ((1 + step) * (1 + step))
        for other in 0..<count {
          products[other] = (products[other] + step * quadratic[one][other]) / (1 + step)
          result[other] /= 1 + step
        }
      }
    }
    return result
  }
}
