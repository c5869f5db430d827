import OrderedCollections

extension Model {
  /// The same model with every node in the form of the newest operator set, calls of the model's own functions
  /// replaced by their bodies and gradients by the nodes that compute them, so that what follows knows one form
  /// of each operator only; initializers that are inputs only because format versions before 4 required it are
  /// none.
  ///
  /// - Throws: `GraphError.unknownOperators` naming every node whose operator isn't known; what an operator's
  ///   upgrade throws.
  public func upgraded() throws -> Model {
    var model = self
    model.graph = try Upgrader(opsetImports: opsetImports, functions: functions).upgrade(graph)
    for domain in model.opsetImports.keys {
      if let newest = OperatorSchema.newestVersions[domain == "ai.onnx" ? "" : domain] {
        model.opsetImports[domain] = newest
      }
    }
    model = try model.inliningFunctions().expandingGradients()
    model.graph = model.graph.castingConstants()
    model.dropInputsOfInitializers()
    return model
  }

  /// Makes initializers constants where the format had no other way to write a constant; since version 4, one that is
  /// an input too is a default, which the caller may replace. What does not fit its declaration stays as it is, for
  /// the checks of types to find.
  private mutating func dropInputsOfInitializers() {
    guard irVersion < 4 else { return }
    let initializers = graph.initializers
    graph.inputs.removeAll { input in
      guard let tensor = initializers[input.name] else { return false }
      let type = ValueType.tensor(tensor.elementType, Shape(tensor.shape))
      return input.type.map { $0.onnxName == type.onnxName && !type.contradicts($0) } ?? true
    }
    irVersion = 4
  }
}

/// Brings nodes into the newest form, one graph at a time.
struct Upgrader {
  let opsetImports: OrderedDictionary<String, Int>
  let functions: [Function]

  func upgrade(_ graph: Graph) throws -> Graph {
    let taken = TakenNames(graph)
    var result = graph
    result.nodes = []
    result.nodes.reserveCapacity(graph.nodes.count)
    var unknown: [Node] = []
    for (index, original) in graph.nodes.enumerated() {
      var node = original
      for (name, attribute) in node.attributes {
        switch attribute {
        case .graph(let subgraph): node.attributes[name] = .graph(try upgrade(subgraph))
        case .graphs(let subgraphs): node.attributes[name] = .graphs(try subgraphs.map(upgrade))
        default: break
        }
      }
      let domain = node.domain == "ai.onnx" ? "" : node.domain
      if node.domain != domain { node.domain = domain }
      if functions.contains(where: { $0.name == node.operatorType && $0.domain == node.domain }) {
        result.nodes.append(node)
        continue
      }
      let opset = opsetImports[domain] ?? (domain.isEmpty ? opsetImports["ai.onnx"] : nil) ?? 1
      guard let known = OperatorFamily.find(node.operatorType, domain: domain) else {
        unknown.append(node)
        continue
      }
      guard let upgrade = known.upgrade,
        let version = OperatorSchema.find(node.operatorType, domain: domain, version: opset),
        !version.isNewest || version.isDeprecated
      else {
        result.nodes.append(node)
        continue
      }
      var context = UpgradeContext(
        sinceVersion: version.sinceVersion, opset: opset,
        prefix: "\(UpgradeContext.prefix)\(node.name.isEmpty ? String(index) : node.name)",
        isTaken: { taken.names.contains($0) })
      result.nodes += try upgrade(node, &context)
      for (name, tensor) in context.initializers { result.initializers[name] = tensor }
    }
    if !unknown.isEmpty { throw GraphError.unknownOperators(.init(unknown)) }
    return result
  }
}

/// Names that a graph uses, collected when one is asked for: most graphs need no upgrade, or none that makes up a name.
private final class TakenNames {
  private let graph: Graph
  private(set) lazy var names: Set<String> = {
    var names = Set(graph.initializers.keys).union(graph.inputs.map(\.name))
    for node in graph.nodes { names.formUnion(node.outputs) }
    return names
  }()

  init(_ graph: Graph) { self.graph = graph }
}
