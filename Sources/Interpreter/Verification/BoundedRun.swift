import Graph
import OrderedCollections

/// Part of a graph in exact arithmetic (that is, in `Double`), with a bound of the rounding error beside each element
/// of each value: a running error analysis (Higham 2002, section 3.3) of nodes that one kernel computes together.
struct BoundedRun {
  let flow: DataFlow
  /// Seeds random operators.
  var seed: UInt64 = 0
  /// How convolutions are computed.
  var algorithm = BoundCall.Algorithm.sum
  /// Whether another runtime computed what is judged.
  var isForeign = false

  /// Values by name after computing the nodes at `positions` from `values`.
  ///
  /// - Parameter undecided: called with each node that has no rule, whose definition alone can tell.
  /// - Throws: `InterpreterError` where a node fails, or has no rule and inexact inputs.
  func callAsFunction(
    _ positions: [Int], from values: (String) -> RuntimeValue?, undecided: ((Node) -> Void)? = nil
  ) throws -> [String: Bounded] {
    var results: [String: Bounded] = [:]
    func find(_ name: String) throws -> Bounded {
      if let known = results[name] { return known }
      guard let value = values(name) ?? given(name) else {
        throw InterpreterError.node("verification", reason: "the value '\(name)' is not there")
      }
      let exact = try Bounded(exactly: value)
      results[name] = exact
      return exact
    }
    for position in positions {
      let node = flow.graph.nodes[position]
      let inputs = try node.inputs.map { $0.isEmpty ? nil : try find($0) }
      let floating = inputs.lazy.compactMap { $0?.elementType }.first
      if let rule = BoundRule.find(node), let floating, let precision = Precision(floating),
        node.outputs.dropFirst().allSatisfy(\.isEmpty)
      {
        var call = BoundCall(
          node: node, inputs: isForeign ? try flushed(inputs, of: node) : inputs, elementType: floating,
          precision: isForeign ? precision.flushing : precision, algorithm: algorithm, isForeign: isForeign
        ) { node, inputs in try define(node, inputs, position, [:]) }
        try rule.body(&call)
        if let name = node.output(0) { results[name] = call.output }
        continue
      }
      // Only the definition computes it, on the values in their own types.
      guard inputs.allSatisfy({ $0?.errors == nil }) else {
        throw InterpreterError.node(
          node.label, reason: "has no error bound on inputs that are rounded themselves")
      }
      undecided?(node)
      var outer: [String: RuntimeValue] = [:]
      for name in flow.reads(position) { outer[name] = try original(name, values, results) }
      let originals = node.inputs.map { $0.isEmpty ? nil : outer[$0] }
      for (name, value) in zip(node.outputs, try define(node, originals, position, outer)) where !name.isEmpty
      {
        if let value { results[name] = try Bounded(exactly: value) }
      }
    }
    return results
  }

  /// What another runtime may read in place of a node's inputs. Powers and normalization have bounds on exact ones
  /// only; a normalization's bound knows of flushed parameters.
  private func flushed(_ inputs: [Bounded?], of node: Node) throws -> [Bounded?] {
    switch node.operatorType {
    case "Pow": inputs
    case "BatchNormalization": try inputs.prefix(1).map { try $0?.flushed() } + inputs.dropFirst()
    default: try inputs.map { try $0?.flushed() }
    }
  }

  /// A value in its own type.
  private func original(
    _ name: String, _ values: (String) -> RuntimeValue?, _ results: [String: Bounded]
  ) throws -> RuntimeValue? {
    if let value = values(name) ?? given(name) { return value }
    guard let result = results[name] else { return nil }
    guard let type = result.elementType, type != .float64, case .tensor(let tensor) = result.value else {
      return result.value
    }
    return .tensor(try Tensor(doubles: tensor.doubles(), as: type, shape: tensor.shape))
  }

  private func given(_ name: String) -> RuntimeValue? {
    if let tensor = flow.graph.initializers[name] { return .tensor(tensor) }
    return flow.graph.sparseInitializers[name].map(RuntimeValue.sparseTensor)
  }

  private func define(
    _ node: Node, _ inputs: [RuntimeValue?], _ position: Int, _ outer: [String: RuntimeValue]
  ) throws -> [RuntimeValue?] {
    try ReferenceScope(seed: seed).evaluate(
      node, inputs, Scope(values: outer, parent: nil), position: position)
  }
}
