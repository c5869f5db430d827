import Graph

/// One node whose result and rounding error are to be bounded.
struct BoundCall {
  /// The node, in the newest version's form.
  let node: Node
  /// Values by position; `nil` where an optional input is missing.
  let inputs: [Bounded?]
  /// The arithmetic of the result.
  let precision: Precision
  /// How a convolution is computed.
  let algorithm: Algorithm
  /// Whether elementary functions are another runtime's, of which nobody states how well they approximate.
  let isForeign: Bool
  private(set) var output: Bounded?
  private let define: (Node, [RuntimeValue?]) throws -> [RuntimeValue?]
  let elementType: ElementType

  /// How the products of a convolution are formed and added.
  enum Algorithm: Equatable, Sendable {
    /// As the definition has them, in any order.
    case sum
    /// By Winograd's F(m × m, r × r), where r is 4 for m = 3 and otherwise 3.
    case winograd(Int)
  }

  init(
    node: Node, inputs: [Bounded?], elementType: ElementType, precision: Precision, algorithm: Algorithm,
    isForeign: Bool = false, define: @escaping (Node, [RuntimeValue?]) throws -> [RuntimeValue?]
  ) {
    self.node = node
    self.inputs = inputs
    self.elementType = elementType
    self.precision = precision
    self.algorithm = algorithm
    self.isForeign = isForeign
    self.define = define
  }

  // MARK: Inputs

  /// The tensor at a position.
  func tensor(_ index: Int) throws -> Tensor {
    guard index < inputs.count, case .tensor(let tensor)? = inputs[index]?.value else {
      throw InterpreterError.node(node.label, reason: "input \(index) is missing")
    }
    return tensor
  }

  /// Whether an input is given.
  func has(_ index: Int) -> Bool { index < inputs.count && inputs[index] != nil }

  /// The errors of an input, zeros where it is exact.
  func errors(_ index: Int) throws -> [Double] {
    try inputs[index]?.errors ?? Array(repeating: 0, count: tensor(index).count)
  }

  /// Whether every input is exact.
  var isExact: Bool { inputs.allSatisfy { $0?.errors == nil } }

  /// Roundings that whatever is added to this input may still take part in.
  func terms(_ index: Int) -> Int { index < inputs.count ? inputs[index]?.terms ?? 0 : 0 }

  // MARK: Definitions

  /// The definition's first output on these inputs.
  func defined(_ values: [RuntimeValue?], as other: Node? = nil) throws -> Tensor {
    guard case .tensor(let tensor)? = try define(other ?? node, values).first ?? nil else {
      throw InterpreterError.node(node.label, reason: "its first output is no tensor")
    }
    return tensor
  }

  /// The node's result in exact arithmetic.
  func exact() throws -> Tensor { try defined(inputs.map { $0?.value }) }

  /// The definition on inputs each element of which `change` has made another, given the element and its error.
  func changed(as other: Node? = nil, _ change: (Double, Double) -> Double) throws -> [Double] {
    let values = try inputs.indices.map { index -> RuntimeValue? in
      guard let input = inputs[index] else { return nil }
      guard input.elementType != nil, case .tensor(let tensor) = input.value else { return input.value }
      let numbers = try tensor.doubles()
      let result = input.errors.map { zip(numbers, $0).map(change) } ?? numbers.map { change($0, 0) }
      return .tensor(try Tensor(result, shape: tensor.shape))
    }
    return try defined(values, as: other).doubles()
  }

  // MARK: Results

  /// Gives the result: the exact one, and the bound for each element. What may overflow on the way may be anything.
  mutating func set(_ tensor: Tensor, errors: [Double], terms: Int = 0) throws {
    output = Bounded(tensor, as: elementType, errors: errors, terms: terms)
  }

  /// Gives levels of 8 bits or the like: as they are, or with how many levels each may be off.
  mutating func set(levels tensor: Tensor, errors: [Double]? = nil) throws {
    guard let errors else {
      output = try Bounded(exactly: .tensor(tensor))
      return
    }
    output = Bounded(try Tensor(tensor.doubles(), shape: tensor.shape), as: nil, errors: errors)
  }

  /// Gives a result without error.
  mutating func setExact(_ tensor: Tensor) { output = Bounded(tensor, as: elementType, errors: nil) }

  /// `count` roundings of a result that already is off by `error`.
  func rounded(_ value: Double, _ error: Double, _ count: Int) -> Double {
    error + precision.gamma(count) * (value.magnitude + error) + Double(count) * precision.tiny
  }
}
