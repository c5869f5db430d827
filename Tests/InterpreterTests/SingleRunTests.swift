import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Interpreter

/// A session that expects one run leaves large weights as the file stores them, and gives the same bits.
@Suite struct SingleRunTests {
  @Test(arguments: PlannedConvolutionTests.sets) func productsAreTheSame(set: String) throws {
    var generator = SeededGenerator(seed: 80)
    var stored = 0
    for number in 0..<36 {
      let rows = 1 + number % 3
      let channels = [16, 31, 64, 100, 7][number % 5]
      let side = 1 + number % 4
      let columns = (1 << 16) / (channels * side * side) + Int.random(in: 1...40, using: &generator)
      var model = try HalfWeightsTests.product(
        rows: rows, channels: channels, side: side, columns: columns, kind: number % 3, doubles: false,
        &generator)
      if number % 4 == 3 {
        // Zero times infinity is not zero, packed or not.
        try model.graph.initializers["w"]?.withMutableElements(of: Float.self) {
          $0[$0.count / 2] = .infinity
        }
      }
      let values = generator.floats(rows * channels * side * side).map { max($0, 0) }
      let inputs: OrderedDictionary<String, RuntimeValue> = [
        "x": .tensor(try Tensor(values, shape: [rows, channels, side, side]))
      ]
      var results: [[UInt32]] = []
      for expectsOneRun in [false, true] {
        var options = SessionOptions()
        options.instructionSet = set
        options.threads = 1 + number % 2
        options.expectsOneRun = expectsOneRun
        let session = try Session(model: model, options: options)
        let kernels = try session.steps(for: inputs).map(\.kernel)
        let isStored = kernels.contains { $0.hasPrefix("gemv stored") }
        #expect(isStored == (expectsOneRun && rows < 3), "\(kernels)")
        if isStored { stored += 1 }
        let output = try #require(try session.run(inputs).values.first?.tensor)
        results.append(try output.elements(of: Float.self).map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern })
      }
      #expect(results[0] == results[1], "\(number)")
    }
    #expect(stored == 24)
  }

  /// Types are checked before the one run, however it is done: by a plan, step by step, or by definitions alone.
  @Test(arguments: [true, false], [true, false])
  func typesAreChecked(usesKernels: Bool, isTapped: Bool) throws {
    // Inferred by its operator, Where would give what its other inputs are; that its condition isn't bool, its table says.
    let graph = Graph(
      name: "g", nodes: [Node("Where", name: "choice", inputs: ["x", "x", "x"], outputs: ["y"])],
      inputs: [Value("x", .tensor(.float32, [.symbolic(SymbolicExpression(symbol: "n"))]))],
      outputs: [Value("y", .tensor(.float32, [.symbolic(SymbolicExpression(symbol: "n"))]))])
    let model = Model(graph: graph, opsetImports: ["": 17], irVersion: 8)
    var options = SessionOptions()
    options.usesKernels = usesKernels
    #expect(throws: GraphError.self) { try Session(model: model, options: options) }
    options.expectsOneRun = true
    let session = try Session(model: model, options: options)
    let inputs: OrderedDictionary<String, RuntimeValue> = [
      "x": .tensor(try Tensor([1, 0] as [Float], shape: [2]))
    ]
    let error = #expect(throws: GraphError.self) {
      _ = try isTapped ? session.run(inputs) { _, _, _ in } : session.run(inputs)
    }
    #expect("\(try #require(error))".contains("choice"))
  }
}
