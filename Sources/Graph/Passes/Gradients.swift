import OrderedCollections

extension Model {
  /// The same model with every `Gradient` node of its graph replaced by the nodes that compute the derivatives, in
  /// reverse mode.
  ///
  /// Nodes must be in the newest form. Derivatives of derivatives work, because what is put in is of the
  /// operators that can be differentiated.
  ///
  /// - Throws: `GraphError.shape` naming an operator on the way from `y` to `xs` that can't be differentiated.
  func expandingGradients() throws -> Model {
    guard graph.nodes.contains(where: \.isGradient) else { return self }
    var model = self
    model.graph.nodes = []
    for (index, node) in graph.nodes.enumerated() {
      guard node.isGradient else {
        model.graph.nodes.append(node)
        continue
      }
      var tape = Tape(prefix: "gradient/\(node.name.isEmpty ? "\(index)" : node.name)")
      try tape.differentiate(node, after: model.graph.nodes)
      model.graph.nodes += tape.nodes
    }
    return model
  }
}

extension Node {
  fileprivate var isGradient: Bool {
    operatorType == "Gradient" && domain == OperatorFamily.trainingDomain
  }
}

/// Nodes in the making, and the derivatives of `y` by value name.
struct Tape {
  private(set) var nodes: [Node] = []
  private var slopes: [String: String] = [:]
  private let prefix: String
  private var counter = 0

  init(prefix: String) { self.prefix = prefix }

  /// Adds a node and returns the name of its output.
  mutating func add(
    _ type: String, _ inputs: [String], _ attributes: OrderedDictionary<String, Attribute> = [:]
  ) -> String {
    counter += 1
    let name = "\(prefix)/\(type)_\(counter)"
    nodes.append(Node(type, name: name, inputs: inputs, outputs: [name], attributes: attributes))
    return name
  }

  /// Adds the nodes of one `Gradient` node, given those before it.
  fileprivate mutating func differentiate(_ node: Node, after earlier: [Node]) throws {
    let independent = (node.strings("xs") ?? []) + (node.strings("zs") ?? [])
    guard let target = node.string("y"), independent.count == node.inputs.count else {
      throw GraphError.shape(
        node: node.label,
        reason: "names \(independent.count) tensors in xs and zs for \(node.inputs.count) inputs")
    }
    let derivatives = node.strings("xs")?.count ?? 0
    guard node.outputs.dropFirst(derivatives).allSatisfy(\.isEmpty) else {
      throw GraphError.shape(
        node: node.label, reason: "has \(node.outputs.count) outputs for \(derivatives) tensors in xs")
    }
    // Only nodes between the independent tensors and y matter.
    var dependent = Set(independent)
    var between: [Node] = []
    for other in earlier where other.inputs.contains(where: dependent.contains) {
      guard !other.outputs.contains(where: independent.contains) else { continue }
      dependent.formUnion(other.outputs)
      between.append(other)
    }
    var needed: Set = [target]
    between = between.reversed().filter { other in
      guard other.outputs.contains(where: needed.contains) else { return false }
      needed.formUnion(other.inputs)
      return true
    }.reversed()
    // Other values than those of the forward pass ask for a pass of their own.
    var names = Dictionary(zip(independent, node.inputs)) { first, _ in first }
    if names.contains(where: { $0.key != $0.value }) {
      between = between.map { other in
        var copy = other
        for name in other.outputs where !name.isEmpty { names[name] = "\(prefix)/\(name)" }
        copy.inputs = other.inputs.map { names[$0] ?? $0 }
        copy.outputs = other.outputs.map { names[$0] ?? $0 }
        nodes.append(copy)
        return copy
      }
    }
    let y = names[target] ?? target
    let reached = Set(dependent.map { names[$0] ?? $0 })
    slopes[y] = filled(with: 1, like: y)
    for other in between.reversed() {
      guard let output = other.outputs.first, let slope = slopes[output] else { continue }
      guard let rule = Tape.rules[other.operatorType], other.domain.isEmpty,
        let schema = OperatorSchema.versions(of: other.operatorType).last
      else {
        throw GraphError.shape(node: node.label, reason: "can't differentiate \(other.label)")
      }
      guard schema.inputCount ~= other.inputs.count else {
        throw GraphError.shape(node: other.label, reason: "has \(other.inputs.count) inputs")
      }
      try rule(&self, other, slope, { reached.contains($0) })
    }
    for (value, name) in zip(node.inputs, node.outputs) where !name.isEmpty {
      let slope = slopes[value] ?? filled(with: 0, like: value)
      nodes.append(Node("Identity", inputs: [slope], outputs: [name]))
    }
  }

  /// Adds `slope` to what is known of the derivative by the value `name`.
  mutating func pass(_ slope: String, to name: String) {
    if let known = slopes[name] {
      slopes[name] = add("Add", [known, slope])
    } else {
      slopes[name] = slope
    }
  }

  /// A tensor of one number, of the type and shape of `value`.
  mutating func filled(with number: Float, like value: String) -> String {
    add("Expand", [constant(number, like: value), add("Shape", [value])])
  }

  /// A scalar of the type of `value`.
  mutating func constant(_ number: Float, like value: String) -> String {
    add("CastLike", [add("Constant", [], ["value_float": .float(number)]), value])
  }

  /// `slope` summed over what broadcasting had repeated, in the shape of `value`.
  mutating func unbroadcast(_ slope: String, like value: String) -> String {
    let (wide, narrow) = (add("Shape", [slope]), add("Shape", [value]))
    let missing = add("Sub", [add("Shape", [wide]), add("Shape", [narrow])])
    let ones = add("Expand", [add("Constant", [], ["value_int": .int(1)]), missing])
    let padded = add("Concat", [ones, narrow], ["axis": .int(0)])
    let repeated = add("NonZero", [add("Not", [add("Equal", [padded, wide])])])
    let axes = add("Reshape", [repeated, add("Constant", [], ["value_ints": .ints([-1])])])
    let sum = add("ReduceSum", [slope, axes], ["keepdims": .int(1), "noop_with_empty_axes": .int(1)])
    return add("Reshape", [sum, narrow], ["allowzero": .int(1)])
  }
}
