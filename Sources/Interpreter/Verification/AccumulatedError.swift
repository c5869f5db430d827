import Graph
import OrderedCollections

/// How far a run has drifted from exact arithmetic at one value: the whole network in `Double` beside the run.
public struct AccumulatedError: Sendable, Equatable {
  /// The step that wrote the value, from 1.
  public let step: Int
  /// The value's name.
  public let output: String
  /// The operators that the step computed.
  public let operators: [String]
  /// The largest magnitude among the exact elements.
  public let magnitude: Double
  /// The largest difference from the exact value, errors of all steps before included.
  public let maxError: Double
  /// The root of the mean square of all differences, divided by that of the exact elements.
  public let relativeError: Double
  /// The part of `maxError` that this step adds: its largest difference on the inputs that it really got.
  public let localError: Double
}

extension Verifier {
  /// The errors of all floating values along a run, in its order.
  ///
  /// - Throws: what `Session.run` throws.
  public func accumulatedErrors(
    _ inputs: OrderedDictionary<String, RuntimeValue>, progress: ((Int, Int) -> Void)? = nil
  ) throws -> [AccumulatedError] {
    let steps = try session.trace(inputs)
    var exact: [String: RuntimeValue] = [:]
    var known: [String: RuntimeValue] = [:]
    for (name, value) in inputs {
      known[name] = value
      exact[name] = try Bounded(exactly: value).value
    }
    var errors: [AccumulatedError] = []
    for (number, step) in steps.enumerated() {
      progress?(number, steps.count)
      for (name, value) in step.values where flow.writer(of: name) != nil {
        let local = try check(name, value, of: step, number: number + 1, known: known)
        let positions = flow.nodes(computing: [name]) { exact[$0] != nil || flow.isGiven($0) }
        for (other, result) in try defined(positions, from: exact) { exact[other] = result }
        guard let found = value.tensor, found.elementType.isFloatingPoint,
          let reference = exact[name]?.tensor, reference.shape == found.shape
        else { continue }
        let (one, other) = (try found.doubles(), try reference.doubles())
        var (most, magnitude, squares, total) = (0.0, 0.0, 0.0, 0.0)
        for (a, b) in zip(one, other) where a != b || b != 0 {
          let difference = a == b ? 0 : (a - b).magnitude
          most = max(most, difference)
          magnitude = max(magnitude, b.magnitude)
          squares += difference * difference
          total += b * b
        }
        errors.append(
          AccumulatedError(
            step: number + 1, output: name, operators: local.operators, magnitude: magnitude, maxError: most,
            relativeError: total > 0 ? (squares / total).squareRoot() : 0,
            localError: local.deviation.maxError))
      }
      for (name, value) in step.values { known[name] = value }
    }
    progress?(steps.count, steps.count)
    return errors
  }

  /// The values of nodes in `Double`, without any rounding to the values' own types.
  private func defined(
    _ positions: [Int], from values: [String: RuntimeValue]
  ) throws -> [String: RuntimeValue] {
    var results: [String: RuntimeValue] = [:]
    func find(_ name: String) throws -> RuntimeValue? {
      if let value = results[name] ?? values[name] { return value }
      if let tensor = flow.graph.initializers[name] { return try Bounded(exactly: .tensor(tensor)).value }
      return flow.graph.sparseInitializers[name].map(RuntimeValue.sparseTensor)
    }
    for position in positions {
      let node = flow.graph.nodes[position]
      var outer: [String: RuntimeValue] = [:]
      for name in flow.reads(position) { outer[name] = try find(name) }
      let outputs = try ReferenceScope(seed: session.options.seed).evaluate(
        node, node.inputs.map { $0.isEmpty ? nil : outer[$0] }, Scope(values: outer, parent: nil),
        position: position)
      for (name, value) in zip(node.outputs, outputs) where !name.isEmpty {
        if let value { results[name] = try Bounded(exactly: value).value }
      }
    }
    return results
  }
}
