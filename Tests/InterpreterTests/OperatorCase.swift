import Graph
import OrderedCollections
import Testing

@testable import Interpreter

/// One operator in a model of its own, run by its plain definition; what inference says of it is checked on the
/// way.
struct OperatorCase {
  var name: String
  var opset: Int
  var attributes: OrderedDictionary<String, Attribute>
  var outputCount: Int
  var domain: String

  init(
    _ name: String, opset: Int = 28, _ attributes: KeyValuePairs<String, Attribute> = [:],
    outputs: Int = 1, domain: String = ""
  ) {
    self.name = name
    self.opset = opset
    self.attributes = OrderedDictionary(uniqueKeysWithValues: attributes.map { ($0.key, $0.value) })
    outputCount = outputs
    self.domain = domain
  }

  private func model(_ inputs: [Tensor?]) -> Model {
    let node = Node(
      name, name: "it", domain: domain, inputs: inputs.indices.map { inputs[$0] == nil ? "" : "x\($0)" },
      outputs: (0..<outputCount).map { "y\($0)" }, attributes: attributes)
    let values = inputs.enumerated().compactMap { index, tensor in
      tensor.map { Value("x\(index)", .tensor($0.elementType, Shape($0.shape))) }
    }
    let graph = Graph(
      name: "case", nodes: [node], inputs: values,
      outputs: (0..<outputCount).map { Value("y\($0)", nil) })
    return Model(graph: graph, opsetImports: [domain: opset], irVersion: 10)
  }

  /// The outputs for these inputs.
  func callAsFunction(_ inputs: Tensor?...) throws -> [Tensor] {
    let model = model(inputs)
    let evaluator = try ReferenceEvaluator(model: model)
    var given: OrderedDictionary<String, RuntimeValue> = [:]
    for (index, tensor) in inputs.enumerated() { if let tensor { given["x\(index)"] = .tensor(tensor) } }
    let outputs = try evaluator.run(given).values.map { try #require($0.tensor) }

    // Inference may know less than the run, but nothing else; it knows most where the inputs are constants.
    var constant = evaluator.model.graph
    for (name, value) in given { constant.initializers[name] = value.tensor }
    constant.inputs = []
    for (graph, evaluate) in [(evaluator.model.graph, nil), (constant, ReferenceEvaluator.constants)] {
      let types = try graph.inferringTypes(evaluate: evaluate).types
      for (index, output) in outputs.enumerated() {
        guard let type = types["y\(index)"] else { continue }
        #expect(type.elementType == output.elementType, "\(self): inferred \(type)")
        guard let shape = type.shape else { continue }
        let fits =
          shape.rank == output.rank
          && zip(shape.dimensions, output.shape).allSatisfy { $0.fixedValue == nil || $0 == .fixed($1) }
        #expect(fits, "\(self): inferred \(type), found \(output.shape)")
      }
    }
    return outputs
  }
}

/// A `float32` tensor.
func floats(_ values: [Float], _ shape: [Int]? = nil) throws -> Tensor {
  try Tensor(values, shape: shape ?? [values.count])
}

/// An `int64` tensor.
func longs(_ values: [Int64], _ shape: [Int]? = nil) throws -> Tensor {
  try Tensor(values, shape: shape ?? [values.count])
}

/// A tensor of strings.
func texts(_ values: [String], _ shape: [Int]? = nil) throws -> Tensor {
  try Tensor(strings: values, shape: shape ?? [values.count])
}

extension Tensor {
  /// The elements as `Double`, for comparison with literals.
  var numbers: [Double] { get throws { try doubles() } }
}
