import Graph

extension ReferenceFamily {
  /// Ensembles of decision trees (domain `ai.onnx.ml`).
  static let trees = ReferenceFamily(
    "Trees",
    [
      ReferenceOperator("TreeEnsemble", domain: classicalDomain) { call in
        let forest = try Forest(ensemble: call)
        let number = call.node.int("post_transform") ?? 0
        guard PostTransform.numbered.indices.contains(number) else {
          throw call.failure("post_transform \(number) is not known")
        }
        let aggregations: [Forest.Aggregation] = [.average, .sum, .least, .most]
        let kind = call.node.int("aggregate_function") ?? 1
        guard aggregations.indices.contains(kind) else {
          throw call.failure("aggregate_function \(kind) is not known")
        }
        try call.regress(
          forest, aggregations[kind], PostTransform.numbered[number], as: call.tensor(0).elementType)
      },
      ReferenceOperator("TreeEnsembleRegressor", domain: classicalDomain) { call in
        let forest = try Forest(named: call, leaves: "target")
        let name = call.node.string("aggregate_function") ?? "SUM"
        let aggregations: [String: Forest.Aggregation] = [
          "AVERAGE": .average, "SUM": .sum, "MIN": .least, "MAX": .most,
        ]
        guard let aggregation = aggregations[name] else {
          throw call.failure("aggregate_function '\(name)' is not known")
        }
        try call.regress(forest, aggregation, PostTransform(call), as: .float32)
      },
      ReferenceOperator("TreeEnsembleClassifier", domain: classicalDomain) { try classify(&$0) },
    ])

  private static func classify(_ call: inout ReferenceCall) throws {
    let forest = try Forest(named: call, leaves: "class")
    let labels = ClassicalLabels(call, integers: "classlabels_int64s")
    let rows = try call.featureRows()
    let base = try call.baseValues()
    let isBinary = labels.count <= 2 && forest.targets.count == 1
    let transform = try PostTransform(call)
    var scores: [[Double]] = []
    var chosen: [Int] = []
    for index in 0..<rows.count {
      let leaves = try forest.leaves(for: Array(rows.row(index)), call)
      if isBinary {
        let sum = leaves.joined().reduce(base.last ?? 0) { $0 + $1.weight }
        let isProbability = forest.weightsArePositive
        chosen.append(sum > (isProbability ? 0.5 : 0) ? 1 : 0)
        // Weights that are all positive are probabilities, which only an explicit LOGISTIC turns into others.
        scores.append(isProbability && transform != .logistic ? [1 - sum, sum] : transform([-sum, sum]))
      } else {
        let sums = try forest.aggregate(leaves, .sum, targets: labels.count, base: base, call)
        chosen.append(firstGreatest(sums))
        scores.append(transform(sums))
      }
    }
    call.set(0, try labels.tensor(chosen))
    call.set(
      1,
      try Tensor(
        doubles: scores.flatMap { $0 }, as: .float32,
        shape: [rows.count, scores.first?.count ?? labels.count]))
  }
}

extension ReferenceCall {
  /// Sets output 0 to each row's aggregated and transformed leaves, `[N, targets]`.
  fileprivate mutating func regress(
    _ forest: Forest, _ aggregation: Forest.Aggregation, _ transform: PostTransform, as type: ElementType
  ) throws {
    let rows = try featureRows()
    let count = node.int("n_targets") ?? ((forest.targets.max() ?? 0) + 1)
    _ = try checkedCount(of: [rows.count, count])
    let base = try baseValues()
    let results = try (0..<rows.count).flatMap { index in
      let leaves = try forest.leaves(for: Array(rows.row(index)), self)
      return transform(try forest.aggregate(leaves, aggregation, targets: count, base: base, self))
    }
    set(0, try Tensor(doubles: results, as: type, shape: [rows.count, count]))
  }

  fileprivate func baseValues() throws -> [Double] {
    try node.tensor("base_values_as_tensor")?.doubles()
      ?? (node.floats("base_values") ?? []).map { Double($0) }
  }
}
