import Graph
import Numerics

/// What classical models turn raw scores into (`post_transform` of `ai.onnx.ml`).
enum PostTransform: String {
  case none = "NONE"
  case softmax = "SOFTMAX"
  case logistic = "LOGISTIC"
  case softmaxZero = "SOFTMAX_ZERO"
  case probit = "PROBIT"

  /// The order in which `TreeEnsemble`-5 numbers them.
  static let numbered: [PostTransform] = [.none, .softmax, .logistic, .softmaxZero, .probit]

  /// The transform that a node's attribute names.
  init(_ call: ReferenceCall) throws {
    let name = call.node.string("post_transform") ?? "NONE"
    guard let known = PostTransform(rawValue: name) else {
      throw call.failure("post_transform '\(name)' is not known")
    }
    self = known
  }

  /// One row of scores, transformed.
  func callAsFunction(_ row: [Double]) -> [Double] {
    switch self {
    case .none: row
    case .logistic: row.map { 1 / (1 + .exp(-$0)) }
    case .probit: row.map(Self.probit)
    case .softmax: Self.softmax(row, keepsZeros: false)
    case .softmaxZero: Self.softmax(row, keepsZeros: true)
    }
  }

  /// `SOFTMAX_ZERO` gives no share to scores that are zero.
  private static func softmax(_ row: [Double], keepsZeros: Bool) -> [Double] {
    let most = row.max() ?? 0
    let powers = row.map { keepsZeros && abs($0) <= 1e-7 ? 0 : Double.exp($0 - most) }
    let sum = powers.reduce(0, +)
    return powers.map { sum == 0 ? 0.5 : $0 / sum }
  }

  /// The standard normal distribution's quantile: a start by Winitzki's approximation of the inverse error function,
  /// then Newton's steps on the error function itself.
  static func probit(_ probability: Double) -> Double {
    guard probability > 0, probability < 1 else {
      return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
    }
    let value = 2 * probability - 1
    let log = Double.log(4 * probability * (1 - probability))
    let half = 2 / (Double.pi * 0.147) + log / 2
    var root = ((half * half - log / 0.147).squareRoot() - half).squareRoot() * (value < 0 ? -1 : 1)
    for _ in 0..<4 {
      // erfc keeps the tails exact where erf is all but 1.
      let error = value < 0 ? .erfc(-root) - 2 * probability : 2 * (1 - probability) - .erfc(root)
      root -= error / (2 / Double.pi.squareRoot() * .exp(-root * root))
    }
    return root * 2.0.squareRoot()
  }
}
