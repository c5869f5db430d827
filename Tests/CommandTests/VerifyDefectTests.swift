import Export
import Graph
import ONNX
import OrderedCollections
import TestSupport
import Testing
import Vision

@testable import Interpreter

/// Kernels with a planted defect, on the real activations of the shipped network: verification must catch each one,
/// and must not accuse the same kernel without the defect.
@Suite struct VerifyDefectTests {
  /// The shipped network on a real picture: every value, and the convolutions with what they read.
  struct Network {
    let session: Session
    let inputs: OrderedDictionary<String, RuntimeValue>
    let values: [String: RuntimeValue]

    init(fused: Bool) throws {
      let folder = try ScratchFolder()
      let model = try ONNXReader().model(path: try RunCommandTests.shipped(folder))
      var options = SessionOptions()
      options.fusesNodes = fused
      session = try Session(model: model, options: options)
      let input = try PictureInput(model: session.model)
      let picture = try Picture(path: "\(RunCommandTests.pictures)/frog.png")
      inputs = [input.name: .tensor(try input.tensor(from: [picture]))]
      var values = Dictionary(uniqueKeysWithValues: inputs.map { ($0.key, $0.value) })
      for step in try session.trace(inputs) {
        for (name, value) in step.values { values[name] = value }
      }
      self.values = values
    }

    /// The first filters of each convolution over maps, as graphs of their own: fewer, because planted kernels are slow.
    func convolutions() throws -> [PlantedConvolution] {
      try session.model.graph.nodes.filter { $0.operatorType == "Conv" }.compactMap { node in
        guard let x = values[node.inputs[0]]?.tensor, x.shape[2] > 1,
          let weights = session.model.graph.initializers[node.inputs[1]]
        else { return nil }
        return try PlantedConvolution(node: node, x: x, weights: weights)
      }
    }
  }

  /// As networks for large pictures begin: 7 × 7 with stride 2, on the picture. Its weights are those of the spatial
  /// attention's convolutions, again and again.
  private func strided(_ network: Network) throws -> PlantedConvolution {
    let x = try #require(network.inputs.values.first?.tensor)
    let kernels = network.session.model.graph.initializers.values.filter { $0.shape == [1, 2, 7, 7] }
    let taps = try kernels.flatMap { Array(try $0.elements(of: Float.self)) }
    let count = 8 * x.shape[1] * 49
    #expect(!taps.isEmpty)
    let weights = try Tensor(
      (0..<count).map { taps[$0 % taps.count] * ($0 / taps.count % 2 == 0 ? 1 : -0.75) },
      shape: [8, x.shape[1], 7, 7])
    let node = Node(
      "Conv", inputs: ["x", "w"], outputs: ["y"],
      attributes: ["strides": .ints([2, 2]), "pads": .ints([3, 3, 3, 3])])
    return try PlantedConvolution(node: node, x: x, weights: weights)
  }

  @Test func stridedDefinitionsInSinglePrecisionPass() throws {
    let convolution = try strided(try Network(fused: false))
    let found = convolution.winograd(try #require(WinogradTransform.of(3)))
    let ratio = try convolution.ratio(found, try convolution.expected(.winograd(3)))
    #expect(ratio > 0 && ratio <= 1, "\(ratio)")
    // The bound of plain sums is another one.
    let plain = try convolution.ratio(found, try convolution.expected())
    #expect(plain != ratio)
  }

  @Test func definitionsInSinglePrecisionPass() throws {
    for convolution in try Network(fused: false).convolutions() {
      #expect(try convolution.ratio(convolution.direct(), try convolution.expected()) <= 1)
      for m in convolution.isSquare ? [2, 4, 6] : [] {
        let found = convolution.winograd(try #require(WinogradTransform.of(m)))
        let ratio = try convolution.ratio(found, try convolution.expected(.winograd(m)))
        #expect(ratio > 0 && ratio <= 1, "F(\(m), 3) of \(convolution.node.label)")
      }
    }
  }

  @Test func wrongSumsAreCaught() throws {
    for convolution in try Network(fused: false).convolutions() {
      let expected = try convolution.expected()
      let bright = try convolution.brightestChannel()
      // One of all taps reads its neighbour's pixel.
      let wrong = convolution.direct(place: { (place: PlantedConvolution.Place) in
        var place = place
        if place.channel == bright, place.row == 1, place.column == 1 { place.column = 2 }
        return place
      })
      try convolution.expectCaught(wrong, "one wrong tap", expected)
      let short = convolution.direct(place: {
        $0.channel == bright && $0.row == 2 && $0.column == 2 ? nil : $0
      })
      try convolution.expectCaught(short, "one dropped accumulation", expected)
      let coarse = convolution.direct(rounding: { BFloat16($0).floatValue })
      try convolution.expectCaught(coarse, "bfloat16 accumulation", expected)
    }
  }

  /// F(2, 3), F(4, 3) and, with stride 2, F(3, 4) are what plans choose from.
  @Test(arguments: [2, 3, 4])
  func aWinogradEntryOffByAThousandthIsCaught(m: Int) throws {
    let exact = try #require(WinogradTransform.of(m))
    let network = try Network(fused: false)
    for convolution in m == 3
      ? [try strided(network)] : try network.convolutions().filter(\.isSquare)
    {
      let expected = try convolution.expected(.winograd(m))
      for (name, matrix) in [("B", \WinogradTransform.input), ("G", \.weights), ("A", \.output)] {
        for row in exact[keyPath: matrix].indices {
          for column in exact[keyPath: matrix][row].indices {
            var transform = exact
            transform[keyPath: matrix][row][column] += 1e-3
            let found = convolution.winograd(transform)
            try convolution.expectCaught(
              found, "\(name)[\(row)][\(column)] of F(\(m), \(exact.taps)) off by 1e-3", expected)
          }
        }
      }
    }
  }

  /// Whole fused steps of the plan, with one of the nodes inside computed wrongly.
  @Test func defectsInsideFusedKernelsAreCaught() throws {
    let network = try Network(fused: true)
    let verifier = Verifier(network.session)
    var caught: Set<String> = []
    var known = Dictionary(uniqueKeysWithValues: network.inputs.map { ($0.key, $0.value) })
    for step in try network.session.trace(network.inputs) {
      for (name, value) in step.values where verifier.flow.writer(of: name) != nil {
        #expect(
          try verifier.check(name, value, of: step, number: 1, known: known).verdict != .defect, "\(name)")
        let nodes = verifier.flow.nodes(computing: [name]) { known[$0] != nil || verifier.flow.isGiven($0) }
        for position in nodes {
          let node = network.session.model.graph.nodes[position]
          guard let defect = PlantedDefect.of(node) else { continue }
          let clean = try Self.run(nodes, in: network, from: known)
          let spoiled = try Self.run(nodes, in: network, from: known, defect: (position, defect))
          // Behind a ReLU that lets nothing through nothing is wrong.
          if spoiled[name] == clean[name] { continue }
          let report = try verifier.check(
            name, try #require(spoiled[name]),
            of: TracedStep(operatorType: "", kernel: step.kernel, values: [:]),
            number: 1, known: known)
          #expect(report.verdict == .defect, "\(defect.name) in \(node.label) of \(step.kernel)")
          caught.insert("\(defect.name) in \(node.operatorType) of \(step.operatorType)")
        }
        known[name] = value
      }
    }
    #expect(caught.count >= 6, "\(caught.sorted())")
  }

  /// The values of nodes by their definitions, each rounded once, one of them on changed inputs.
  private static func run(
    _ nodes: [Int], in network: Network, from known: [String: RuntimeValue],
    defect: (Int, PlantedDefect)? = nil
  ) throws -> [String: RuntimeValue] {
    var values = known
    for (name, tensor) in network.session.model.graph.initializers { values[name] = .tensor(tensor) }
    for position in nodes {
      let node = network.session.model.graph.nodes[position]
      var inputs = node.inputs.map { $0.isEmpty ? nil : values[$0] }
      if let defect, defect.0 == position { inputs = try defect.1.change(inputs) }
      for (name, value) in zip(node.outputs, try ReferenceEvaluator.evaluate(node: node, inputs: inputs)) {
        values[name] = value
      }
    }
    return values
  }
}

/// A change of a node's inputs that makes it another computation.
struct PlantedDefect {
  let name: String
  let change: ([RuntimeValue?]) throws -> [RuntimeValue?]

  static func of(_ node: Node) -> PlantedDefect? {
    switch node.operatorType {
    case "Conv":
      // Two neighbouring weights of each filter change places.
      PlantedDefect(name: "two taps exchanged") { inputs in
        try exchanged(inputs) { _ in (0, 1) }
      }
    case "Gemm":
      // The weights of the largest and of the smallest input.
      PlantedDefect(name: "two weights exchanged") { inputs in
        try exchanged(inputs) { x in
          let order = x.indices.sorted { x[$0].magnitude < x[$1].magnitude }
          return (order[0], order[x.count - 1])
        }
      }
    case "ReduceMean", "GlobalAveragePool":
      PlantedDefect(name: "one element left out") { inputs in
        guard var map = inputs[0]?.tensor else { return inputs }
        try map.withMutableElements(of: Float.self) { elements in
          if let largest = elements.indices.max(by: { elements[$0] < elements[$1] }) { elements[largest] = 0 }
        }
        return [.tensor(map)] + inputs.dropFirst()
      }
    default: nil
    }
  }

  /// Inputs with two weights of each row exchanged.
  private static func exchanged(
    _ inputs: [RuntimeValue?], _ places: ([Float]) -> (Int, Int)
  ) throws -> [RuntimeValue?] {
    guard let x = inputs[0]?.tensor, var weights = inputs[1]?.tensor else { return inputs }
    let (one, other) = places(try x.elements(of: Float.self))
    let each = weights.shape.dropFirst().reduce(1, *)
    try weights.withMutableElements(of: Float.self) { elements in
      for first in stride(from: 0, to: elements.count, by: each) {
        elements.swapAt(first + one, first + other)
      }
    }
    return inputs.enumerated().map { $0.offset == 1 ? .tensor(weights) : $0.element }
  }
}
