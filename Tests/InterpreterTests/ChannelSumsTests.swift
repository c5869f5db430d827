import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Channel attention's sums are the same whether the convolution in front takes them or the block reads the map again.
@Suite struct ChannelSumsTests {
  /// A convolution with a CBAM block behind it.
  struct Case {
    let depth: Int
    let filters: Int
    let images: Int
    let height: Int
    let width: Int
    let kernel: Int
    var pools = false
    var groups = 1

    var shape: [Int] { [images, depth, height, width] }

    func model(_ generator: inout SeededGenerator) throws -> Model {
      let (outHeight, outWidth) = pools ? (height / 2, width / 2) : (height, width)
      let block = try AttentionFormsTests.Block(
        shape: [images, filters, outHeight, outWidth], hidden: 3, kernelSize: 7, type: .float32,
        hasBiases: true, reshapesBeforeSigmoid: false, &generator)
      var model = try block.model([.linear, .linear], storedAs: .float32, sharesWeights: true)
      let weights = [filters, depth / groups, kernel, kernel]
      model.graph.initializers["filters"] = try Tensor(
        generator.floats(weights.reduce(1, *)).map { $0 / 8 }, shape: weights)
      model.graph.inputs = [Value("picture", .tensor(.float32, Shape(shape)))]
      var nodes = [
        Node(
          "Conv", inputs: ["picture", "filters"], outputs: [pools ? "map" : "x"],
          attributes: [
            "pads": .ints([Int64](repeating: Int64(kernel / 2), count: 4)), "group": .int(Int64(groups)),
          ])
      ]
      if pools {
        nodes += [
          Node("Relu", inputs: ["map"], outputs: ["limited"]),
          Node(
            "MaxPool", inputs: ["limited"], outputs: ["x"],
            attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]),
        ]
      }
      model.graph.nodes = nodes + model.graph.nodes
      return model
    }
  }

  private static let cases = [
    // Large maps by rows of tiles, by blocks of channels, and by rows.
    Case(depth: 24, filters: 48, images: 1, height: 40, width: 56, kernel: 3),
    Case(depth: 200, filters: 200, images: 1, height: 26, width: 26, kernel: 3),
    Case(depth: 40, filters: 72, images: 1, height: 33, width: 31, kernel: 1),
    Case(depth: 3, filters: 32, images: 1, height: 48, width: 48, kernel: 3),
    Case(depth: 24, filters: 48, images: 2, height: 64, width: 64, kernel: 3, pools: true),
    Case(depth: 24, filters: 48, images: 2, height: 30, width: 30, kernel: 3),
    Case(depth: 32, filters: 64, images: 1, height: 27, width: 27, kernel: 5, groups: 2),
    // Small ones, which are one part.
    Case(depth: 16, filters: 33, images: 3, height: 9, width: 7, kernel: 3),
    Case(depth: 20, filters: 20, images: 2, height: 1, width: 17, kernel: 1),
    Case(depth: 3, filters: 32, images: 1, height: 32, width: 32, kernel: 3, pools: true),
  ]

  @Test(arguments: PlannedConvolutionTests.sets) func whoTakesThemChangesNothing(set: String) throws {
    var generator = SeededGenerator(seed: 91)
    var taken = 0
    for (number, one) in Self.cases.enumerated() {
      let model = try one.model(&generator)
      let picture = try Tensor(generator.floats(one.shape.reduce(1, *)), shape: one.shape)
      let inputs: OrderedDictionary<String, RuntimeValue> = ["picture": .tensor(picture)]
      // The map as it is in a plan that shows it to the caller, given to the block alone.
      var shown = model
      shown.graph.outputs.append(Value("x", nil))
      var alone = model
      alone.graph.nodes.removeFirst(one.pools ? 3 : 1)
      alone.graph.inputs = [Value("x", nil)]

      var options = SessionOptions()
      options.instructionSet = set
      options.threads = 1
      let map = try #require(try Session(model: shown, options: options).run(inputs)["x"])
      let mapShape = Shape(try #require(map.tensor).shape)
      alone.graph.inputs = [Value("x", .tensor(.float32, mapShape))]
      let block = try Session(model: alone, options: options)
      let isSummed = try block.steps(for: ["x": map]).contains { $0.kernel.hasPrefix("cbam summed") }
      #expect(!isSummed, "no convolution is there to take them")
      let expected = try bits(try block.run(["x": map]), of: model)
      for threads in 1...3 {
        options.threads = threads
        let session = try Session(model: model, options: options)
        if try session.steps(for: inputs).contains(where: { $0.kernel.hasPrefix("cbam summed") }) {
          taken += 1
        }
        #expect(
          try bits(try session.run(inputs), of: model) == expected,
          "case \(number), \(threads) threads on \(set)")
      }
    }
    // Not all: tasks of some write no whole parts.
    #expect(taken >= 2 * Self.cases.count, "\(taken) of \(3 * Self.cases.count) on \(set)")
  }

  private func bits(
    _ outputs: OrderedDictionary<String, RuntimeValue>, of model: Model
  ) throws -> [[UInt32]] {
    try model.graph.outputs.map { output in
      try #require(outputs[output.name]?.tensor).elements(of: Float.self).map(\.bitPattern)
    }
  }
}
