import Graph
import ONNX
import OrderedCollections

/// Runs folders of ONNX's backend tests: `model.onnx` and `test_data_set_*/{input,output}_*.pb`.
public struct BackendSuite: Sendable {
  /// How far an element may be off: `|found − expected| ≤ absolute + relative · |expected|`.
  public struct Tolerance: Sendable, Equatable {
    /// Share of the expected value.
    public var relative: Double
    /// Independent of the expected value.
    public var absolute: Double

    /// A tolerance; the defaults are those of ONNX's own test runner.
    public init(relative: Double = 1e-3, absolute: Double = 1e-7) {
      self.relative = relative
      self.absolute = absolute
    }
  }

  /// One test.
  public struct Case: Sendable {
    /// The test's name, that of its folder.
    public let name: String
    /// The folder that holds `model.onnx`.
    public let folder: String
    /// Paths of the data sets in order, each with how many inputs and outputs it has.
    public let dataSets: [DataSet]
    /// How far outputs may be off.
    public let tolerance: Tolerance

    /// A test of these parts.
    public init(name: String, folder: String, dataSets: [DataSet], tolerance: Tolerance = Tolerance()) {
      self.name = name
      self.folder = folder
      self.dataSets = dataSets
      self.tolerance = tolerance
    }
  }

  /// Inputs and expected outputs, by position.
  public struct DataSet: Sendable {
    /// Paths of `input_0.pb`, `input_1.pb`, …
    public let inputs: [String]
    /// Paths of `output_0.pb`, `output_1.pb`, …
    public let outputs: [String]

    /// A data set in these files.
    public init(inputs: [String], outputs: [String]) {
      self.inputs = inputs
      self.outputs = outputs
    }
  }

  /// What came of one test.
  public struct Outcome: Sendable {
    /// The test's name.
    public let name: String
    /// Operators in the graph, subgraphs excepted, each once.
    public let operators: [String]
    /// What is wrong; `nil` where nothing is.
    public let failure: String?
  }

  /// Whether float32 operators may use their kernels.
  public var options: SessionOptions

  /// A runner with these options.
  public init(options: SessionOptions = SessionOptions()) { self.options = options }

  /// Runs one test on all its data sets.
  public func run(_ test: Case) -> Outcome {
    var operators: [String] = []
    do {
      let model = try ONNXReader().model(path: "\(test.folder)/model.onnx")
      operators = Set(model.graph.nodes.map(\.operatorType)).sorted()
      let session = try Session(model: model, options: options)
      for dataSet in test.dataSets {
        if let failure = try run(session, model, dataSet, test.tolerance) {
          return Outcome(name: test.name, operators: operators, failure: failure)
        }
      }
      return Outcome(
        name: test.name, operators: operators, failure: test.dataSets.isEmpty ? "has no data sets" : nil)
    } catch {
      return Outcome(name: test.name, operators: operators, failure: "\(error)")
    }
  }

  private func run(
    _ session: Session, _ model: Model, _ dataSet: DataSet, _ tolerance: Tolerance
  ) throws -> String? {
    var inputs: OrderedDictionary<String, RuntimeValue> = [:]
    for (input, path) in zip(model.graph.inputs, dataSet.inputs) {
      guard let type = input.type else { return "input '\(input.name)' has no type" }
      inputs[input.name] = try ONNXReader().value(path: path, as: type)
    }
    let outputs = try session.run(inputs)
    guard outputs.count == dataSet.outputs.count else {
      return "\(outputs.count) outputs, expected \(dataSet.outputs.count)"
    }
    let random = Self.randomValues(model.graph)
    for ((name, found), path) in zip(outputs, dataSet.outputs) {
      let expected = try ONNXReader().value(path: path, as: Self.general(found.type))
      let difference = Self.difference(
        found: found, expected: expected, tolerance: random.contains(name) ? nil : tolerance)
      if let difference { return "output '\(name)': \(difference)" }
    }
    return nil
  }

  /// The type that says which message a file holds, without shapes.
  private static func general(_ type: ValueType) -> ValueType { type }

  /// Values that depend on a generator whose numbers the standard leaves open; only their shapes and types are
  /// defined.
  private static func randomValues(_ graph: Graph) -> Set<String> {
    let operators: Set = [
      "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
    ]
    var random: Set<String> = []
    for node in graph.nodes {
      // Dropout draws only in training mode, which its third input asks for.
      let draws =
        operators.contains(node.operatorType) || (node.operatorType == "Dropout" && node.input(2) != nil)
      if draws || node.inputs.contains(where: random.contains) { random.formUnion(node.outputs) }
    }
    return random
  }
}
