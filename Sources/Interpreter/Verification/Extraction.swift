import Graph
import OrderedCollections

/// Part of a graph as a model of its own, with the values that it reads and writes in a run of the whole.
public struct Extraction: Sendable {
  /// The part: weights are initializers, all else that it reads is its input.
  public let model: Model
  /// What it reads, in the order of the model's inputs.
  public let inputs: OrderedDictionary<String, RuntimeValue>
  /// What its definitions make of that, in the order of the model's outputs.
  public let outputs: OrderedDictionary<String, RuntimeValue>
  /// How far rounding lets any element of an output be from these, in whatever runtime; `nil` where no bound is known.
  public let tolerance: Double?
}

extension Verifier {
  /// The nodes of these names (or that write values of these names) as a model of their own.
  ///
  /// - Parameters:
  ///   - names: of nodes, or of values.
  ///   - original: the model as it was read, in whose operator set the part is written.
  /// - Throws: `InterpreterError` where a name is neither, or the run fails.
  public func extract(
    _ names: [String], of original: Model, inputs: OrderedDictionary<String, RuntimeValue>
  ) throws -> Extraction {
    let nodes = original.graph.nodes
    var positions: Set<Int> = []
    for name in names {
      let found = nodes.indices.filter { nodes[$0].name == name || nodes[$0].outputs.contains(name) }
      guard !found.isEmpty, !name.isEmpty else {
        throw InterpreterError.node("the graph", reason: "has no node and no value '\(name)'")
      }
      positions.formUnion(found)
    }
    return try extract(at: positions, of: original, values: try values(inputs))
  }

  /// The nodes at these positions as a model of their own, `values` being those of a run.
  func extract(at positions: Set<Int>, of original: Model, values: [String: RuntimeValue]) throws
    -> Extraction
  {
    let source = DataFlow(original.graph)
    let order = positions.sorted()
    let nodes = order.map { original.graph.nodes[$0] }
    let written = Set(nodes.flatMap(\.outputs))
    var graph = Graph(name: "part of \(original.graph.name)", nodes: nodes)
    var inputs: OrderedDictionary<String, RuntimeValue> = [:]
    for name in order.flatMap(source.reads) where !written.contains(name) {
      if let tensor = original.graph.initializers[name] {
        graph.initializers[name] = tensor
      } else if let sparse = original.graph.sparseInitializers[name] {
        graph.sparseInitializers[name] = sparse
      } else if inputs[name] == nil {
        guard let value = try values[name] ?? tensor(name, of: values).map(RuntimeValue.tensor) else {
          throw InterpreterError.node("the graph", reason: "has no value '\(name)'")
        }
        inputs[name] = value
        graph.inputs.append(Value(name, value.type))
      }
    }
    // What the rest of the graph reads, or the caller gets, or nobody reads at all.
    let ends = Set(original.graph.outputs.map(\.name))
    let readOutside = Set(
      original.graph.nodes.indices.filter { !positions.contains($0) }.flatMap(source.reads))
    let readInside = Set(order.flatMap(source.reads))
    let results = nodes.flatMap(\.outputs).filter {
      !$0.isEmpty && (ends.contains($0) || readOutside.contains($0) || !readInside.contains($0))
    }
    graph.outputs = results.map { Value($0, nil) }
    var model = original
    model.graph = graph
    let exact = try ReferenceEvaluator(model: model, seed: session.options.seed).run(inputs)
    for index in graph.outputs.indices {
      model.graph.outputs[index].type = exact[graph.outputs[index].name]?.type
    }
    var run = BoundedRun(flow: DataFlow(try model.upgraded().graph), seed: session.options.seed)
    run.algorithm = .winograd(4)
    run.isForeign = true
    let bounded = try? run(Array(run.flow.graph.nodes.indices), from: { inputs[$0] })
    let errors = bounded.map { values in results.map { values[$0]?.errors?.max() ?? 0 } }
    let tolerance = errors?.max().flatMap { $0.isFinite ? $0 : nil }
    return Extraction(model: model, inputs: inputs, outputs: exact, tolerance: tolerance)
  }

  /// The smallest part of a model that still shows a defect: `fails` says whether one does. Whole halves of the nodes
  /// are left out first, then fewer (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
  ///
  /// - Throws: what `fails` and `extract` throw.
  public func reduce(
    _ original: Model, inputs: OrderedDictionary<String, RuntimeValue>,
    fails: (Extraction) throws -> Bool
  ) throws -> Extraction? {
    let values = try values(inputs)
    var kept = Array(original.graph.nodes.indices)
    guard let whole = try? extract(at: Set(kept), of: original, values: values), try fails(whole) else {
      return nil
    }
    var best = whole
    var parts = 2
    while kept.count > 1 {
      let size = (kept.count + parts - 1) / parts
      var isSmaller = false
      for start in stride(from: 0, to: kept.count, by: size) {
        let chunk = Array(kept[start..<min(kept.count, start + size)])
        let rest = kept.filter { !chunk.contains($0) }
        // A part alone is smaller than all but that part.
        for candidate in [chunk, rest] where !candidate.isEmpty && candidate.count < kept.count {
          guard let extraction = try? extract(at: Set(candidate), of: original, values: values),
            try fails(extraction)
          else { continue }
          (kept, best, isSmaller) = (candidate, extraction, true)
          break
        }
        if isSmaller { break }
      }
      if isSmaller {
        parts = 2
      } else if size == 1 {
        break
      } else {
        parts = min(kept.count, parts * 2)
      }
    }
    return best
  }
}
