import OrderedCollections

extension Model {
  /// Checks that the model is one that the standard allows and that can be run.
  ///
  /// - Throws: the first of `problems()`.
  public func validate() throws(GraphError) {
    if let first = problems().first { throw first }
  }

  /// Everything that the standard forbids and the model does, unknown operators first and all at once.
  ///
  /// Source: ONNX "Open Neural Network Exchange Intermediate Representation", and the rules of `onnx.checker`.
  public func problems() -> [GraphError] {
    var validator = Validator(model: self)
    validator.checkModel()
    var problems = validator.problems
    if !validator.unknownOperators.isEmpty {
      problems.insert(.unknownOperators(.init(validator.unknownOperators)), at: 0)
    }
    return problems
  }
}

/// Collects problems graph by graph.
struct Validator {
  let model: Model
  var problems: [GraphError] = []
  var unknownOperators: [Node] = []

  init(model: Model) { self.model = model }

  /// The newest file format that is known.
  private static let newestIRVersion = 14

  mutating func checkModel() {
    if model.irVersion < 1 { problems.append(.invalid("the model names no ir_version")) }
    if model.irVersion > Self.newestIRVersion {
      problems.append(
        .invalid(
          "ir_version \(model.irVersion) is newer than \(Self.newestIRVersion), the newest that is known"))
    }
    if model.irVersion >= 3, model.opsetImports.isEmpty {
      problems.append(.invalid("the model imports no operator set"))
    }
    for (domain, version) in model.opsetImports {
      let newest = OperatorSchema.newestVersions[domain == "ai.onnx" ? "" : domain]
      if version < 1 || version > newest ?? version {
        problems.append(
          .invalid(
            "operator set \(version) of '\(domain.isEmpty ? "ai.onnx" : domain)' is not known; "
              + "1 to \(newest ?? version) are"))
      }
    }
    var functions: Set<String> = []
    for function in model.functions {
      if !functions.insert("\(function.domain)|\(function.name)|\(function.overload)").inserted {
        problems.append(.invalid("the function '\(function.domain).\(function.name)' is defined twice"))
      }
      if function.name.isEmpty { problems.append(.invalid("a function has no name")) }
      if Set(function.outputs).count < function.outputs.count {
        problems.append(.invalid("the function '\(function.domain).\(function.name)' gives an output twice"))
      }
      let body = Graph(
        name: function.name, nodes: function.nodes, inputs: function.inputs.map { Value($0, nil) },
        outputs: function.outputs.map { Value($0, nil) })
      check(body, visible: [], opsetImports: function.opsetImports, isTop: false)
    }
    check(model.graph, visible: [], opsetImports: model.opsetImports, isTop: true)
  }

  /// Checks a graph whose nodes may also read the names in `visible`, those of the graphs around it.
  mutating func check(
    _ graph: Graph, visible: Set<String>, opsetImports: OrderedDictionary<String, Int>, isTop: Bool
  ) {
    if graph.name.isEmpty { problems.append(.invalid("a graph has no name")) }
    var writers: [String: Writer] = [:]
    writers.reserveCapacity(graph.inputs.count + graph.initializers.count + graph.nodes.count)
    func place(_ label: String) -> String { isTop ? label : "\(label) of graph '\(graph.name)'" }
    for input in graph.inputs {
      if input.name.isEmpty { problems.append(.invalid("a graph input has no name")) }
      if let other = writers.updateValue(.input, forKey: input.name) {
        problems.append(.duplicateName(input.name, place("\(other.label(in: graph)) and an input")))
      }
      if isTop, input.type == nil {
        problems.append(.invalid("the graph input '\(input.name)' has no type"))
      }
    }
    let constants = Array(graph.initializers.keys) + Array(graph.sparseInitializers.keys)
    for name in constants {
      if name.isEmpty { problems.append(.invalid("an initializer has no name")) }
      // An initializer may be an input's default; before format version 4 it had to be.
      if writers[name] == nil, model.irVersion < 4, isTop {
        problems.append(
          .invalid("initializer '\(name)' is no input, which format version \(model.irVersion) requires"))
      }
      if writers[name] == nil { writers[name] = .initializer }
    }
    for (name, sparse) in graph.sparseInitializers {
      if !sparse.hasPositiveExtents {
        problems.append(.invalid("the sparse initializer '\(name)' has the shape \(sparse.shape)"))
      }
      if case .tensor? = graph.inputs.first(where: { $0.name == name })?.type {
        problems.append(.invalid("'\(name)' is a dense input, and a sparse initializer"))
      }
    }
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty {
        if let other = writers.updateValue(.node(index), forKey: output) {
          problems.append(
            .duplicateName(output, place("\(other.label(in: graph)) and \(node.label)")))
          // What is written twice is defined from the first time on.
          writers[output] = other
        } else if visible.contains(output) {
          problems.append(.duplicateName(output, place("\(node.label) and a graph around it")))
        }
      }
    }
    var early: [(node: Node, input: String)] = []
    // What a subgraph may read, from the first one on; most graphs have none.
    var defined: Set<String>?
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs where !input.isEmpty {
        if writers[input]?.isBefore(index) ?? false || visible.contains(input) { continue }
        if writers[input] != nil {
          early.append((node, input))
        } else {
          problems.append(.undefinedValue(name: input, reader: place(node.label)))
        }
      }
      for attribute in node.attributes.values {
        for subgraph in attribute.subgraphs {
          let readable = defined ?? visible.union(writers.filter { $0.value.isBefore(index) }.keys)
          defined = readable
          check(subgraph, visible: readable, opsetImports: opsetImports, isTop: false)
        }
      }
      checkSchema(of: node, opsetImports: opsetImports)
      defined?.formUnion(node.outputs)
    }
    for output in graph.outputs where writers[output.name] == nil {
      if !visible.contains(output.name) {
        problems.append(.undefinedValue(name: output.name, reader: place("the graph's output")))
      } else {
        problems.append(
          .invalid(
            "\(place("the output '\(output.name)'")) is a value of a graph around it; an Identity node would pass it on"
          ))
      }
    }
    if let first = early.first {
      if let cycle = graph.cycle() {
        problems.append(.cycle(cycle))
      } else {
        problems.append(
          .invalid(
            "\(place(first.node.label)) reads '\(first.input)' before it is written: nodes are not in an order "
              + "in which they can run"))
      }
    }
  }
}

/// Where a value of a graph comes from.
private enum Writer {
  case input
  case initializer
  /// The node at this position.
  case node(Int)

  /// Whether the node at `position` may read the value.
  func isBefore(_ position: Int) -> Bool {
    if case .node(let index) = self { index < position } else { true }
  }

  func label(in graph: Graph) -> String {
    switch self {
    case .input: "an input"
    case .initializer: "an initializer"
    case .node(let index): graph.nodes[index].label
    }
  }
}

extension Graph {
  /// Labels of nodes that wait for each other, in order, or `nil` where there are none.
  func cycle() -> [String]? {
    var writers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() { for output in node.outputs { writers[output] = index } }
    // Depth first with a stack of our own: a chain may be longer than the thread's stack is deep.
    var state = Array(repeating: 0, count: nodes.count)
    for start in nodes.indices where state[start] == 0 {
      var path: [(node: Int, next: Int)] = [(start, 0)]
      state[start] = 1
      while let (node, next) = path.last {
        guard next < nodes[node].inputs.count else {
          state[node] = 2
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        guard let writer = writers[nodes[node].inputs[next]] else { continue }
        if state[writer] == 1 {
          let from = path.firstIndex { $0.node == writer } ?? 0
          return path[from...].reversed().map { nodes[$0.node].label }
        }
        if state[writer] == 0 {
          state[writer] = 1
          path.append((writer, 0))
        }
      }
    }
    return nil
  }
}
