/// What an operator's inference sees of one node, and where it puts what it finds out.
public struct InferenceContext {
  /// The node, in the newest version's form.
  public let node: Node
  /// Types of the inputs by position; `nil` where missing or not known.
  public let inputTypes: [ValueType?]
  /// Values of the inputs that are known without running: initializers, constants, and what folds from them.
  let constants: [Tensor?]
  /// Values of one-dimensional integer inputs that are known at least in symbols, such as a `Shape`'s output.
  let dimensions: [[Dimension]?]
  /// Types of the outputs by position, to be set.
  public var outputTypes: [ValueType?]
  /// Symbolic values of outputs that are shapes (integers of rank 0 or 1), to be set where known.
  public var outputDimensions: [[Dimension]?]
  /// Values of outputs that are known without running, to be set where that costs nothing.
  public var outputConstants: [Tensor?]
  /// Where contradictions are noted, if anywhere.
  let audit: TypeAudit?
  let inferSubgraph: (Graph, [ValueType?]) throws -> [ValueType?]

  init(
    node: Node, inputTypes: [ValueType?], constants: [Tensor?], dimensions: [[Dimension]?],
    audit: TypeAudit? = nil, inferSubgraph: @escaping (Graph, [ValueType?]) throws -> [ValueType?]
  ) {
    self.node = node
    self.inputTypes = inputTypes
    self.constants = constants
    self.dimensions = dimensions
    self.audit = audit
    self.inferSubgraph = inferSubgraph
    // Mapped, and not repeated: that would look for the array's type among all that the program knows, at each node.
    outputTypes = node.outputs.map { _ in nil }
    outputDimensions = node.outputs.map { _ in nil }
    outputConstants = node.outputs.map { _ in nil }
  }

  /// The type of an input; `nil` where missing or not known.
  public func inputType(_ index: Int) -> ValueType? { index < inputTypes.count ? inputTypes[index] : nil }
  /// The element type of an input that is a tensor.
  public func elementType(_ index: Int) -> ElementType? { inputType(index)?.elementType }
  /// The shape of an input that is a tensor of known rank.
  public func shape(_ index: Int) -> Shape? { inputType(index)?.shape }
  /// The value of an input that is known without running.
  public func constant(_ index: Int) -> Tensor? { index < constants.count ? constants[index] : nil }
  /// The integers of an input that is known without running.
  public func constantInts(_ index: Int) -> [Int]? {
    if let values = (try? constant(index)?.integers()) { return values.map { Int($0) } }
    guard let values = dimensionValues(index) else { return nil }
    let fixed = values.compactMap(\.fixedValue)
    return fixed.count == values.count ? fixed : nil
  }
  /// The elements of an integer input of rank 0 or 1, as far as they are known.
  public func dimensionValues(_ index: Int) -> [Dimension]? {
    if index < dimensions.count, let known = dimensions[index] { return known }
    guard let tensor = constant(index), tensor.rank <= 1, tensor.elementType.isInteger else { return nil }
    return (try? tensor.integers())?.map { .fixed(Int($0)) }
  }
  /// Whether the optional input is given.
  public func hasInput(_ index: Int) -> Bool { node.input(index) != nil }

  /// Sets an output's type to a tensor's; ignored where nobody wants the output or the element type is unknown.
  public mutating func setOutput(_ index: Int = 0, _ elementType: ElementType?, _ shape: Shape?) {
    guard index < outputTypes.count, let elementType else { return }
    outputTypes[index] = .tensor(elementType, shape)
  }

  /// Gives an output a type, where the node writes it: nodes may leave out trailing outputs, broken ones all.
  public mutating func setOutputType(_ index: Int = 0, _ type: ValueType?) {
    if outputTypes.indices.contains(index) { outputTypes[index] = type }
  }

  /// Gives an output a value that is known without running, where the node writes it.
  public mutating func setConstant(_ index: Int = 0, _ value: Tensor) {
    if outputConstants.indices.contains(index) { outputConstants[index] = value }
  }

  /// Gives an output the type of an input.
  public mutating func copyType(ofInput input: Int = 0, toOutput output: Int = 0) {
    guard output < outputTypes.count else { return }
    outputTypes[output] = inputType(input)
  }

  /// The output types of a subgraph, given those of its inputs.
  ///
  /// - Throws: `GraphError` where the subgraph's own nodes don't fit each other.
  public func types(of subgraph: Graph, inputs: [ValueType?]) throws -> [ValueType?] {
    try inferSubgraph(subgraph, inputs)
  }

  /// An error about this node.
  public func failure(_ reason: String) -> GraphError { .shape(node: node.label, reason: reason) }
}

extension InferenceContext {
  /// The shape that NumPy's broadcasting gives, or `nil` where a rank is unknown.
  ///
  /// - Throws: `GraphError.shape` where two fixed extents differ and neither is one.
  public func broadcast(_ shapes: [Shape?]) throws -> Shape? {
    var result: [Dimension] = []
    for shape in shapes {
      guard let shape else { return nil }
      let rank = max(result.count, shape.rank)
      let left = Array(repeating: Dimension.fixed(1), count: rank - result.count) + result
      let right = Array(repeating: Dimension.fixed(1), count: rank - shape.rank) + shape.dimensions
      result = try zip(left, right).map { one, other in
        if one == .fixed(1) { return other }
        if other == .fixed(1) || one == other { return one }
        switch (one, other) {
        case (.fixed(let a), .fixed(let b)):
          let names = shapes.map { $0?.description ?? "?" }.joined(separator: ", ")
          throw failure("extents \(a) and \(b) don't broadcast (shapes \(names))")
        case (.fixed, _): return one
        case (_, .fixed): return other
        default: return .unknown
        }
      }
    }
    return Shape(result)
  }

  /// `axis` counted from the front.
  ///
  /// - Throws: `GraphError.shape` where it is out of range.
  public func normalizedAxis(_ axis: Int, rank: Int, allowingEnd: Bool = false) throws -> Int {
    let limit = allowingEnd ? rank : rank - 1
    guard axis >= -rank, axis <= limit else {
      throw failure("axis \(axis) is out of range for rank \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }
}
