import Graph
import OrderedCollections

/// How a session runs.
public struct SessionOptions: Sendable {
  /// Whether float32 operators may use their kernels; otherwise every node runs its plain definition.
  public var usesKernels = true
  /// Seeds random operators that have no seed of their own.
  public var seed: UInt64 = 0

  /// The defaults above.
  public init() {}
}

/// A model made ready to run, as often as wanted and from several threads at once.
public struct Session: Sendable {
  /// The model in the form that is run: newest operator versions.
  public let model: Model
  private let options: SessionOptions

  /// A session for `model`, which may be of any supported operator-set version.
  ///
  /// - Throws: `GraphError` where the model has operators that aren't known, or its parts don't fit each other.
  public init(model: Model, options: SessionOptions = SessionOptions()) throws {
    self.model = try model.upgraded()
    self.options = options
    // Shapes that can't fit are found before anything runs.
    _ = try self.model.graph.inferringTypes()
  }

  /// What the caller gives: graph inputs without a default.
  public var inputs: [Value] { model.graph.requiredInputs }

  /// What the caller gets.
  public var outputs: [Value] { model.graph.outputs }

  /// The graph's outputs for `inputs`, in the graph's order.
  ///
  /// - Parameter tap: called with every value as it is computed.
  /// - Throws: `InterpreterError` naming the input or node at fault.
  public func run(
    _ inputs: OrderedDictionary<String, RuntimeValue>,
    tap: ((Node, String, RuntimeValue) throws -> Void)? = nil
  ) throws -> OrderedDictionary<String, RuntimeValue> {
    try ReferenceEvaluator(upgraded: model, seed: options.seed, usesKernels: options.usesKernels).run(
      inputs, tap: tap)
  }
}
