import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Convolutions with all that is fused into them, of random extents, against their definitions.
@Suite struct PlannedConvolutionTests {
  /// One network: a convolution, and what follows it.
  struct Recipe: CustomStringConvertible {
    var images, channels, filters, groups, height, width: Int
    var kernel, stride, dilation, pads: [Int]
    var hasBias, hasResidual: Bool
    var activation: String
    var pools: Bool

    init(_ generator: inout SeededGenerator) {
      images = Int.random(in: 1...3, using: &generator)
      groups = [1, 1, 1, 2, 3].randomElement(using: &generator) ?? 1
      let isDepthwise = Int.random(in: 0..<5, using: &generator) == 0
      channels = Int.random(in: 1...(groups == 1 ? 40 : 9), using: &generator) * groups
      filters = Int.random(in: 1...(groups == 1 ? 40 : 9), using: &generator) * groups
      if isDepthwise { (groups, filters) = (channels, channels) }
      let isUsual = Bool.random(using: &generator)
      func pair(_ range: ClosedRange<Int>) -> [Int] {
        let one = Int.random(in: range, using: &generator)
        return isUsual ? [one, one] : [one, Int.random(in: range, using: &generator)]
      }
      kernel =
        isUsual
        ? [[1, 1], [3, 3], [3, 3], [5, 5], [7, 7]].randomElement(using: &generator) ?? [1, 1] : pair(1...5)
      stride = pair(1...3)
      if Bool.random(using: &generator) { stride = [1, 1] }
      dilation = isUsual ? [1, 1] : pair(1...2)
      pads =
        isUsual ? [kernel[0] / 2, kernel[1] / 2, kernel[0] / 2, kernel[1] / 2] : pair(0...2) + pair(0...2)
      let reach = [(kernel[0] - 1) * dilation[0], (kernel[1] - 1) * dilation[1]]
      // Maps smaller than the kernel too, most of whose weights then meet padding only.
      let isSmall = Int.random(in: 0..<4, using: &generator) == 0
      height =
        isSmall
        ? Int.random(in: 1...3, using: &generator) : Int.random(in: 1...17, using: &generator) + reach[0]
      width =
        isSmall
        ? Int.random(in: 1...3, using: &generator) : Int.random(in: 1...17, using: &generator) + reach[1]
      hasBias = Bool.random(using: &generator)
      hasResidual = Bool.random(using: &generator)
      activation = ["", "Relu", "Clip"].randomElement(using: &generator) ?? ""
      pools = Int.random(in: 0..<3, using: &generator) == 0
    }

    var description: String {
      "[\(images), \(channels), \(height), \(width)] * [\(filters), \(channels / groups), \(kernel)] groups \(groups), "
        + "stride \(stride), dilation \(dilation), pads \(pads), bias \(hasBias), residual \(hasResidual), "
        + "activation '\(activation)', pool \(pools)"
    }

    /// The extents of the convolution's output; `nil` where there is none.
    var output: [Int]? {
      let extents = zip(0..<2, [height, width]).map { (axis: Int, size: Int) -> Int in
        let room = size + pads[axis] + pads[axis + 2] - dilation[axis] * (kernel[axis] - 1) - 1
        return room < 0 ? 0 : room / stride[axis] + 1
      }
      return extents.allSatisfy { $0 > 0 } ? [images, filters] + extents : nil
    }

    func model(_ generator: inout SeededGenerator) throws -> Model? {
      guard let output else { return nil }
      var graph = Graph(name: "convolution")
      graph.inputs = [
        Value("x", .tensor(.float32, Shape([images, channels, height, width])))
      ]
      let shape = [filters, channels / groups] + kernel
      let scale = 1 / Float(shape[1...].reduce(1, *)).squareRoot()
      graph.initializers["w"] = try Tensor(
        generator.floats(shape.reduce(1, *), in: -scale...scale), shape: shape)
      var inputs = ["x", "w"]
      if hasBias {
        graph.initializers["b"] = try Tensor(generator.floats(filters), shape: [filters])
        inputs.append("b")
      }
      func ints(_ values: [Int]) -> Attribute { .ints(values.map(Int64.init)) }
      graph.nodes.append(
        Node(
          "Conv", inputs: inputs, outputs: ["c"],
          attributes: [
            "strides": ints(stride), "dilations": ints(dilation), "pads": ints(pads),
            "group": .int(Int64(groups)),
            "kernel_shape": ints(kernel),
          ]))
      var last = "c"
      if hasResidual {
        graph.inputs.append(Value("r", .tensor(.float32, Shape(output))))
        graph.nodes.append(Node("Add", inputs: [last, "r"], outputs: ["s"]))
        last = "s"
      }
      if activation == "Clip" {
        graph.initializers["low"] = try Tensor([Float(-0.25)], shape: [])
        graph.initializers["high"] = try Tensor([Float(0.5)], shape: [])
        graph.nodes.append(Node("Clip", inputs: [last, "low", "high"], outputs: ["a"]))
        last = "a"
      } else if !activation.isEmpty {
        graph.nodes.append(Node(activation, inputs: [last], outputs: ["a"]))
        last = "a"
      }
      if pools, output[2] > 1, output[3] > 1 {
        graph.nodes.append(
          Node(
            "MaxPool", inputs: [last], outputs: ["p"],
            attributes: ["kernel_shape": ints([2, 2]), "strides": ints([2, 2])]))
        last = "p"
      }
      graph.outputs = [Value(last, nil)]
      return Model(graph: graph, opsetImports: ["": 17], irVersion: 8)
    }
  }

  static let sets = KernelSet.names.filter { (try? KernelSet.best(cap: $0)) != nil }

  @Test(arguments: sets) func randomConvolutionsAreAsDefined(set: String) throws {
    var generator = SeededGenerator(seed: 77)
    var compared = 0
    while compared < 400 {
      let recipe = Recipe(&generator)
      guard let model = try recipe.model(&generator) else { continue }
      var inputs: OrderedDictionary<String, RuntimeValue> = [:]
      for input in model.graph.inputs {
        let shape = input.type?.shape?.fixedExtents ?? []
        inputs[input.name] = .tensor(try Tensor(generator.floats(shape.reduce(1, *)), shape: shape))
      }
      var plain = SessionOptions()
      plain.usesKernels = false
      var options = SessionOptions()
      options.instructionSet = set
      options.threads = 1 + compared % 2
      let expected = try #require(
        try Session(model: model, options: plain).run(inputs).values.first?.tensor
      ).doubles()
      let found = try #require(
        try Session(model: model, options: options).run(inputs).values.first?.tensor
      ).doubles()
      #expect(expected.count == found.count, "\(recipe)")
      let worst = zip(expected, found).map { ($0 - $1).isNaN ? .infinity : abs($0 - $1) }.max() ?? 0
      #expect(worst < 1e-4, "\(set): \(recipe): \(worst)")
      compared += 1
    }
  }

  /// Networks for pictures begin so: few channels, a large kernel, stride 2. By Winograd's algorithm where it can do it,
  /// whether it would be chosen or not.
  @Test(arguments: sets) func picturesWithStrideTwo(set: String) throws {
    var generator = SeededGenerator(seed: 78)
    var tiles: Set<String> = []
    for number in 0..<60 {
      var recipe = Recipe(&generator)
      (recipe.groups, recipe.hasResidual, recipe.dilation) = (1, false, [1, 1])
      // Of one channel with every vector's width, of more where one holds twice as many.
      recipe.channels = Int.random(in: 1...4, using: &generator)
      recipe.kernel = (0..<2).map { _ in
        (number % 2 == 0 ? 5 : 7) + Int.random(in: 0...1, using: &generator)
      }
      recipe.stride = [2, 2]
      recipe.height = Int.random(in: 8...60, using: &generator)
      recipe.width = Int.random(in: 8...60, using: &generator)
      recipe.pads = (0..<4).map { _ in Int.random(in: 0...4, using: &generator) }
      guard let model = try recipe.model(&generator) else { continue }
      let inputs = try RandomInputs().values(for: model.graph)
      var plain = SessionOptions()
      plain.usesKernels = false
      var options = SessionOptions()
      options.instructionSet = set
      options.threads = 1 + number / 2 % 2
      var session = try Session(model: model, options: options)
      let tile = ConvolutionAlgorithm.winograd(number % 2 == 0 ? 4 : 3)
      let layers = try session.tunableLayers(for: inputs).map { ($0, tile) }
      session = session.using(ConvolutionTuning(Dictionary(uniqueKeysWithValues: layers)))
      let expected = try #require(try Session(model: model, options: plain).run(inputs).values.first?.tensor)
      let found = try #require(try session.run(inputs).values.first?.tensor)
      #expect(expected.shape == found.shape, "\(recipe)")
      let pairs = zip(try expected.doubles(), try found.doubles())
      let worst = pairs.map { ($0 - $1).isNaN ? .infinity : abs($0 - $1) }.max() ?? 0
      #expect(worst < 1e-4, "\(set): \(recipe): \(worst)")
      for step in try session.steps(for: inputs) where step.operatorType == "Conv" {
        tiles.insert(step.kernel.split(separator: " ").dropLast().joined(separator: " "))
      }
    }
    #expect(tiles.isSuperset(of: ["winograd f3 strided", "winograd f4 strided"]), "\(set): \(tiles)")
  }

  /// Of the kernel only what can meet the map is read: height, width, kernel, padding, stride and dilation, and how
  /// many taps are left.
  @Test(arguments: [
    ([1, 1], [3, 3], 1, 1, 1, 1), ([1, 5], [3, 3], 1, 1, 1, 3), ([2, 2], [3, 3], 1, 1, 1, 9),
    ([2, 2], [7, 7], 3, 1, 1, 9), ([2, 2], [3, 3], 1, 2, 1, 4), ([2, 1], [3, 3], 2, 1, 2, 1),
  ]) func weightsThatMeetPaddingOnlyAreDropped(
    map: [Int], kernel: [Int], pad: Int, stride: Int, dilation: Int, taps: Int
  ) throws {
    var generator = SeededGenerator(seed: 5)
    var recipe = Recipe(&generator)
    (recipe.images, recipe.channels, recipe.filters, recipe.groups) = (1, 20, 30, 1)
    (recipe.height, recipe.width, recipe.kernel) = (map[0], map[1], kernel)
    (recipe.stride, recipe.dilation) = ([stride, stride], [dilation, dilation])
    recipe.pads = [pad, pad, pad, pad]
    (recipe.hasResidual, recipe.pools, recipe.activation) = (false, false, "")
    let model = try #require(try recipe.model(&generator))
    let inputs = try RandomInputs().values(for: model.graph)
    let step = try #require(try Session(model: model).steps(for: inputs).first { $0.operatorType == "Conv" })
    let places = step.extents[2] * step.extents[3]
    #expect(step.multiplyAdds == 20 * 30 * places * taps, "\(recipe)")
    var plain = SessionOptions()
    plain.usesKernels = false
    let expected = try Session(model: model, options: plain).run(inputs).values.first?.tensor?.doubles()
    let found = try Session(model: model).run(inputs).values.first?.tensor?.doubles()
    let pairs = zip(try #require(expected), try #require(found))
    #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "\(recipe)")
  }

  /// Sums of what was quantized by powers of two are exact, and one in 512 lies in the middle between two steps: the
  /// planned convolution must not round any of them away from its middle.
  @Test func quantizedConvolutionsRoundAsTheirDefinition() throws {
    var generator = SeededGenerator(seed: 4)
    func bytes(_ shape: [Int]) throws -> Tensor {
      try Tensor(
        (0..<shape.reduce(1, *)).map { _ in Int8.random(in: -127...127, using: &generator) }, shape: shape)
    }
    let graph = Graph(
      name: "g",
      nodes: [
        Node("DequantizeLinear", inputs: ["x", "quarter"], outputs: ["x_real"]),
        Node("DequantizeLinear", inputs: ["w", "eighth"], outputs: ["w_real"]),
        Node(
          "Conv", inputs: ["x_real", "w_real"], outputs: ["c"], attributes: ["pads": .ints([1, 1, 1, 1])]),
        Node("Relu", inputs: ["c"], outputs: ["r"]),
        Node("QuantizeLinear", inputs: ["r", "step", "zero"], outputs: ["y"]),
      ],
      initializers: [
        "w": try bytes([32, 32, 3, 3]), "quarter": try floats([0.25], []), "eighth": try floats([0.125], []),
        "step": try floats([16], []), "zero": try Tensor([-128] as [Int8], shape: []),
      ],
      inputs: [Value("x", .tensor(.int8, [2, 32, 14, 14]))], outputs: [Value("y", .tensor(.int8, nil))])
    let model = Model(graph: graph, opsetImports: ["": 21], irVersion: 10)
    let x = RuntimeValue.tensor(try bytes([2, 32, 14, 14]))
    var plain = SessionOptions()
    plain.usesKernels = false
    let expected = try Session(model: model, options: plain).run(["x": x])
    let session = try Session(model: model)
    #expect(
      try session.steps(for: ["x": x]).contains { $0.operatorType == "Conv" && $0.kernel != "reference" })
    #expect(try session.run(["x": x]) == expected)
  }
}
