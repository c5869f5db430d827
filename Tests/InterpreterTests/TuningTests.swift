import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Which algorithm computes a convolution: the cost model's choice, a measured one, and the error budget's say.
@Suite struct TuningTests {
  /// A convolution of random maps, whose sums have no structure.
  private struct Layer {
    var channels = 32
    var kernel = 3
    var stride = 1
    let side = 24
    let filters = 32

    /// Of a picture, as networks begin.
    static let first = Layer(channels: 3, kernel: 7, stride: 2)

    func model() throws -> Model {
      var generator = SeededGenerator(seed: 7)
      let shape = [filters, channels, kernel, kernel]
      let weights = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) }
      let (pad, step) = (Int64(kernel / 2), Int64(stride))
      var graph = Graph(
        name: "one",
        nodes: [
          Node(
            "Conv", inputs: ["x", "w"], outputs: ["y"],
            attributes: ["pads": .ints([pad, pad, pad, pad]), "strides": .ints([step, step])])
        ],
        inputs: [Value("x", .tensor(.float32, Shape([1, channels, side, side])))],
        outputs: [Value("y", .tensor(.float32, Shape([1, filters, side / stride, side / stride])))])
      graph.initializers["w"] = try Tensor(weights, shape: shape)
      return Model(graph: graph, opsetImports: ["": 17], irVersion: 8)
    }

    func inputs() throws -> OrderedDictionary<String, RuntimeValue> {
      var generator = SeededGenerator(seed: 8)
      let values = (0..<channels * side * side).map { _ in Float.random(in: -1...1, using: &generator) }
      return ["x": .tensor(try Tensor(values, shape: [1, channels, side, side]))]
    }
  }

  private func model() throws -> Model { try Layer().model() }
  private func inputs() throws -> OrderedDictionary<String, RuntimeValue> { try Layer().inputs() }

  private func kernel(_ session: Session) throws -> String {
    try #require(try session.steps(for: try inputs()).first { $0.operatorType == "Conv" }).kernel
  }

  /// A session that computes the one convolution by `algorithm`.
  private func session(_ algorithm: ConvolutionAlgorithm, of layer: Layer) throws -> Session {
    var options = SessionOptions()
    options.errorBudget = 1
    let session = try Session(model: try layer.model(), options: options)
    let layers = try session.tunableLayers(for: try layer.inputs())
    #expect(layers.count == 1)
    return session.using(ConvolutionTuning(Dictionary(uniqueKeysWithValues: layers.map { ($0, algorithm) })))
  }

  @Test func errorsOfTilesAreAsLargeAsSaid() throws {
    var plain = SessionOptions()
    plain.usesKernels = false
    for tile in WinogradTile.all {
      let layer = tile.taps == 4 ? Layer.first : Layer()
      let inputs = try layer.inputs()
      let definition = try Session(model: try layer.model(), options: plain)
      let exact = try #require(try definition.run(inputs)["y"]?.tensor).doubles()
      let largest = exact.map(\.magnitude).max() ?? 0
      let session = try session(.winograd(tile.size), of: layer)
      let chosen = try #require(try session.steps(for: inputs).first { $0.operatorType == "Conv" }).kernel
      #expect(chosen.hasPrefix("winograd f\(tile.size)"))
      let found = try #require(try session.run(inputs)["y"]?.tensor).doubles()
      let error = zip(found, exact).map { abs($0 - $1) }.max() ?? .infinity
      #expect(error / largest <= tile.error, "f\(tile.size): \(error / largest)")
      // The figure is worth something: not far above either.
      #expect(error / largest > tile.error / 100, "f\(tile.size): \(error / largest)")
    }
  }

  @Test func theErrorBudgetExcludesTiles() throws {
    for (budget, allowed) in [(0, ["direct"]), (1e-6, ["direct", "winograd f2"])] {
      var options = SessionOptions()
      options.errorBudget = budget
      let session = try Session(model: try model(), options: options)
      let measured = try session.tuned(for: try inputs(), duration: .zero, leastRuns: 2)
      let algorithms = Set(measured.algorithms.values.map(\.name))
      #expect(algorithms.isSubset(of: allowed), "\(budget): \(algorithms)")
      let chosen = try kernel(session)
      #expect(allowed.contains { chosen.contains($0) }, "\(budget): \(chosen)")
      // Nor does a tuning made under another budget bring them back.
      let layers = ["x"] + (try session.tunableLayers(for: try inputs()))
      let other = ConvolutionTuning(Dictionary(uniqueKeysWithValues: layers.map { ($0, .winograd(6)) }))
      let tuned = try kernel(session.using(other))
      #expect(!tuned.contains("f6"), "\(budget): \(tuned)")
    }
  }

  @Test func whatWasMeasuredIsUsed() throws {
    let session = try Session(model: try model())
    #expect(try session.needsTuning(for: try inputs()))
    var shares: [Double] = []
    let found = try session.tuned(for: try inputs(), duration: .zero, leastRuns: 3) { shares.append($0) }
    #expect(shares == shares.sorted() && shares.last == 1)
    #expect(found.count == 1)
    let tuned = session.using(found)
    #expect(try !tuned.needsTuning(for: try inputs()))
    let name = try #require(found.algorithms.values.first).name
    let chosen = try kernel(tuned)
    #expect(chosen.contains(name))
  }

  @Test func textsAreReadBack() throws {
    let one = ConvolutionTuning(["b": .winograd(4), "a": .direct])
    #expect(one.text == "cbam tuning 1\na\tdirect\nb\twinograd f4\n")
    var read = try ConvolutionTuning(text: one.text)
    #expect(read == one)
    read.merge(ConvolutionTuning(["b": .direct, "c": .winograd(2)]))
    #expect(read.algorithms == ["a": .direct, "b": .direct, "c": .winograd(2)])
    for (text, line) in [
      ("", 1), ("something", 1), ("cbam tuning 2\n", 1), ("cbam tuning 1\na direct\n", 2),
      ("cbam tuning 1\na\tdirect\nb\twinograd f5\n", 3), ("cbam tuning 1\na\tb\tc\n", 2),
    ] {
      #expect(throws: TuningTextError(line: line), "\(text)") { try ConvolutionTuning(text: text) }
    }
  }
}
