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
  /// Runs once and keeps what each step wrote, in order.
  ///
  /// - Throws: what `run` throws.
  func trace(_ inputs: OrderedDictionary<String, RuntimeValue>) throws -> [TracedStep] {
    var steps: [TracedStep] = []
    var last: [String] = []
    _ = try run(inputs) { node, name, value in
      if !steps.isEmpty, last == node.outputs {
        steps[steps.count - 1].values[name] = value
      } else {
        let kernel = node.domain.isEmpty ? Kernel.find(node.operatorType)?.name : nil
        steps.append(
          TracedStep(operatorType: node.operatorType, kernel: kernel ?? "definition", values: [name: value]))
      }
      last = node.outputs
    }
    return steps
  }
}
