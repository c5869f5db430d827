import Graph
import OrderedCollections

/// One network's values in two runtimes, and which operators each of them computes as rounding allows.
public struct RuntimeComparison: Sendable {
  /// One value that both runtimes have.
  public struct Value: Sendable {
    /// The value's name.
    public let name: String
    /// The nodes between it and the values before that the other runtime dumped.
    public let nodes: [Node]
    /// The largest difference between both runtimes.
    public let difference: Double
    /// Theirs against the definition on *their* inputs.
    public let theirs: Deviation
    /// Ours against the definition on *our* inputs.
    public let ours: Deviation
    /// Whether only their definition computes it, so that a difference has no bound to be judged by.
    public let isUnbounded: Bool

    /// Whether rounding does not explain what one of them computed here, whatever went in.
    public var parts: Bool { theirs.maxRatio > 1 || ours.maxRatio > 1 }
  }

  /// Values in the graph's order.
  public internal(set) var values: [Value] = []
  /// Names in the dump that the graph does not have.
  public internal(set) var unknown: [String] = []
  /// Values of other shapes in both, with the reason.
  public internal(set) var mismatched: [String] = []

  /// Where both first part beyond what rounding explains.
  public var first: Value? { values.first(where: \.parts) }
}

extension Verifier {
  /// Compares with what another runtime computed from the same inputs.
  ///
  /// Each of their values is judged on their own values before it, so that a difference is blamed on the node that
  /// makes it and not on those that pass it on. Their convolutions may be sums or Winograd's: the wider bound counts.
  ///
  /// - Parameter theirs: the other runtime's values by name, graph inputs where it has them.
  /// - Throws: what `Session.run` throws.
  public func compare(
    _ inputs: OrderedDictionary<String, RuntimeValue>, with theirs: [String: Tensor],
    progress: ((Int, Int) -> Void)? = nil
  ) throws -> RuntimeComparison {
    var ours: [String: RuntimeValue] = [:]
    for (name, value) in inputs { ours[name] = value }
    var kernels: [String: String] = [:]
    for step in try unfusedTrace(inputs) {
      for (name, value) in step.values {
        ours[name] = value
        kernels[name] = step.kernel
      }
    }
    var comparison = RuntimeComparison()
    comparison.unknown = theirs.keys.filter { name in
      flow.writer(of: name) == nil && !flow.isGiven(name) && inputs[name] == nil
    }.sorted()
    let names = theirs.keys.compactMap { name in flow.writer(of: name).map { (position: $0, name: name) } }
      .sorted { ($0.position, $0.name) < ($1.position, $1.name) }
    var known: [String: RuntimeValue] = [:]
    for (name, value) in inputs { known[name] = theirs[name].map(RuntimeValue.tensor) ?? value }
    for (number, (_, name)) in names.enumerated() {
      progress?(number, names.count)
      guard let tensor = theirs[name] else { continue }
      let positions = flow.nodes(computing: [name]) { known[$0] != nil || flow.isGiven($0) }
      let judged = try judge(name, tensor, positions, known)
      known[name] = .tensor(tensor)
      guard let judged else {
        comparison.mismatched.append(
          "\(name): \(tensor.elementType.onnxName) \(tensor.shape) does not fit the graph")
        continue
      }
      // Ours on our inputs.
      var own = Deviation(isEqual: true)
      var difference = 0.0
      if let mine = try self.tensor(name, of: ours), mine.shape == tensor.shape {
        if let kernel = kernels[name] {
          let step = TracedStep(operatorType: "", kernel: kernel, values: [:])
          own = try check(name, .tensor(mine), of: step, number: 0, known: ours.filter { $0.key != name })
            .deviation
        }
        if mine.elementType.isFloatingPoint {
          for (a, b) in zip(try mine.doubles(), try tensor.doubles()) where a != b {
            difference = max(difference, (a - b).magnitude)
          }
        }
      }
      comparison.values.append(
        RuntimeComparison.Value(
          name: name, nodes: positions.map { flow.graph.nodes[$0] }, difference: difference,
          theirs: judged.deviation,
          ours: own, isUnbounded: judged.isUnbounded))
    }
    progress?(names.count, names.count)
    return comparison
  }

  /// Node by node, so that there is a value of ours for each of theirs.
  private func unfusedTrace(_ inputs: OrderedDictionary<String, RuntimeValue>) throws -> [TracedStep] {
    try Session(model: session.model, options: session.options.unfused).trace(inputs)
  }

  /// Every value of a run node by node, inputs included.
  ///
  /// - Throws: what `Session.run` throws.
  public func values(_ inputs: OrderedDictionary<String, RuntimeValue>) throws -> [String: RuntimeValue] {
    var values = Dictionary(uniqueKeysWithValues: inputs.map { ($0.key, $0.value) })
    for step in try unfusedTrace(inputs) { for (name, value) in step.values { values[name] = value } }
    return values
  }

  /// Whether a node of the graph writes `name`, or the caller gives it.
  public func isComputed(_ name: String) -> Bool { !flow.isGiven(name) }

  /// The value of a name, computed from `values` where it is not among them.
  ///
  /// - Throws: what its nodes' definitions throw.
  public func tensor(_ name: String, of values: [String: RuntimeValue]) throws -> Tensor? {
    if let value = values[name] { return value.tensor }
    if let tensor = flow.graph.initializers[name] { return tensor }
    let positions = flow.nodes(computing: [name]) { values[$0] != nil || flow.isGiven($0) }
    let result = try BoundedRun(flow: flow, seed: session.options.seed)(positions, from: { values[$0] })[name]
    guard let result, let tensor = result.value.tensor else { return nil }
    guard let type = result.elementType, type != .float64 else { return tensor }
    return try Tensor(doubles: tensor.doubles(), as: type, shape: tensor.shape)
  }

  /// Their value against the definition on their inputs; `nil` where it has another shape or type.
  private func judge(
    _ name: String, _ tensor: Tensor, _ positions: [Int], _ known: [String: RuntimeValue]
  ) throws -> (deviation: Deviation, isUnbounded: Bool)? {
    var best: Deviation?
    var isUnbounded = false
    for algorithm in [BoundCall.Algorithm.sum, .winograd(4)] {
      var run = BoundedRun(flow: flow, seed: session.options.seed)
      run.algorithm = algorithm
      run.isForeign = true
      let results = try run(
        positions, from: { known[$0] }, undecided: { isUnbounded = isUnbounded || !$0.isPlain })
      guard let expected = results[name] else { return nil }
      guard let deviation = try Deviation(found: .tensor(tensor), expected: expected) else {
        guard case .tensor(let exact) = expected.value, exact.shape == tensor.shape,
          exact.elementType == tensor.elementType
        else { return nil }
        return (Deviation(isEqual: exact == tensor), false)
      }
      if deviation.maxRatio <= best?.maxRatio ?? .infinity { best = deviation }
      if deviation.maxRatio <= 1
        || !positions.contains(where: { flow.graph.nodes[$0].operatorType == "Conv" })
      {
        break
      }
    }
    // Where there is no bound, what differs by a few last places is left alone.
    if isUnbounded, let one = best, one.maxULP <= 64 { return (Deviation(isEqual: true), true) }
    return best.map { ($0, isUnbounded) }
  }
}

extension SessionOptions {
  /// The same, node by node.
  fileprivate var unfused: SessionOptions {
    var options = self
    options.fusesNodes = false
    return options
  }
}

extension Node {
  /// Whether its definition leaves nothing to rounding: it makes or moves values.
  fileprivate var isPlain: Bool {
    [
      "Constant", "Shape", "Size", "ConstantOfShape", "Cast", "Range", "Split", "Where", "Equal", "ArgMax",
      "ArgMin", "TopK",
    ]
    .contains(operatorType)
  }
}
