import OrderedCollections

extension Model {
  /// The same model with every call of one of its own functions replaced by the function's body, down to nodes that
  /// only the standard defines; it has no functions left.
  ///
  /// Bodies are upgraded as they are copied: they may import other operator sets than the model does, and only a
  /// call's attributes say what an older node of theirs means.
  ///
  /// - Throws: `GraphError.invalid` where a function calls itself, or where calls nest or grow beyond measure.
  func inliningFunctions() throws -> Model {
    if functions.isEmpty { return self }
    var model = self
    var inliner = Inliner(model: self)
    model.graph = try inliner.inline(graph, stack: [])
    model.functions = []
    return model
  }
}

private struct Inliner {
  private struct Key: Hashable {
    let domain: String
    let name: String
    let overload: String
  }

  /// Functions that call each other twice a body double the graph with each level: files of a few hundred bytes
  /// could ask for more nodes than there is memory.
  private static let nodeLimit = 1 << 18
  private static let depthLimit = 64

  private let model: Model
  private let functions: [Key: Function]
  private var calls = 0
  private var nodes = 0

  init(model: Model) {
    self.model = model
    functions = Dictionary(
      model.functions.map { (Key(domain: Self.plain($0.domain), name: $0.name, overload: $0.overload), $0) }
    ) { first, _ in first }
  }

  private static func plain(_ domain: String) -> String { domain == "ai.onnx" ? "" : domain }

  mutating func inline(_ graph: Graph, stack: [String]) throws -> Graph {
    var result = graph
    result.nodes = []
    for node in graph.nodes { result.nodes += try inline(node, stack: stack) }
    return result
  }

  private mutating func inline(_ node: Node, stack: [String]) throws -> [Node] {
    let key = Key(domain: Self.plain(node.domain), name: node.operatorType, overload: node.overload)
    guard let function = functions[key] else {
      nodes += 1
      guard nodes <= Self.nodeLimit else {
        throw GraphError.invalid("functions expand to more than \(Self.nodeLimit) nodes")
      }
      var node = node
      for (name, attribute) in node.attributes {
        switch attribute {
        case .graph(let graph): node.attributes[name] = .graph(try inline(graph, stack: stack))
        case .graphs(let graphs):
          node.attributes[name] = .graphs(try graphs.map { try inline($0, stack: stack) })
        default: break
        }
      }
      return [node]
    }
    let label = "\(function.domain).\(function.name)"
    if stack.contains(label) {
      throw GraphError.invalid("the function '\(label)' calls itself by \(stack.joined(separator: ", "))")
    }
    guard stack.count < Self.depthLimit else {
      throw GraphError.invalid("calls of functions nest deeper than \(Self.depthLimit)")
    }
    guard node.inputs.count <= function.inputs.count, node.outputs.count <= function.outputs.count else {
      throw GraphError.shape(
        node: node.label,
        reason: "has \(node.inputs.count) inputs and \(node.outputs.count) outputs, the function takes "
          + "\(function.inputs.count) and gives \(function.outputs.count)")
    }
    calls += 1
    let body = try FunctionBody(function, calledBy: node, prefix: "\(label)/\(calls)")
    let imports = function.opsetImports.merging(model.opsetImports) { own, _ in own }
    let upgraded = try Upgrader(opsetImports: imports, functions: model.functions).upgrade(
      Graph(name: function.name, nodes: body.nodes))
    // A function has no initializers: constants become nodes.
    let constants = upgraded.initializers.map {
      Node("Constant", inputs: [], outputs: [$0.key], attributes: ["value": .tensor($0.value)])
    }
    return try constants + upgraded.nodes.flatMap { try inline($0, stack: stack + [label]) }
  }
}

/// A function's nodes with the names and attributes of one call.
private struct FunctionBody {
  private(set) var nodes: [Node] = []
  private let function: Function
  private let call: Node
  private let prefix: String

  init(_ function: Function, calledBy call: Node, prefix: String) throws {
    self.function = function
    self.call = call
    self.prefix = prefix
    var names: [String: String] = [:]
    for (index, name) in function.inputs.enumerated() { names[name] = call.input(index) ?? "" }
    var written: Set<String> = []
    for node in function.nodes { written.formUnion(node.outputs) }
    var given: Set<String> = []
    var copies: [(from: String, to: String)] = []
    for (index, name) in function.outputs.enumerated() {
      guard let target = call.output(index) else { continue }
      // An output that is an input, or that is listed twice, is a copy.
      if written.contains(name), given.insert(name).inserted {
        names[name] = target
      } else {
        copies.append((name, target))
      }
    }
    nodes = try rename(function.nodes, names: &names)
    for copy in copies {
      nodes.append(Node("Identity", inputs: [names[copy.from] ?? copy.from], outputs: [copy.to]))
    }
  }

  /// Nodes under the names of this call; names that are not known yet are made the call's own.
  private func rename(_ nodes: [Node], names: inout [String: String]) throws -> [Node] {
    try nodes.enumerated().map { index, node in
      var node = node
      node.inputs = node.inputs.map { names[$0] ?? $0 }
      for name in node.outputs where !name.isEmpty && names[name] == nil { names[name] = "\(prefix)/\(name)" }
      node.outputs = node.outputs.map { names[$0] ?? $0 }
      node.name = "\(prefix)/\(node.name.isEmpty ? "\(index)" : node.name)"
      for (name, attribute) in node.attributes {
        switch attribute {
        case .reference(let outer, _):
          node.attributes[name] = call.attributes[outer] ?? function.attributeDefaults[outer]
        case .graph(let graph): node.attributes[name] = .graph(try rename(graph, names: names))
        case .graphs(let graphs):
          node.attributes[name] = .graphs(try graphs.map { try rename($0, names: names) })
        default: break
        }
      }
      return node
    }
  }

  private func rename(_ graph: Graph, names outer: [String: String]) throws -> Graph {
    var graph = graph
    var names = outer
    func own(_ name: String) -> String {
      names[name] = "\(prefix)/\(name)"
      return "\(prefix)/\(name)"
    }
    graph.inputs = graph.inputs.map { Value(own($0.name), $0.type, documentation: $0.documentation) }
    graph.initializers = OrderedDictionary(
      uniqueKeysWithValues: graph.initializers.map { (own($0.key), $0.value) })
    graph.sparseInitializers = OrderedDictionary(
      uniqueKeysWithValues: graph.sparseInitializers.map { (own($0.key), $0.value) })
    for node in graph.nodes {
      for name in node.outputs where !name.isEmpty { _ = own(name) }
    }
    graph.nodes = try rename(graph.nodes, names: &names)
    graph.outputs = graph.outputs.map {
      Value(names[$0.name] ?? $0.name, $0.type, documentation: $0.documentation)
    }
    graph.valueInfo = OrderedDictionary(
      graph.valueInfo.values.map { value in
        let name = names[value.name] ?? value.name
        return (name, Value(name, value.type, documentation: value.documentation))
      }
    ) { first, _ in first }
    return graph
  }
}
