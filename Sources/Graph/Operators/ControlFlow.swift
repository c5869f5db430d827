import OrderedCollections

extension OperatorFamily {
  /// Operators that run graphs of their own.
  static let controlFlow = OperatorFamily(
    "ControlFlow",
    [
      Operator("If") { try inferIf(&$0) },
      Operator("Loop") { try inferLoop(&$0) },
      Operator("Scan", upgrade: upgradeScan) { try inferScan(&$0) },
    ])

  private static func inferIf(_ context: inout InferenceContext) throws {
    guard let then = context.node.graph("then_branch"), let other = context.node.graph("else_branch") else {
      return
    }
    let one = try context.types(of: then, inputs: [])
    let two = try context.types(of: other, inputs: [])
    guard one.count == two.count else {
      throw context.failure("one branch gives \(one.count) outputs, the other \(two.count)")
    }
    try context.expectOutputs(one.count, of: then)
    for index in context.outputTypes.indices where index < one.count && index < two.count {
      context.setOutputType(index, ValueType.common(one[index], two[index]))
    }
  }

  private static func inferLoop(_ context: inout InferenceContext) throws {
    guard let body = context.node.graph("body") else { return }
    let carried = max(0, context.node.inputs.count - 2)
    // A carried value's extents may change from turn to turn, so only its type is sure.
    let states = (0..<carried).map { context.inputType($0 + 2)?.withoutExtents }
    try context.expectInputs(carried + 2, of: body)
    for (index, input) in body.inputs.enumerated().dropFirst(2) {
      context.audit?.compare(input.name, inferred: context.inputType(index), declared: input.type)
    }
    let inside = try context.types(of: body, inputs: [.tensor(.int64, []), .tensor(.bool, [])] + states)
    guard inside.count > carried else {
      throw context.failure(
        "the body gives \(inside.count) outputs, too few for a condition and \(carried) states")
    }
    try context.expectOutputs(inside.count - 1, of: body)
    for index in context.outputTypes.indices where index + 1 < inside.count {
      let type = inside[index + 1]
      guard index >= carried, case .tensor(let element, let shape)? = type else {
        context.setOutputType(index, ValueType.common(type, context.inputType(index + 2) ?? type))
        continue
      }
      context.setOutput(index, element, shape.map { Shape([.unknown] + $0.dimensions) })
    }
  }

  private static func inferScan(_ context: inout InferenceContext) throws {
    guard let body = context.node.graph("body"), let scanned = context.node.int("num_scan_inputs"),
      scanned <= context.node.inputs.count
    else { return }
    let states = context.node.inputs.count - scanned
    let axes = context.node.ints("scan_input_axes") ?? Array(repeating: 0, count: scanned)
    var length = Dimension.unknown
    var given: [ValueType?] = (0..<states).map { context.inputType($0) }
    for index in 0..<scanned {
      guard case .tensor(let element, let shape)? = context.inputType(states + index), let shape,
        index < axes.count
      else {
        given.append(context.elementType(states + index).map { .tensor($0, nil) })
        continue
      }
      let axis = try context.normalizedAxis(axes[index], rank: shape.rank)
      // All are as long as each other: a number says more than a name.
      if length == .unknown || (length.fixedValue == nil && shape.dimensions[axis].fixedValue != nil) {
        length = shape.dimensions[axis]
      }
      var rest = shape.dimensions
      rest.remove(at: axis)
      given.append(.tensor(element, Shape(rest)))
    }
    try context.expectInputs(given.count, of: body)
    // What the body takes is given to it, or the run fails.
    for (index, input) in body.inputs.enumerated() {
      guard case .tensor(let element, let shape?)? = given[index],
        case .tensor(element, let declared)? = input.type
      else { continue }
      given[index] = .tensor(element, shape.merging(declared))
    }
    let inside = try context.types(of: body, inputs: given)
    try context.expectOutputs(inside.count, of: body)
    let outputAxes = context.node.ints("scan_output_axes")
    for index in context.outputTypes.indices where index < inside.count {
      guard case .tensor(let element, let shape)? = inside[index] else {
        context.setOutputType(index, inside[index])
        continue
      }
      // A state keeps its shape from one round to the next.
      if index < states {
        let before: Shape? = if case .tensor(_, let shape)? = given[index] { shape } else { nil }
        context.setOutput(index, element, shape?.merging(before) ?? before)
        continue
      }
      guard var dimensions = shape?.dimensions else {
        context.setOutput(index, element, nil)
        continue
      }
      let axis = try context.normalizedAxis(outputAxes?[index - states] ?? 0, rank: dimensions.count + 1)
      dimensions.insert(length, at: axis)
      context.setOutput(index, element, Shape(dimensions))
    }
  }
}

extension InferenceContext {
  /// Checks that a subgraph takes as many inputs as the node gives it.
  fileprivate func expectInputs(_ count: Int, of subgraph: Graph) throws {
    if subgraph.inputs.count != count {
      throw failure("graph '\(subgraph.name)' takes \(subgraph.inputs.count) inputs, and is given \(count)")
    }
  }

  /// Checks that a subgraph gives all that the node writes.
  fileprivate func expectOutputs(_ count: Int, of subgraph: Graph) throws {
    if node.outputs.count > count {
      throw failure("writes \(node.outputs.count) outputs, of which graph '\(subgraph.name)' gives \(count)")
    }
    audit?.expect(count, outputsOf: node, of: subgraph)
  }
}

extension ValueType {
  /// What two types agree on: the element type, and extents where both have the same.
  static func common(_ one: ValueType?, _ other: ValueType?) -> ValueType? {
    guard let one, let other else { return nil }
    switch (one, other) {
    case (.tensor(let type, let shape), .tensor(let otherType, let otherShape)):
      guard type == otherType else { return nil }
      guard let shape, let otherShape, shape.rank == otherShape.rank else { return .tensor(type, nil) }
      return .tensor(
        type, Shape(zip(shape.dimensions, otherShape.dimensions).map { $0 == $1 ? $0 : .unknown }))
    case (.sequence(let a), .sequence(let b)): return common(a, b).map { .sequence($0) }
    case (.optional(let a), .optional(let b)): return common(a, b).map { .optional($0) }
    default: return one == other ? one : nil
    }
  }

  /// The same type of unknown shape.
  public var withoutExtents: ValueType {
    switch self {
    case .tensor(let type, _): .tensor(type, nil)
    case .sparseTensor(let type, _): .sparseTensor(type, nil)
    case .sequence(let element): .sequence(element.withoutExtents)
    case .optional(let element): .optional(element.withoutExtents)
    case .map: self
    }
  }
}
