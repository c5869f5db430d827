import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Graphs with quantized values, as `onnxruntime.quantization` writes them, on integer kernels against the definitions.
@Suite struct QuantizedTests {
  /// A convolution on levels, and one operator behind it.
  struct Recipe: CustomStringConvertible {
    let images, channels, filters, height, width, groups: Int
    let kernel, stride, dilation, pads: [Int]
    let isSigned, isPerChannel, hasUnsignedWeights: Bool
    /// `none`, `matching` the sums' unit, `other` unit, or plain `float`.
    let bias: String
    let activation: String
    let tail: String
    /// Whether scales are powers of two: then floats are exact, and results the same in every bit.
    let isExact: Bool

    static let tails = [
      "", "MaxPool", "GlobalMaxPool", "GlobalAveragePool", "ReduceMean", "ReduceMax", "Sigmoid", "Add", "Sub",
      "MulChannel",
      "MulPixel", "Concat", "Gemm", "MatMul", "Relu",
    ]

    init(_ number: Int, isExact: Bool, _ generator: inout SeededGenerator) {
      func pick<Element>(_ values: [Element]) -> Element {
        values[Int.random(in: 0..<values.count, using: &generator)]
      }
      func pair(_ range: ClosedRange<Int>) -> [Int] {
        [Int.random(in: range, using: &generator), Int.random(in: range, using: &generator)]
      }
      self.isExact = isExact
      tail = Self.tails[number % Self.tails.count]
      images = Int.random(in: 1...3, using: &generator)
      let isDepthwise = Int.random(in: 0..<5, using: &generator) == 0
      channels = Int.random(in: 1...21, using: &generator)
      filters = isDepthwise ? channels : Int.random(in: 1...37, using: &generator)
      groups = isDepthwise ? channels : 1
      kernel = pick([[1, 1], [3, 3], [3, 3], [5, 5], [2, 3]])
      stride = pick([[1, 1], [1, 1], [2, 2], [3, 1]])
      dilation = pick([[1, 1], [1, 1], [2, 1]])
      pads = pair(0...kernel[0] / 2) + pair(0...kernel[0] / 2)
      (height, width) = (Int.random(in: 9...17, using: &generator), Int.random(in: 9...17, using: &generator))
      isSigned = Bool.random(using: &generator)
      isPerChannel = Bool.random(using: &generator)
      hasUnsignedWeights = Int.random(in: 0..<4, using: &generator) == 0
      bias = pick(["none", "matching", "other", "float"])
      activation = pick(["", "Relu", "Clip"])
    }

    var description: String {
      "[\(images), \(channels), \(height), \(width)] * [\(filters), \(kernel)] groups \(groups), stride \(stride), "
        + "dilation \(dilation), pads \(pads), signed \(isSigned), per channel \(isPerChannel), unsigned weights "
        + "\(hasUnsignedWeights), bias \(bias), activation '\(activation)', then '\(tail)', exact \(isExact)"
    }
  }

  /// Appends nodes, quantized values among them.
  struct Builder {
    var graph = Graph(name: "quantized")
    let recipe: Recipe
    var generator: SeededGenerator
    private var count = 0

    init(_ recipe: Recipe, seed: UInt64) {
      self.recipe = recipe
      generator = SeededGenerator(seed: seed)
    }

    mutating func scale(about value: Float) -> Float {
      recipe.isExact
        ? Float(sign: .plus, exponent: value.exponent, significand: 1)
        : value * .random(in: 1...1.9, using: &generator)
    }

    mutating func constant(_ tensor: Tensor) -> String {
      count += 1
      graph.initializers["c\(count)"] = tensor
      return "c\(count)"
    }

    mutating func node(
      _ type: String, _ inputs: [String], _ attributes: OrderedDictionary<String, Attribute> = [:]
    ) -> String {
      count += 1
      graph.nodes.append(Node(type, inputs: inputs, outputs: ["v\(count)"], attributes: attributes))
      return "v\(count)"
    }

    /// A value by way of levels.
    mutating func quantized(_ name: String, about value: Float) throws -> String {
      let scale = constant(try Tensor([self.scale(about: value)], shape: []))
      let zero = Int.random(in: 90...150, using: &generator)
      let point =
        recipe.isSigned
        ? constant(try Tensor([Int8(zero - 128)], shape: [])) : constant(try Tensor([UInt8(zero)], shape: []))
      let levels = node("QuantizeLinear", [name, scale, point])
      return node("DequantizeLinear", [levels, scale, point])
    }

    /// Constant weights in levels, one scale a slice of `axis` or one for all.
    mutating func weights(_ shape: [Int], axis: Int) throws -> (name: String, scales: [Float]) {
      let values = (0..<shape.reduce(1, *)).map { _ in Int.random(in: -100...100, using: &generator) }
      let number = recipe.isPerChannel ? shape[axis] : 1
      let scales = (0..<number).map { _ in scale(about: 0.008) }
      let isUnsigned = recipe.hasUnsignedWeights
      let levels =
        isUnsigned
        ? try Tensor(values.map { UInt8($0 + 128) }, shape: shape)
        : try Tensor(values.map { Int8($0) }, shape: shape)
      let extents = recipe.isPerChannel ? [number] : []
      let zeros =
        isUnsigned
        ? try Tensor([UInt8](repeating: 128, count: number), shape: extents)
        : try Tensor([Int8](repeating: 0, count: number), shape: extents)
      let inputs = [constant(levels), constant(try Tensor(scales, shape: extents)), constant(zeros)]
      let name = node("DequantizeLinear", inputs, ["axis": .int(Int64(axis))])
      return (name, recipe.isPerChannel ? scales : Array(repeating: scales[0], count: shape[axis]))
    }
  }

  static func model(_ recipe: Recipe, seed: UInt64) throws -> Model {
    var b = Builder(recipe, seed: seed)
    b.graph.inputs = [
      Value("x", .tensor(.float32, Shape([recipe.images, recipe.channels, recipe.height, recipe.width])))
    ]
    let input = try b.quantized("x", about: 0.02)
    // The scale just made: a bias in units of the sums needs it.
    let inputScale = try #require(b.graph.nodes.last.flatMap { b.graph.initializers[$0.inputs[1]] }).elements(
      of: Float.self)[0]
    let (w, scales) = try b.weights(
      [recipe.filters, recipe.channels / recipe.groups] + recipe.kernel, axis: 0)
    var inputs = [input, w]
    let count = recipe.filters
    switch recipe.bias {
    case "float": inputs.append(b.constant(try Tensor(b.generator.floats(count), shape: [count])))
    case "matching", "other":
      let levels = (0..<count).map { _ in Int32.random(in: -4000...4000, using: &b.generator) }
      let units = scales.map { $0 * inputScale * (recipe.bias == "other" ? 2 : 1) }
      let names = [
        b.constant(try Tensor(levels, shape: [count])), b.constant(try Tensor(units, shape: [count])),
        b.constant(try Tensor([Int32](repeating: 0, count: count), shape: [count])),
      ]
      inputs.append(b.node("DequantizeLinear", names, ["axis": .int(0)]))
    default: break
    }
    func ints(_ values: [Int]) -> Attribute { .ints(values.map(Int64.init)) }
    var last = b.node(
      "Conv", inputs,
      [
        "kernel_shape": ints(recipe.kernel), "strides": ints(recipe.stride),
        "dilations": ints(recipe.dilation),
        "pads": ints(recipe.pads), "group": .int(Int64(recipe.groups)),
      ])
    if recipe.activation == "Relu" { last = b.node("Relu", [last]) }
    if recipe.activation == "Clip" {
      last = b.node(
        "Clip",
        [
          last, b.constant(try Tensor([Float(-0.5)], shape: [])),
          b.constant(try Tensor([Float(1.5)], shape: [])),
        ])
    }
    last = try b.quantized(last, about: 0.03)
    let map = last
    let axes = b.constant(try Tensor([Int64(1)], shape: [1]))
    switch recipe.tail {
    case "": break
    case "MaxPool":
      last = b.node(
        "MaxPool", [last],
        ["kernel_shape": ints([3, 2]), "strides": ints([2, 2]), "pads": ints([1, 0, 1, 1])])
    case "ReduceMean": last = b.node("ReduceMean", [last, axes])
    case "ReduceMax":
      last = b.node("Unsqueeze", [b.node("ReduceMax", [last, axes], ["keepdims": .int(0)]), axes])
    case "Add", "Sub":
      last = b.node(recipe.tail, [last, try b.quantized(b.node("Relu", [map]), about: 0.02)])
    case "MulChannel":
      last = b.node("Mul", [try b.quantized(b.node("GlobalMaxPool", [map]), about: 0.02), map])
    case "MulPixel":
      last = b.node("Mul", [map, try b.quantized(b.node("ReduceMax", [map, axes]), about: 0.02)])
    case "Concat":
      last = b.node("Concat", [try b.quantized(b.node("Relu", [map]), about: 0.02), map], ["axis": .int(1)])
    case "Gemm", "MatMul":
      last = try b.quantized(
        b.node("Flatten", [try b.quantized(b.node("GlobalMaxPool", [map]), about: 0.04)]), about: 0.04)
      let isGemm = recipe.tail == "Gemm"
      let (w, _) = try b.weights(isGemm ? [23, count] : [count, 23], axis: isGemm ? 0 : 1)
      last = b.node(recipe.tail, [last, w], isGemm ? ["transB": .int(1)] : [:])
    default: last = b.node(recipe.tail, [last])
    }
    if !recipe.tail.isEmpty { last = try b.quantized(last, about: 0.02) }
    b.graph.outputs = [Value(last, nil)]
    return Model(graph: b.graph, opsetImports: ["": 21], irVersion: 10)
  }

  static let sets = KernelSet.names.filter { (try? KernelSet.best(cap: $0)) != nil }

  private func options(_ set: String, threads: Int) -> SessionOptions {
    var options = SessionOptions()
    (options.instructionSet, options.threads) = (set, threads)
    return options
  }

  private func input(_ model: Model, seed: UInt64) throws -> OrderedDictionary<String, RuntimeValue> {
    var generator = SeededGenerator(seed: seed)
    let shape = model.graph.inputs[0].type?.shape?.fixedExtents ?? []
    return ["x": .tensor(try Tensor(generator.floats(shape.reduce(1, *), in: -2...2), shape: shape))]
  }

  /// Where floats are exact, so are results. Nothing but the edges is left to floats.
  @Test(arguments: sets) func resultsAreAsDefined(set: String) throws {
    var generator = SeededGenerator(seed: 51)
    for number in 0..<150 {
      let recipe = Recipe(number, isExact: true, &generator)
      let model = try Self.model(recipe, seed: UInt64(number))
      let inputs = try input(model, seed: UInt64(number))
      var plain = SessionOptions()
      plain.usesKernels = false
      let expected = try #require(try Session(model: model, options: plain).run(inputs).values.first?.tensor)
      let session = try Session(model: model, options: options(set, threads: 1 + number % 2))
      let found = try #require(try session.run(inputs).values.first?.tensor)
      #expect(found == expected, "\(set), seed \(number): \(recipe)")
      let kernels = try session.steps(for: inputs).map(\.kernel)
      #expect(!kernels.contains { $0 == "reference" || $0.hasPrefix("conv ") }, "\(recipe): \(kernels)")
    }
  }

  /// With any scales: within a level of the definition, and only where that is near the middle of two.
  @Test(arguments: sets) func everyStepIsWithinItsBound(set: String) throws {
    var generator = SeededGenerator(seed: 52)
    for number in 0..<60 {
      let recipe = Recipe(number, isExact: false, &generator)
      let model = try Self.model(recipe, seed: UInt64(number))
      let session = try Session(model: model, options: options(set, threads: 1))
      let report = try Verifier(session).verify(try input(model, seed: UInt64(number)))
      let defects = report.steps.filter { $0.verdict == .defect }
      #expect(defects.isEmpty, "\(set), seed \(number): \(recipe): \(defects)")
      #expect(report.steps.contains { $0.kernel.hasPrefix("int8 ") }, "\(recipe)")
    }
  }

  /// Every instruction set gives the same levels, whatever the scales.
  @Test func instructionSetsAgree() throws {
    var generator = SeededGenerator(seed: 53)
    for number in 0..<60 {
      let recipe = Recipe(number, isExact: false, &generator)
      let model = try Self.model(recipe, seed: UInt64(number))
      let inputs = try input(model, seed: UInt64(number))
      let results = try Self.sets.map {
        try Session(model: model, options: options($0, threads: 1)).run(inputs).values.first?.tensor
      }
      #expect(results.allSatisfy { $0 == results[0] }, "seed \(number): \(recipe)")
    }
  }

  /// A value whose levels somebody else reads goes the way of floats.
  @Test func whatDoesNotFitIsComputedInFloats() throws {
    var generator = SeededGenerator(seed: 54)
    let recipe = Recipe(0, isExact: true, &generator)
    var model = try Self.model(recipe, seed: 3)
    let inputs = try input(model, seed: 3)
    let levels = try #require(model.graph.nodes.first { $0.operatorType == "QuantizeLinear" }).outputs[0]
    model.graph.outputs.append(Value(levels, nil))
    let session = try Session(model: model)
    #expect(try !session.steps(for: inputs).contains { $0.kernel.hasPrefix("int8 conv") })
    var plain = SessionOptions()
    plain.usesKernels = false
    #expect(try session.run(inputs) == Session(model: model, options: plain).run(inputs))
  }
}
