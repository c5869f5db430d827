import Graph
import OrderedCollections

/// Small made-up graphs of every family that has error bounds, to see that correct kernels are never accused.
public struct RandomCases: Sendable {
  /// The same seed gives the same cases.
  public let seed: UInt64

  /// Cases of this seed.
  public init(seed: UInt64 = 0) { self.seed = seed }

  /// One graph, its inputs, and the whole recipe in words.
  public struct Case: Sendable {
    /// What runs; weights are initializers.
    public let graph: Graph
    /// What it runs on.
    public let inputs: OrderedDictionary<String, RuntimeValue>
    /// The family's name.
    public let family: String
    /// Operators, attributes and shapes.
    public var recipe: String {
      let nodes = graph.nodes.map {
        "\($0.operatorType)(\($0.inputs.joined(separator: ", "))) \($0.attributes)"
      }
      let shapes = graph.initializers.map { "\($0.key) \($0.value.shape)" }
      let given = inputs.map { "\($0.key) \($0.value.tensor?.shape ?? [])" }
      return (nodes + given + shapes).joined(separator: "; ")
    }
  }

  /// The families, by turns.
  public static let families: [String] = makers.map(\.name)

  /// The case of this number.
  ///
  /// - Throws: where its tensors can't be made.
  public func callAsFunction(_ number: Int) throws -> Case {
    let maker = Self.makers[number % Self.makers.count]
    var builder = CaseBuilder(seed: seed &+ UInt64(number) &* 0xD134_2543_DE82_EF95)
    try maker.make(&builder)
    let graph = Graph(
      name: "case \(number)", nodes: builder.nodes, initializers: builder.initializers,
      inputs: builder.inputs.map { Value($0.key, $0.value.type) },
      outputs: builder.nodes.last?.outputs.map { Value($0, nil) } ?? [])
    return Case(graph: graph, inputs: builder.inputs, family: maker.name)
  }

  /// Runs a case and verifies it.
  ///
  /// - Throws: what the session throws.
  public func verify(_ one: Case, options: SessionOptions) throws -> VerificationReport {
    let model = Model(
      graph: one.graph, opsetImports: ["": OperatorSchema.newestVersions[""] ?? 1], irVersion: 10)
    return try Verifier(try Session(model: model, options: options)).verify(one.inputs)
  }

  private static let makers: [(name: String, make: @Sendable (inout CaseBuilder) throws -> Void)] = [
    ("convolution 3x3", { try $0.squareConvolution() }), ("convolution", { try $0.convolution() }),
    ("first convolution", { try $0.firstConvolution() }),
    ("dense", { try $0.dense() }), ("pooling", { try $0.pooling() }),
    ("elementwise", { try $0.elementwise() }),
    ("activation", { try $0.activation() }), ("softmax", { try $0.softmax() }),
    ("reduction", { try $0.reduction() }),
    ("normalization", { try $0.normalization() }), ("attention", { try $0.attention() }),
    ("movement", { try $0.movement() }),
  ]
}

/// A graph in the making, all of it from one generator.
struct CaseBuilder {
  private var generator: SplitMix64
  private(set) var nodes: [Node] = []
  private(set) var initializers: OrderedDictionary<String, Tensor> = [:]
  private(set) var inputs: OrderedDictionary<String, RuntimeValue> = [:]

  init(seed: UInt64) { generator = SplitMix64(state: seed) }

  // MARK: Choosing

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  /// True once in `count`.
  mutating func once(in count: Int) -> Bool { int(1...count) == 1 }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[int(0...choices.count - 1)] }

  /// Numbers as networks have them and as they may be: of any size, of one sign, half of them zero, huge beside tiny.
  mutating func numbers(_ count: Int, positive: Bool = false, modest: Bool = false) -> [Float] {
    let scale = modest ? 1 : pick([1, 1, 1, 1, 1e-3, 100, 1e6, 1e-20, 1e-38] as [Float])
    let kind = int(0...4)
    return (0..<count).map { _ in
      var value = Float.random(in: -1...1, using: &generator)
      switch kind {
      case 1: value = max(0, value)
      case 2: value += 4
      case 3: value *= Float.random(in: 0...1, using: &generator) < 0.1 ? 1000 : 1
      default: break
      }
      return (positive ? value.magnitude + 0.01 : value) * scale
    }
  }

  // MARK: Building

  mutating func input(_ name: String, _ shape: [Int], modest: Bool = false) throws -> String {
    let values = numbers(shape.reduce(1, *), modest: modest)
    inputs[name] = .tensor(try Tensor(values, shape: shape))
    return name
  }

  mutating func weight(_ name: String, _ shape: [Int], positive: Bool = false) throws -> String {
    initializers[name] = try Tensor(
      numbers(shape.reduce(1, *), positive: positive, modest: true), shape: shape)
    return name
  }

  mutating func constant(_ name: String, _ values: [Int64]) throws -> String {
    initializers[name] = try Tensor(values, shape: [values.count])
    return name
  }

  @discardableResult
  mutating func add(
    _ operatorType: String, _ inputs: [String], _ attributes: OrderedDictionary<String, Attribute> = [:]
  ) -> String {
    let output = "v\(nodes.count)"
    nodes.append(Node(operatorType, inputs: inputs, outputs: [output], attributes: attributes))
    return output
  }

  /// Attributes of windows.
  static func ints(_ values: [Int]) -> Attribute { .ints(values.map(Int64.init)) }
}
