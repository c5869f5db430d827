import Graph
import OrderedCollections

extension Session {
  /// Measures every algorithm of every convolution that has several, inside of whole runs, where caches are as they
  /// are in use, and gives the fastest ones.
  ///
  /// - Parameters:
  ///   - duration: runs go on for about this long, each algorithm at least `leastRuns` times.
  ///   - progress: called with the share that is done.
  /// - Throws: what `run` throws.
  public func tuned(
    for inputs: OrderedDictionary<String, RuntimeValue>, duration: Duration = .seconds(2), leastRuns: Int = 5,
    progress: (Double) -> Void = { _ in }
  ) throws -> ConvolutionTuning {
    try withForcedPlans(inputs) { plans, run in
      var least: [String: [ConvolutionAlgorithm: Duration]] = [:]
      let clock = MonotonicClock()
      let begin = clock.now
      var rounds = 0
      // Algorithms take turns, so that a machine that others slow down for a while slows down all.
      while rounds < leastRuns || clock.now - begin < duration {
        for plan in plans {
          for step in plan.steps {
            let time = clock.measure { run(step, plan) }
            // The first round makes ready what later ones find ready.
            guard rounds > 0, let (layer, algorithm) = step.tunable else { continue }
            least[layer, default: [:]][algorithm] = min(least[layer]?[algorithm] ?? time, time)
          }
          if let failure = plan.memory.failure { throw failure }
        }
        rounds += 1
        progress(min(1, (clock.now - begin) / duration, Double(rounds) / Double(leastRuns)))
      }
      // Of equal ones the first in order, so that nothing hangs on a table's order.
      let fastest = least.compactMapValues { times in
        ConvolutionAlgorithm.all.compactMap { algorithm in times[algorithm].map { (algorithm, $0) } }
          .min { $0.1 < $1.1 }?.0
      }
      return ConvolutionTuning(fastest)
    }
  }

  /// Whether the plan for `inputs` has convolutions of several algorithms that the session's tuning doesn't know.
  ///
  /// - Throws: `InterpreterError` or `GraphError` where the inputs don't fit the graph.
  public func needsTuning(for inputs: OrderedDictionary<String, RuntimeValue>) throws -> Bool {
    try tunableLayers(for: inputs).contains { options.tuning.algorithms[$0] == nil }
  }
}
