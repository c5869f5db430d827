import Graph
import Glibc

/// What a classifier says of one picture: its classes, the most probable first.
public struct Classification: Sendable, Equatable {
  /// One class.
  public struct Prediction: Sendable, Equatable {
    /// The place in the order of probability, from 1.
    public let rank: Int
    /// The class's place among the model's outputs, from 0.
    public let index: Int
    /// The class's name; its index where the model names none.
    public let label: String
    /// The model's own number for the class.
    public let score: Double
    /// From 0 to 1.
    public let probability: Double
  }

  /// What a model's scores are.
  public enum Scores: Sendable, Equatable {
    /// Any numbers, or logarithms of probabilities: softmax makes probabilities of them.
    case logits
    /// Probabilities that sum to one.
    case probabilities
    /// Probabilities of classes that don't exclude each other, as a sigmoid gives.
    case independent
  }

  /// Every class, the most probable first; of equals the first.
  public let predictions: [Prediction]

  /// Ranks the scores of one picture.
  ///
  /// - Parameters:
  ///   - scores: one number a class.
  ///   - kind: what the numbers are; `nil` takes non-negative numbers that sum to one (to 10⁻³) for
  ///     probabilities and all else for logits.
  ///   - labels: the classes' names, or `nil`.
  /// - Throws: `PictureError` where there are no scores, one is not a number, or the labels' count differs.
  public init(scores: [Double], kind: Scores? = nil, labels: ClassLabels? = nil) throws(PictureError) {
    guard !scores.isEmpty else { throw PictureError(.preparation("the model gave no scores")) }
    guard scores.allSatisfy({ !$0.isNaN && $0 < .infinity }) else {
      throw PictureError(.preparation("the model's scores are not all numbers"))
    }
    if let labels, labels.names.count != scores.count {
      throw PictureError(
        .preparation("there are \(labels.names.count) labels for a model of \(scores.count) classes"))
    }
    let kind = kind ?? Self.guess(scores)
    let probabilities = kind == .logits ? Self.softmax(scores) : scores
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    predictions = order.enumerated().map { place, index in
      Prediction(
        rank: place + 1, index: index, label: labels?.names[index] ?? "\(index)", score: scores[index],
        probability: probabilities[index])
    }
  }

  private static func guess(_ scores: [Double]) -> Scores {
    scores.allSatisfy { $0 >= 0 } && (scores.reduce(0, +) - 1).magnitude < 1e-3 ? .probabilities : .logits
  }

  private static func softmax(_ scores: [Double]) -> [Double] {
    let largest = scores.max() ?? 0
    // All scores −∞ would leave nothing to divide by.
    guard largest > -.infinity else { return scores.map { _ in 1 / Double(scores.count) } }
    let powers = scores.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension Classification {
  /// The classifications in an output of `[N, classes]`, `[N, classes, 1, 1]`, or `[classes]` for one picture;
  /// `nil` where the output is of another shape or no floating type.
  ///
  /// - Throws: `PictureError` as `init(scores:kind:labels:)`.
  public static func rows(
    of output: Tensor, kind: Scores? = nil, labels: ClassLabels? = nil
  ) throws -> [Classification]? {
    guard output.elementType.isFloatingPoint, output.rank > 0,
      output.shape.dropFirst(2).allSatisfy({ $0 == 1 })
    else { return nil }
    let (count, classes) = output.rank == 1 ? (1, output.shape[0]) : (output.shape[0], output.shape[1])
    guard classes > 1 else { return nil }
    let scores = try output.doubles()
    return try (0..<count).map { row in
      try Classification(
        scores: Array(scores[row * classes..<(row + 1) * classes]), kind: kind, labels: labels)
    }
  }
}

extension Graph {
  /// What the scores in the graph output `name` are, where the node that writes it tells.
  public func scores(of name: String) -> Classification.Scores? {
    guard let writer = nodes.last(where: { $0.outputs.contains(name) }) else { return nil }
    switch writer.operatorType {
    case "Softmax": return .probabilities
    case "LogSoftmax": return .logits
    case "Sigmoid", "HardSigmoid": return .independent
    default: return nil
    }
  }
}
