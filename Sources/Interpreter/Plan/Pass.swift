import Graph
import OrderedCollections

/// One rewriting of a graph on its way to a plan.
struct Pass: Sendable {
  /// What `--explain` calls it.
  let name: String
  let rewrite: @Sendable (inout PlanGraph) throws -> Void

  /// The pipeline, in order. Each pass leaves a graph that computes the same values for the caller.
  static let all = [
    foldConstantsButLevels, removeIdentities, fuseQuantized, foldConstants, nameOperators,
    foldBatchNormalization, recogniseCBAM, fuseResidualsAndActivations, fusePooling, trimKernels,
  ]

  /// What remains with `--no-fusion`: nothing that changes which values there are.
  static let unfused = [foldConstants, removeIdentities, nameOperators]
}

extension Pass {
  /// Computes nodes all of whose inputs are constant.
  static let foldConstants = Pass(name: "fold constants") { graph in try fold(&graph, keeping: []) }

  /// The same, but leaves quantized weights in their levels.
  static let foldConstantsButLevels = Pass(name: "fold constants but quantized ones") { graph in
    try fold(&graph, keeping: ["DequantizeLinear"])
  }

  private static func fold(_ graph: inout PlanGraph, keeping: Set<String>) throws {
    var kept: [Node] = []
    let hasHalves = graph.constants.values.contains {
      $0.elementType == .float16 || $0.elementType == .bfloat16
    }
    let links = hasHalves ? graph.links : nil
    for node in graph.nodes {
      if let links, let name = node.output(0), let half = halfWeights(node, graph, links) {
        graph.halves[name] = half
        continue
      }
      if keeping.contains(node.operatorType), node.domain.isEmpty {
        kept.append(node)
        continue
      }
      // Inference knew some values already, such as shapes and small constants.
      if !node.outputs.isEmpty, node.outputs.allSatisfy({ $0.isEmpty || graph.constants[$0] != nil }) {
        continue
      }
      if node.is("Constant") || isFoldable(node, graph) {
        let inputs = node.inputs.map { name in graph.constant(name).map(RuntimeValue.tensor) }
        let values = try ReferenceEvaluator.evaluate(node: node, inputs: inputs)
        let tensors = values.compactMap { $0?.tensor }
        if tensors.count == values.count {
          for (name, tensor) in zip(node.outputs, tensors) where !name.isEmpty {
            graph.constants[name] = tensor
            graph.types[name] = .tensor(tensor.elementType, Shape(tensor.shape))
          }
          continue
        }
      }
      kept.append(node)
    }
    if kept.count == graph.nodes.count { return }
    graph.nodes = kept
    graph.removeDeadNodes()
  }

  /// What a `Cast` to float32 reads, where nothing but products take the result, as their weights: those convert
  /// while they pack, and the float32 tensor need never be.
  private static func halfWeights(_ node: Node, _ graph: PlanGraph, _ links: PlanGraph.Links) -> Tensor? {
    guard node.is("Cast"), let output = node.output(0), graph.types[output]?.elementType == .float32,
      graph.constants[output] == nil, let half = node.input(0).flatMap({ graph.constants[$0] }),
      half.count > 0,
      half.elementType == .float16 || half.elementType == .bfloat16, !links.borders.contains(output),
      let readers = links.readers[output]
    else { return nil }
    let areProducts = readers.allSatisfy { index in
      let reader = graph.nodes[index]
      return ["Conv", "Gemm", "MatMul"].contains { reader.is($0) }
        && reader.inputs.indices.allSatisfy { (reader.inputs[$0] == output) == ($0 == 1) }
    }
    return areProducts ? half : nil
  }

  private static let unfoldable: Set<String> = [
    "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli",
    "If", "Loop",
    "Scan", "SequenceMap",
  ]

  private static func isFoldable(_ node: Node, _ graph: PlanGraph) -> Bool {
    // Most nodes read something that is not constant: that is asked for first.
    guard !node.inputs.isEmpty, node.inputs.allSatisfy({ $0.isEmpty || graph.isConstant($0) }),
      !unfoldable.contains(node.operatorType),
      !node.attributes.values.contains(where: { !$0.subgraphs.isEmpty })
    else { return false }
    if node.is("Dropout"), node.inputs.count > 2 { return false }
    // What is small may become large: that is left to the run, which frees it again.
    let size = node.outputs.reduce(0) { sum, name in
      sum + (graph.types[name]?.shape?.fixedExtents?.reduce(1, *) ?? 0)
    }
    return size <= 1 << 26
  }

  /// Lets readers of `Identity`, inference-mode `Dropout` and casts to the same type read what these read.
  static let removeIdentities = Pass(name: "remove identities") { graph in
    let outputs = Set(graph.outputs)
    let captured = graph.namesReadBySubgraphs
    var sources: [String: String] = [:]
    for node in graph.nodes {
      guard let input = node.input(0), let output = node.output(0), node.domain.isEmpty,
        node.outputs.dropFirst().allSatisfy(\.isEmpty)
      else { continue }
      let isIdentity =
        switch node.operatorType {
        case "Identity": true
        case "Dropout": node.inputs.count < 3 || graph.constant(node.input(2)).map(isFalse) == true
        case "Cast": graph.types[input]?.elementType == graph.types[output]?.elementType
        default: false
        }
      guard isIdentity, graph.types[input]?.elementType != nil, !outputs.contains(output),
        !captured.contains(output)
      else { continue }
      sources[output] = sources[input] ?? input
    }
    if sources.isEmpty { return }
    graph.redirect(sources)
    graph.removeDeadNodes()
  }

  private static func isFalse(_ tensor: Tensor) -> Bool {
    (try? tensor.integers())?.allSatisfy { $0 == 0 } ?? false
  }

  /// Gives convolutions and matrix products with constant weights their name in plans.
  static let nameOperators = Pass(name: "find convolutions and dense layers") { graph in
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      if node.is("Conv"), graph.floatShape(node.input(0)) != nil, graph.weights(node.input(1)) != nil,
        node.input(2) == nil || graph.weights(node.input(2)) != nil
      {
        graph.nodes[index].domain = PlanGraph.domain
      } else if let dense = dense(node, &graph) {
        graph.nodes[index] = dense
      }
    }
  }

  /// `plan.Dense`: X `[M, K]` times constant W `[N, K]` plus B `[N]`.
  private static func dense(_ node: Node, _ graph: inout PlanGraph) -> Node? {
    guard let x = graph.floatShape(node.input(0)), x.count == 2, let weight = node.input(1),
      let w = graph.weights(weight), w.rank == 2
    else { return nil }
    var dense = node
    dense.domain = PlanGraph.domain
    dense.operatorType = "Dense"
    if node.is("MatMul") {
      dense.attributes = ["transposed": .int(0)]
      return w.shape[0] == x[1] ? dense : nil
    }
    guard node.is("Gemm"), node.float("alpha") ?? 1 == 1, node.float("beta") ?? 1 == 1,
      node.int("transA") ?? 0 == 0
    else { return nil }
    let transposed = node.int("transB") ?? 0
    let columns = w.shape[transposed == 1 ? 0 : 1]
    guard w.shape[transposed == 1 ? 1 : 0] == x[1] else { return nil }
    if let bias = node.input(2) {
      guard let values = graph.constant(bias), values.elementType == .float32, values.count == columns,
        values.rank <= 1 || values.shape.dropLast().allSatisfy({ $0 == 1 })
      else { return nil }
    }
    dense.attributes = ["transposed": .int(Int64(transposed))]
    return dense
  }
}
