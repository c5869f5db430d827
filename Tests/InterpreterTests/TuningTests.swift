import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// Which algorithm computes a convolution: the cost model's choice, a measured one, and the error budget's say.
@Suite struct TuningTests {
  private static let channels = 32
  private static let side = 24

  /// A 3×3 convolution of random maps, whose sums have no structure.
  private func model() throws -> Model {
    var generator = SeededGenerator(seed: 7)
    let count = Self.channels * Self.channels * 9
    let weights = (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
    let extents = Shape([1, Self.channels, Self.side, Self.side])
    var graph = Graph(
      name: "one",
      nodes: [
        Node("Conv", inputs: ["x", "w"], outputs: ["y"], attributes: ["pads": .ints([1, 1, 1, 1])])
      ],
      inputs: [Value("x", .tensor(.float32, extents))], outputs: [Value("y", .tensor(.float32, extents))])
    graph.initializers["w"] = try Tensor(weights, shape: [Self.channels, Self.channels, 3, 3])
    return Model(graph: graph, opsetImports: ["": 17], irVersion: 8)
  }

  private func inputs() throws -> OrderedDictionary<String, RuntimeValue> {
    var generator = SeededGenerator(seed: 8)
    let values = (0..<Self.channels * Self.side * Self.side).map { _ in
      Float.random(in: -1...1, using: &generator)
    }
    return ["x": .tensor(try Tensor(values, shape: [1, Self.channels, Self.side, Self.side]))]
  }

  private func kernel(_ session: Session) throws -> String {
    try #require(try session.steps(for: try inputs()).first { $0.operatorType == "Conv" }).kernel
  }

  /// A session that computes the one convolution by `algorithm`.
  private func session(_ algorithm: ConvolutionAlgorithm) throws -> Session {
    var options = SessionOptions()
    options.errorBudget = 1
    let session = try Session(model: try model(), options: options)
    let layers = try session.tunableLayers(for: try inputs())
    #expect(layers.count == 1)
    return session.using(ConvolutionTuning(Dictionary(uniqueKeysWithValues: layers.map { ($0, algorithm) })))
  }

  @Test func errorsOfTilesAreAsLargeAsSaid() throws {
    var plain = SessionOptions()
    plain.usesKernels = false
    let definition = try Session(model: try model(), options: plain)
    let exact = try #require(try definition.run(try inputs())["y"]?.tensor).doubles()
    let largest = exact.map(\.magnitude).max() ?? 0
    for tile in WinogradTile.all {
      let session = try session(.winograd(tile.size))
      #expect(try kernel(session).hasPrefix("winograd f\(tile.size)"))
      let found = try #require(try session.run(try inputs())["y"]?.tensor).doubles()
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
