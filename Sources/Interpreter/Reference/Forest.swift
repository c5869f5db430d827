import Graph

/// Decision trees in the form that all versions of the ensembles share.
struct Forest {
  /// How the leaves that a row reaches become one value a target.
  enum Aggregation { case average, sum, least, most }

  /// What a leaf adds to one target.
  struct Leaf {
    let target: Int
    let weight: Double
  }

  /// Where a branch leads.
  private enum Child {
    case node(Int)
    case leaves([Leaf])
  }

  private enum Test {
    case lessOrEqual, less, greaterOrEqual, greater, equal, notEqual
    case member(Set<Double>)
  }

  private struct Branch {
    let feature: Int
    let test: Test
    let threshold: Double
    /// Whether NaN takes the true branch whatever the test.
    let takesMissing: Bool
    let ifTrue: Child
    let ifFalse: Child

    func isTrue(_ value: Double) -> Bool {
      if takesMissing && value.isNaN { return true }
      switch test {
      case .lessOrEqual: return value <= threshold
      case .less: return value < threshold
      case .greaterOrEqual: return value >= threshold
      case .greater: return value > threshold
      case .equal: return value == threshold
      case .notEqual: return value != threshold
      case .member(let members): return members.contains(value)
      }
    }
  }

  private var branches: [Branch] = []
  private var roots: [Child] = []
  /// The targets that any leaf adds to.
  private(set) var targets: Set<Int> = []
  /// Whether no leaf takes away from its target.
  private(set) var weightsArePositive = true

  /// The trees of `TreeEnsemble`-5: nodes refer to each other by their positions.
  init(ensemble call: ReferenceCall) throws {
    let node = call.node
    let features = node.ints("nodes_featureids") ?? []
    func list(_ name: String, _ values: [Int]?) throws -> [Int] {
      guard let values, values.count == features.count else {
        throw call.failure("\(name) has \(values?.count ?? 0) entries for \(features.count) nodes")
      }
      return values
    }
    let modes = try list("nodes_modes", try node.tensor("nodes_modes")?.integers().map { Int($0) })
    let thresholds = try node.tensor("nodes_splits")?.doubles() ?? []
    guard thresholds.count == features.count else {
      throw call.failure("nodes_splits has \(thresholds.count) entries for \(features.count) nodes")
    }
    let missing = try node.ints("nodes_missing_value_tracks_true").map {
      try list("nodes_missing_value_tracks_true", $0)
    }
    let leaves = zip(
      node.ints("leaf_targetids") ?? [], try node.tensor("leaf_weights")?.doubles() ?? []
    ).map { Leaf(target: $0, weight: $1) }
    for leaf in leaves { note(leaf) }
    func children(_ side: String) throws -> [Child] {
      let places = try list("nodes_\(side)nodeids", node.ints("nodes_\(side)nodeids"))
      return try zip(places, list("nodes_\(side)leafs", node.ints("nodes_\(side)leafs"))).map {
        place, isLeaf in
        guard isLeaf != 0 else { return .node(place) }
        guard leaves.indices.contains(place) else { throw call.failure("there is no leaf \(place)") }
        return .leaves([leaves[place]])
      }
    }
    var members = (try node.tensor("membership_values")?.doubles() ?? [])
      .split(omittingEmptySubsequences: false) { $0.isNaN }.makeIterator()
    let plain: [Test] = [.lessOrEqual, .less, .greaterOrEqual, .greater, .equal, .notEqual]
    let (ifTrue, ifFalse) = (try children("true"), try children("false"))
    for (index, mode) in modes.enumerated() {
      let test: Test
      if plain.indices.contains(mode) {
        test = plain[mode]
      } else if mode == 6, let set = members.next() {
        test = .member(Set(set))
      } else {
        throw call.failure(mode == 6 ? "membership_values are too few" : "nodes_modes has \(mode)")
      }
      branches.append(
        Branch(
          feature: features[index], test: test, threshold: thresholds[index],
          takesMissing: missing?[index] == 1, ifTrue: ifTrue[index], ifFalse: ifFalse[index]))
    }
    roots = (node.ints("tree_roots") ?? []).map { .node($0) }
  }

  /// The trees of `TreeEnsembleRegressor` and `TreeEnsembleClassifier`: nodes are named by tree and number.
  ///
  /// - Parameter leaves: `target` or `class`, the stem of the attributes that describe leaves.
  init(named call: ReferenceCall, leaves stem: String) throws {
    struct Name: Hashable {
      let tree: Int
      let number: Int
    }
    let node = call.node
    let trees = node.ints("nodes_treeids") ?? []
    func list(_ name: String) throws -> [Int] {
      let values = node.ints(name) ?? []
      guard values.count == trees.count else {
        throw call.failure("\(name) has \(values.count) entries for \(trees.count) nodes")
      }
      return values
    }
    func numbers(_ name: String) throws -> [Double] {
      try node.tensor("\(name)_as_tensor")?.doubles() ?? (node.floats(name) ?? []).map { Double($0) }
    }
    let names = zip(trees, try list("nodes_nodeids")).map { Name(tree: $0, number: $1) }
    let modes = node.strings("nodes_modes") ?? []
    let (features, thresholds) = (try list("nodes_featureids"), try numbers("nodes_values"))
    guard modes.count == trees.count, thresholds.count == trees.count else {
      throw call.failure("nodes_modes or nodes_values don't match \(trees.count) nodes")
    }
    let missing = node.ints("nodes_missing_value_tracks_true") ?? []
    let weights = try numbers("\(stem)_weights")
    let leafTrees = node.ints("\(stem)_treeids") ?? []
    let (leafNumbers, leafTargets) = (node.ints("\(stem)_nodeids") ?? [], node.ints("\(stem)_ids") ?? [])
    guard [leafTrees.count, leafNumbers.count, leafTargets.count].allSatisfy({ $0 == weights.count }) else {
      throw call.failure("the lists \(stem)_… differ in length")
    }
    var leaves: [Name: [Leaf]] = [:]
    for index in weights.indices {
      let leaf = Leaf(target: leafTargets[index], weight: weights[index])
      leaves[Name(tree: leafTrees[index], number: leafNumbers[index]), default: []].append(leaf)
      note(leaf)
    }
    let positions = Dictionary(zip(names, names.indices)) { first, _ in first }
    func child(_ name: Name) throws -> Child {
      guard let position = positions[name] else {
        throw call.failure("tree \(name.tree) has no node \(name.number)")
      }
      return modes[position] == "LEAF" ? .leaves(leaves[name] ?? []) : .node(position)
    }
    let tests: [String: Test] = [
      "BRANCH_LEQ": .lessOrEqual, "BRANCH_LT": .less, "BRANCH_GTE": .greaterOrEqual, "BRANCH_GT": .greater,
      "BRANCH_EQ": .equal, "BRANCH_NEQ": .notEqual,
    ]
    let (trueNumbers, falseNumbers) = (try list("nodes_truenodeids"), try list("nodes_falsenodeids"))
    for (index, mode) in modes.enumerated() {
      // Leaves keep their positions; nothing leads to them.
      if mode == "LEAF" {
        branches.append(
          Branch(
            feature: 0, test: .equal, threshold: 0, takesMissing: false, ifTrue: .leaves([]),
            ifFalse: .leaves([])))
        continue
      }
      guard let test = tests[mode] else { throw call.failure("nodes_modes has '\(mode)'") }
      let tree = trees[index]
      branches.append(
        Branch(
          feature: features[index], test: test, threshold: thresholds[index],
          takesMissing: index < missing.count && missing[index] == 1,
          ifTrue: try child(Name(tree: tree, number: trueNumbers[index])),
          ifFalse: try child(Name(tree: tree, number: falseNumbers[index]))))
    }
    var seen: Set<Int> = []
    // A tree's first node is its root.
    for (index, tree) in trees.enumerated() where seen.insert(tree).inserted {
      roots.append(try child(names[index]))
    }
  }

  private mutating func note(_ leaf: Leaf) {
    targets.insert(leaf.target)
    if leaf.weight < 0 { weightsArePositive = false }
  }

  /// What each tree says of one row of features.
  ///
  /// - Throws: `InterpreterError` where a node or feature does not exist or a tree has a cycle.
  func leaves(for row: [Double], _ call: ReferenceCall) throws -> [[Leaf]] {
    try roots.map { root in
      var place = root
      for _ in 0...branches.count {
        switch place {
        case .leaves(let leaves): return leaves
        case .node(let index):
          guard branches.indices.contains(index) else { throw call.failure("there is no node \(index)") }
          let branch = branches[index]
          guard row.indices.contains(branch.feature) else {
            throw call.failure("node \(index) asks for feature \(branch.feature) of \(row.count)")
          }
          place = branch.isTrue(row[branch.feature]) ? branch.ifTrue : branch.ifFalse
        }
      }
      throw call.failure("a tree has a cycle")
    }
  }

  /// One value a target; those that no leaf speaks of are 0 before `base` is added.
  func aggregate(
    _ leaves: [[Leaf]], _ aggregation: Aggregation, targets count: Int, base: [Double], _ call: ReferenceCall
  ) throws -> [Double] {
    var sums: [Double?] = Array(repeating: nil, count: count)
    for leaf in leaves.joined() {
      guard sums.indices.contains(leaf.target) else {
        throw call.failure("a leaf adds to target \(leaf.target) of \(count)")
      }
      guard let known = sums[leaf.target] else {
        sums[leaf.target] = leaf.weight
        continue
      }
      switch aggregation {
      case .sum, .average: sums[leaf.target] = known + leaf.weight
      case .least: sums[leaf.target] = min(known, leaf.weight)
      case .most: sums[leaf.target] = max(known, leaf.weight)
      }
    }
    return sums.enumerated().map { index, sum in
      let scale = aggregation == .average ? Double(max(1, roots.count)) : 1
      return (sum ?? 0) / scale + (base.isEmpty ? 0 : base[min(index, base.count - 1)])
    }
  }
}
