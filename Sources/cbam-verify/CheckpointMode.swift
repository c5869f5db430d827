import Checkpoint
import CommandSupport
import Export
import Graph
import OrderedCollections

/// `--checkpoint`: each weight of the model derived from a checkpoint, nothing unused and nothing invented.
struct CheckpointMode {
  let subject: VerifiedModel
  let checkpoint: String
  let weightsKey: String?
  /// What the command line says; otherwise the network that was saved whole, or PyTorch's default.
  let epsilon: Float?

  private struct Report: Encodable {
    struct Weight: Encodable {
      let name: String
      let shape: [Int]
      let origin: String
      let sources: [String]
      let max_ulp: Double
    }
    struct Epsilon: Encodable {
      let node: String
      let module: String?
      let found: Float
      let expected: Float
    }
    let weights: [Weight]
    let unused: [String]
    let epsilons: [Epsilon]
    let complete: Bool
  }

  func run(asJSON: Bool) throws {
    let state = try CheckpointFile.open(path: checkpoint).stateDict(weightsKey: weightsKey)
    var tensors: OrderedDictionary<String, Tensor> = [:]
    for (name, tensor) in state.tensors { tensors[name] = try tensor.tensor() }
    var epsilons: [String: Float] = [:]
    if epsilon == nil, let tree = state.moduleTree {
      epsilons = LayerFacts.epsilons(in: tree, withoutPrefix: state.strippedPrefix)
    }
    let provenance = try Provenance(
      of: subject.model.graph, from: tensors, epsilon: epsilon ?? 1e-5, epsilons: epsilons)
    let results = ResultStream()
    if asJSON {
      try results.json(
        Report(
          weights: provenance.weights.map {
            let (origin, sources, ulp) = Self.parts($0.origin)
            return .init(name: $0.name, shape: $0.shape, origin: origin, sources: sources, max_ulp: ulp)
          }, unused: provenance.unused,
          epsilons: provenance.epsilons.map {
            .init(node: $0.node, module: $0.module, found: $0.found, expected: $0.expected)
          }, complete: provenance.isComplete))
    } else {
      var table = Table(["weight", "shape", "origin", "from", "max ULP"], right: [4])
      for weight in provenance.weights {
        let (origin, sources, ulp) = Self.parts(weight.origin)
        table.add([
          Diagnostics.printable(weight.name), "\(weight.shape)", origin,
          Diagnostics.printable(sources.joined(separator: " + ")), Number.short(ulp),
        ])
      }
      for line in table.lines { try results.line(line) }
      for name in provenance.unused {
        try results.line("UNUSED \(Diagnostics.printable(name)): no weight is derived from it")
      }
      for weight in provenance.weights where weight.origin == .invented {
        try results.line("INVENTED \(Diagnostics.printable(weight.name)): nothing in the checkpoint gives it")
      }
      let wrong = provenance.epsilons.filter(\.isWrong)
      for epsilon in wrong {
        let module = epsilon.module.map { " of '\($0)'" } ?? ""
        let text = "\(epsilon.node): \(epsilon.found), not the \(epsilon.expected)\(module)"
        try results.line("EPSILON \(Diagnostics.printable(text))")
      }
      let derived = provenance.weights.filter { $0.origin != .structure && $0.origin != .invented }.count
      try results.line(
        "\(derived) weights derived from \(checkpoint), \(provenance.weights.filter { $0.origin == .invented }.count) "
          + "invented, \(provenance.unused.count) tensors unused"
          + (provenance.epsilons.isEmpty
            ? "" : ", \(wrong.count) of \(provenance.epsilons.count) epsilons differ"))
    }
    if !provenance.isComplete { throw Unsuccessful() }
  }

  private static func parts(_ origin: Provenance.Origin) -> (String, [String], Double) {
    switch origin {
    case .identical(let source): ("identical", [source], 0)
    case .transposed(let source): ("transposed", [source], 0)
    case .rounded(let source): ("rounded", [source], 0.5)
    case .folded(let convolution, let normalization, let ulp): ("folded", [convolution, normalization], ulp)
    case .structure: ("graph", [], 0)
    case .invented: ("INVENTED", [], 0)
    }
  }
}
