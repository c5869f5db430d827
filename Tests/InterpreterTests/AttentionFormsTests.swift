import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// A CBAM block is one step however its file writes the channel attention's layers, and gives the same bits.
@Suite struct AttentionFormsTests {
  /// How a layer of the channel attention's MLP is written.
  enum Layer: CaseIterable {
    case convolution, linear, product, sum

    /// Whether the weights are stored as `[outputs, inputs]`.
    var isTransposed: Bool { self == .convolution || self == .linear }
  }

  /// A block's numbers: `w1` `[hidden][channels]`, `w2` `[channels][hidden]`.
  struct Block {
    let shape: [Int]
    let hidden: Int
    let w1: [Float]
    let w2: [Float]
    let biases: (first: [Float], second: [Float])?
    let kernel: [Float]
    let kernelSize: Int
    let type: ElementType
    let reshapesBeforeSigmoid: Bool

    init(number: Int, _ generator: inout SeededGenerator) throws {
      let channels = [5, 16, 33, 64, 100][number % 5]
      try self.init(
        shape: [1 + number % 2, channels, 1 + number % 7, 6], hidden: [1, 3, 16, 20][number % 4],
        kernelSize: [3, 7][number % 2], type: [.float32, .float16, .bfloat16][number % 3],
        hasBiases: number % 2 == 1, reshapesBeforeSigmoid: number % 3 == 1, &generator)
    }

    init(
      shape: [Int], hidden: Int, kernelSize: Int, type: ElementType, hasBiases: Bool,
      reshapesBeforeSigmoid: Bool, _ generator: inout SeededGenerator
    ) throws {
      (self.shape, self.hidden, self.kernelSize, self.type) = (shape, hidden, kernelSize, type)
      self.reshapesBeforeSigmoid = reshapesBeforeSigmoid
      // What half precision holds, so that all ways of storing them are of the same numbers.
      func weights() throws -> [Float] {
        try Tensor(generator.floats(hidden * shape[1]), shape: [hidden, shape[1]]).cast(to: type)
          .cast(to: .float32).elements(of: Float.self)
      }
      w1 = try weights()
      w2 = try weights()
      biases = hasBiases ? (generator.floats(hidden), generator.floats(shape[1])) : nil
      kernel = generator.floats(2 * kernelSize * kernelSize)
    }

    /// The block as a graph with outputs y, channel and spatial attention.
    ///
    /// - Parameters:
    ///   - sharesWeights: whether both branches read the same constants, or each its own.
    ///   - change: added to the last weight of the second branch, where it has its own.
    func model(_ layers: [Layer], storedAs type: ElementType, sharesWeights: Bool, change: Float = 0) throws
      -> Model
    {
      var graph = Graph(name: "block")
      graph.inputs = [Value("x", .tensor(.float32, Shape(shape)))]
      let channels = shape[1]
      func add(
        _ type: String, _ inputs: [String], _ output: String,
        _ attributes: OrderedDictionary<String, Attribute> = [:]
      ) {
        graph.nodes.append(Node(type, inputs: inputs, outputs: [output], attributes: attributes))
      }
      func constant(_ name: String, _ values: [Float], _ shape: [Int], as type: ElementType = .float32) throws
        -> String
      {
        if graph.initializers[name] != nil { return name }
        let tensor = try Tensor(values, shape: shape)
        if type == .float32 {
          graph.initializers[name] = tensor
        } else if graph.initializers[name + "/half"] == nil {
          graph.initializers[name + "/half"] = try tensor.cast(to: type)
          add("Cast", [name + "/half"], name, ["to": .int(1)])
        }
        return name
      }
      func layer(_ number: Int, _ input: String, _ branch: String) throws -> String {
        let form = layers[number]
        let (outputs, inputs) = number == 0 ? (hidden, channels) : (channels, hidden)
        let owner = sharesWeights ? "" : branch
        var values = number == 0 ? w1 : w2
        if branch == "GlobalMaxPool", !sharesWeights, number == 1 { values[values.count - 1] += change }
        if !form.isTransposed {
          values = (0..<values.count).map { values[$0 % outputs * inputs + $0 / outputs] }
        }
        let shape = form.isTransposed ? [outputs, inputs] : [inputs, outputs]
        let weights = try constant(
          "w\(number)\(owner)", values, form == .convolution ? shape + [1, 1] : shape, as: type)
        let numbers = number == 0 ? biases?.first : biases?.second
        let bias = try numbers.map { try constant("b\(number)\(owner)", $0, [outputs]) }
        let output = "\(branch)/\(number)"
        if form == .convolution {
          // The layer before may have left a row.
          let map = try constant("map\(inputs)", [], [0])
          graph.initializers[map] = try Tensor([-1, Int64(inputs), 1, 1], shape: [4])
          add("Reshape", [input, map], output + "/map")
          add("Conv", [output + "/map", weights] + (bias.map { [$0] } ?? []), output)
          return output
        }
        add("Flatten", [input], output + "/row", ["axis": .int(1)])
        let row = output + "/row"
        switch form {
        case .linear:
          add("Gemm", [row, weights] + (bias.map { [$0] } ?? []), output, ["transB": .int(1)])
        case .product:
          add("Gemm", [row, weights] + (bias.map { [$0] } ?? []), output)
        default:
          add("MatMul", [row, weights], bias == nil ? output : output + "/product")
          if let bias { add("Add", [output + "/product", bias], output) }
        }
        return output
      }
      for pool in ["GlobalAveragePool", "GlobalMaxPool"] {
        add(pool, ["x"], pool)
        add("Relu", [try layer(0, pool, pool)], pool + "/relu")
        _ = try layer(1, pool + "/relu", pool)
      }
      add("Add", ["GlobalAveragePool/1", "GlobalMaxPool/1"], "sum")
      let whole = try constant("whole", [], [0])
      graph.initializers[whole] = try Tensor([-1, Int64(channels), 1, 1], shape: [4])
      if reshapesBeforeSigmoid {
        add("Reshape", ["sum", whole], "logits")
        add("Sigmoid", ["logits"], "channel")
        add("Mul", ["x", "channel"], "refined")
      } else {
        add("Sigmoid", ["sum"], "channel")
        add("Reshape", ["channel", whole], "scale")
        add("Mul", ["x", "scale"], "refined")
      }
      graph.initializers["axes"] = try Tensor([Int64(1)], shape: [1])
      add("ReduceMean", ["refined", "axes"], "mean", ["keepdims": .int(1)])
      add("ReduceMax", ["refined", "axes"], "maximum", ["keepdims": .int(1)])
      add("Concat", ["mean", "maximum"], "pooled", ["axis": .int(1)])
      let k = kernelSize
      add(
        "Conv", ["pooled", try constant("k", kernel, [1, 2, k, k])], "convolved",
        ["pads": .ints([Int64](repeating: Int64(k / 2), count: 4))])
      add("Sigmoid", ["convolved"], "spatial")
      add("Mul", ["refined", "spatial"], "y")
      graph.outputs = ["y", "channel", "spatial"].map { Value($0, nil) }
      return Model(graph: graph, opsetImports: ["": 18], irVersion: 8)
    }
  }

  private func run(
    _ model: Model, _ inputs: OrderedDictionary<String, RuntimeValue>, _ options: SessionOptions
  ) throws -> (blocks: Int, outputs: [[Float]]) {
    let session = try Session(model: model, options: options)
    let blocks =
      options.usesKernels ? try session.steps(for: inputs).filter { $0.operatorType == "CBAM" }.count : 0
    let outputs = try session.run(inputs).values.map { try #require($0.tensor).elements(of: Float.self) }
    return (blocks, outputs)
  }

  private func options(_ set: String, _ number: Int) -> SessionOptions {
    var options = SessionOptions()
    options.instructionSet = set
    options.threads = 1 + number / 2 % 2
    return options
  }

  private func input(_ block: Block, _ generator: inout SeededGenerator) throws -> OrderedDictionary<
    String, RuntimeValue
  > {
    ["x": .tensor(try Tensor(generator.floats(block.shape.reduce(1, *)), shape: block.shape))]
  }

  @Test(arguments: PlannedConvolutionTests.sets) func formsAgree(set: String) throws {
    var generator = SeededGenerator(seed: 81)
    for number in 0..<20 {
      let block = try Block(number: number, &generator)
      let inputs = try input(block, &generator)
      var plain = SessionOptions()
      plain.usesKernels = false
      let model = try block.model([.convolution, .convolution], storedAs: .float32, sharesWeights: true)
      let expected = try run(model, inputs, plain).outputs
      let first = try run(model, inputs, options(set, number))
      for (found, expected) in zip(first.outputs, expected) {
        let scale = max(expected.map(\.magnitude).max() ?? 0, 1e-3)
        let worst = zip(found, expected).map { ($0 - $1).magnitude / scale }.max() ?? 0
        #expect(worst < 2e-5, "\(number) on \(set): \(worst)")
      }
      let types = block.type == .float32 ? [.float32] : [.float32, block.type]
      for one in Layer.allCases {
        for other in Layer.allCases {
          for (type, sharesWeights) in types.flatMap({ [($0, true), ($0, false)] }) {
            let found = try run(
              try block.model([one, other], storedAs: type, sharesWeights: sharesWeights), inputs,
              options(set, number))
            let recipe = "\(number) on \(set): \(one), \(other) as \(type), shared: \(sharesWeights)"
            #expect(found.blocks == 1, "\(recipe)")
            #expect(found.outputs == first.outputs, "\(recipe)")
          }
        }
      }
    }
  }

  /// Branches whose weights differ in one number are two networks, no block.
  @Test(arguments: Layer.allCases) func branchesThatDifferAreNone(layer: Layer) throws {
    var generator = SeededGenerator(seed: 82)
    for number in 0..<6 {
      let block = try Block(number: number, &generator)
      let inputs = try input(block, &generator)
      for change in [Float(0), 0.5] {
        let model = try block.model(
          [layer, layer], storedAs: block.type, sharesWeights: false, change: change)
        #expect(
          try run(model, inputs, SessionOptions()).blocks == (change == 0 ? 1 : 0), "\(number), \(layer)")
      }
    }
  }
}
