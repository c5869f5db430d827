import Graph
import Numerics

extension ReferenceFamily {
  /// Linear models and support vector machines (domain `ai.onnx.ml`).
  static let linearModels = ReferenceFamily(
    "LinearModels",
    [
      ReferenceOperator("LinearRegressor", domain: classicalDomain) { call in
        let targets = call.node.int("targets") ?? 1
        let (rows, scores) = try linearScores(call, count: targets)
        let transform = try PostTransform(call)
        call.set(
          0, try Tensor(doubles: scores.flatMap { transform($0) }, as: .float32, shape: [rows, targets]))
      },
      ReferenceOperator("LinearClassifier", domain: classicalDomain) { try classifyLinearly(&$0) },
      ReferenceOperator("SVMRegressor", domain: classicalDomain) { call in
        let rows = try call.featureRows()
        let machine = try SupportVectors(call, count: call.node.int("n_supports") ?? 0, width: rows.width)
        let (isOneClass, transform) = (call.node.int("one_class") == 1, try PostTransform(call))
        let results = (0..<rows.count).flatMap { index -> [Double] in
          let sum = machine.rho(0) + machine.weigh(0, machine.kernels(Array(rows.row(index))))
          return isOneClass ? [sum > 0 ? 1 : -1] : transform([sum])
        }
        call.set(0, try Tensor(doubles: results, as: .float32, shape: [rows.count, 1]))
      },
      ReferenceOperator("SVMClassifier", domain: classicalDomain) { try classifyBySupport(&$0) },
    ])

  /// `X · coefficientsᵀ + intercepts` by row.
  private static func linearScores(_ call: ReferenceCall, count: Int) throws -> (rows: Int, [[Double]]) {
    let rows = try call.featureRows()
    let coefficients = (call.node.floats("coefficients") ?? []).map { Double($0) }
    let intercepts = (call.node.floats("intercepts") ?? []).map { Double($0) }
    guard count > 0, count <= coefficients.count, coefficients.count == count * rows.width,
      intercepts.isEmpty || intercepts.count == count
    else {
      throw call.failure(
        "\(coefficients.count) coefficients and \(intercepts.count) intercepts don't fit \(count) scores of "
          + "\(rows.width) features")
    }
    let scores = (0..<rows.count).map { index in
      (0..<count).map { target in
        zip(rows.row(index), coefficients[(target * rows.width)...]).reduce(
          intercepts.isEmpty ? 0 : intercepts[target]
        ) { $0 + $1.0 * $1.1 }
      }
    }
    return (rows.count, scores)
  }

  private static func classifyLinearly(_ call: inout ReferenceCall) throws {
    let labels = ClassicalLabels(call, integers: "classlabels_ints")
    let width = try call.featureRows().width
    let count = (call.node.floats("coefficients") ?? []).count / width
    let (rows, raw) = try linearScores(call, count: count)
    let transform = try PostTransform(call)
    // One line parts two classes.
    let scores = raw.map { transform(count == 1 && labels.count == 2 ? [-$0[0], $0[0]] : $0) }
    if scores.first?.count == 1 {
      let threshold = transform == .none ? 0 : 0.5
      let chosen = scores.map { $0[0] >= threshold }
      call.set(0, try labels.tensor(isFirst: chosen))
    } else {
      call.set(0, try labels.tensor(scores.map { firstGreatest($0) }))
    }
    call.set(
      1,
      try Tensor(
        doubles: scores.flatMap { $0 }, as: .float32,
        shape: [rows, scores.first?.count ?? max(count, labels.count)]))
  }

  private static func classifyBySupport(_ call: inout ReferenceCall) throws {
    let labels = ClassicalLabels(call, integers: "classlabels_ints")
    let rows = try call.featureRows()
    let perClass = call.node.ints("vectors_per_class") ?? []
    let transform = try PostTransform(call)
    let support = perClass.reduce(0, &+)
    let machine = try SupportVectors(call, count: support, width: rows.width)
    let classes = support > 0 ? perClass.count : max(1, labels.count)
    var chosen: [Int] = []
    var scores: [[Double]] = []
    for index in 0..<rows.count {
      let row = Array(rows.row(index))
      let kernels = machine.kernels(row)
      guard support > 0 else {
        let own = (0..<classes).map { machine.rho(0) + machine.dot(row, $0) }
        chosen.append(own.count == 1 ? (own[0] > 0 ? 1 : 0) : firstGreatest(own))
        scores.append(transform(own))
        continue
      }
      let (votes, pairs) = try machine.duel(kernels, perClass, call)
      // The label is that of the votes even where the probabilities favour another, as in LIBSVM.
      chosen.append(firstGreatest(votes))
      if let probabilities = try machine.probabilities(pairs, classes: classes, call) {
        scores.append(transform(probabilities))
      } else {
        scores.append(transform(pairs.count == 1 ? [-pairs[0], pairs[0]] : pairs))
      }
    }
    call.set(0, try labels.tensor(chosen))
    call.set(
      1,
      try Tensor(
        doubles: scores.flatMap { $0 }, as: .float32, shape: [rows.count, scores.first?.count ?? classes]))
  }

  /// The position of the greatest value, the first of several.
  static func firstGreatest(_ values: [Double]) -> Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }
}

/// A classifier's labels.
struct ClassicalLabels {
  private let strings: [String]
  private let integers: [Int]

  /// The labels in `classlabels_strings` or the list `integers`.
  init(_ call: ReferenceCall, integers name: String) {
    strings = call.node.strings("classlabels_strings") ?? []
    integers = call.node.ints(name) ?? []
  }

  var count: Int { max(strings.count, integers.count) }

  /// The labels at these positions, `[N]`; the positions themselves where there are none.
  func tensor(_ positions: [Int]) throws -> Tensor {
    if !strings.isEmpty {
      return try Tensor(
        strings: positions.map { $0 < strings.count ? strings[$0] : "" }, shape: [positions.count])
    }
    return try Tensor(
      positions.map { Int64($0 < integers.count ? integers[$0] : $0) }, shape: [positions.count])
  }

  /// The only label where true, or 1; otherwise 0, or no text.
  func tensor(isFirst: [Bool]) throws -> Tensor {
    if let only = strings.first {
      return try Tensor(strings: isFirst.map { $0 ? only : "" }, shape: [isFirst.count])
    }
    return try Tensor(isFirst.map { $0 ? Int64(integers.first ?? 1) : 0 }, shape: [isFirst.count])
  }
}
