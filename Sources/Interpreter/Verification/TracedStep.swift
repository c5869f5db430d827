import Graph
import OrderedCollections

/// What one step of a run wrote.
struct TracedStep: Sendable {
  /// The operator that the step stands for.
  let operatorType: String
  /// What computed it, such as `winograd f4 avx512`.
  let kernel: String
  /// The values that it wrote.
  var values: OrderedDictionary<String, RuntimeValue>
}

extension Session {
  /// Runs once and keeps what each step wrote, in order. Steps that only turn values into another layout are left
  /// out: it shows in what reads them.
  ///
  /// - Throws: what `run` throws.
  func trace(_ inputs: OrderedDictionary<String, RuntimeValue>) throws -> [TracedStep] {
    var steps: [TracedStep] = []
    if options.usesKernels, model.graph.sparseInitializers.isEmpty {
      try tracedRun(inputs) { step, values in
        if !values.isEmpty {
          steps.append(TracedStep(operatorType: step.operatorType, kernel: step.kernel, values: values))
        }
      }
      return steps
    }
    var last: [String] = []
    _ = try run(inputs) { node, name, value in
      if !steps.isEmpty, last == node.outputs {
        steps[steps.count - 1].values[name] = value
      } else {
        steps.append(
          TracedStep(operatorType: node.operatorType, kernel: "reference", values: [name: value]))
      }
      last = node.outputs
    }
    return steps
  }
}
