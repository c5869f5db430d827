import Graph
import Interpreter
import OrderedCollections
import Testing

@Suite struct ProfilingTests {
  private func graph(_ type: ValueType?) -> Graph {
    Graph(
      name: "g",
      nodes: [
        Node("Relu", name: "first", inputs: ["x"], outputs: ["a"]),
        Node("Neg", inputs: ["a"], outputs: ["y"]),
      ], inputs: [Value("x", type)], outputs: [Value("y", nil)])
  }

  private func values(_ random: RandomInputs, _ type: ValueType?) throws -> Tensor {
    try #require(try random.values(for: graph(type))["x"]?.tensor)
  }

  @Test func openDimensionsAreFilled() throws {
    let open: ValueType = .tensor(.float32, [.named("n"), 3, .named("h"), .unknown])
    #expect(try values(RandomInputs(size: (5, 6)), open).shape == [1, 3, 5, 6])
    #expect(try values(RandomInputs(batch: 7, size: (5, 6)), open).shape == [7, 3, 5, 6])
    let last: ValueType = .tensor(.float16, [.named("n"), .named("h"), .unknown, 3])
    #expect(try values(RandomInputs(size: (5, 6)), last).shape == [1, 5, 6, 3])
    #expect(try values(RandomInputs(batch: 2), .tensor(.int64, [.unknown, 4])).shape == [2, 4])
    #expect(try values(RandomInputs(), .tensor(.bool, [])).shape == [])
    for (random, type) in [
      (RandomInputs(), open), (RandomInputs(), .tensor(.float32, nil)), (RandomInputs(), nil),
      (RandomInputs(), .tensor(.string, [1])), (RandomInputs(), .tensor(.float32, [1, .named("length")])),
      (RandomInputs(batch: 2), .tensor(.float32, [1, 3, 4, 4])),
      (RandomInputs(size: (2, 2)), .tensor(.float32, [1, .named("c"), 4, 4])),
    ] as [(RandomInputs, ValueType?)] {
      #expect(throws: InterpreterError.self, "\(String(describing: type))") { try values(random, type) }
    }
  }

  @Test func aSeedGivesTheSameNumbersAgain() throws {
    let type: ValueType = .tensor(.float32, [64])
    let first = try values(RandomInputs(seed: 1), type)
    #expect(try values(RandomInputs(seed: 1), type) == first)
    #expect(try values(RandomInputs(seed: 2), type) != first)
    #expect(try first.doubles().allSatisfy { (-1...1).contains($0) })
    #expect(try Set(first.doubles()).count > 60)
  }

  private func session() throws -> (Session, OrderedDictionary<String, RuntimeValue>) {
    let graph = graph(.tensor(.float32, [2, 3]))
    let session = try Session(model: Model(graph: graph, opsetImports: ["": 17], irVersion: 8))
    return (session, try RandomInputs().values(for: graph))
  }

  @Test func aProfileNamesEveryNodeInOrder() throws {
    let (session, inputs) = try session()
    let (outputs, profile) = try session.profile(inputs)
    #expect(outputs == (try session.run(inputs)))
    #expect(profile.entries.map(\.step.nodes) == [["first"], ["y"]])
    #expect(profile.entries.map(\.step.operatorType) == ["Relu", "Neg"])
    #expect(profile.entries.map(\.step.extents) == [[2, 3], [2, 3]])
    #expect(profile.entries[0].start + profile.entries[0].duration <= profile.entries[1].start)
    #expect(Set(profile.byOperator.map(\.operatorType)) == ["Relu", "Neg"])
    #expect(profile.byOperator.map(\.steps) == [1, 1])
  }

  @Test func aBenchmarkRunsAsOftenAsAsked() throws {
    let (session, inputs) = try session()
    let result = try session.benchmark(inputs, warmUp: .zero, duration: .zero, runs: 4...9)
    #expect(result.durations.count == 4)
    #expect(result.minimum <= result.median && result.minimum > .zero)
    #expect(
      try session.benchmark(inputs, warmUp: .zero, duration: .seconds(60), runs: 1...3).durations.count == 3)
    #expect(Duration.microseconds(1500).milliseconds == 1.5)
  }

  @Test func eachNodeIsTimedBesideTheMachinesPeak() throws {
    let weights = try Tensor((0..<20 * 40).map { Float($0 % 7) - 3 }, shape: [20, 40])
    let graph = Graph(
      name: "g",
      nodes: [
        Node("MatMul", name: "multiply", inputs: ["x", "w"], outputs: ["a"]),
        Node("Neg", name: "negate", inputs: ["a"], outputs: ["y"]),
      ], initializers: ["w": weights], inputs: [Value("x", .tensor(.float32, [1, 20]))],
      outputs: [Value("y", nil)])
    let session = try Session(model: Model(graph: graph, opsetImports: ["": 17], irVersion: 8))
    let times = try session.nodeTimes(
      try RandomInputs().values(for: graph), duration: .zero, runs: 3...3)
    #expect(times.runs == 3)
    #expect(times.entries.map(\.step.nodes) == [["multiply"], ["negate"]])
    #expect(times.entries[0].step.multiplyAdds == 20 * 40)
    // The weights once, filled up to whole vectors at the most, and both vectors.
    let bytes = times.entries[0].step.bytes
    #expect(bytes >= 4 * (20 * 40 + 20 + 40))
    #expect(bytes < 4 * 20 * 48 + 1000)
    #expect(times.entries.allSatisfy { $0.median > .zero && $0.bandwidth ?? 0 > 0 })
    #expect(times.entries[1].operations == nil)
    // No multiplication of a vector by a matrix is as fast as registers alone.
    #expect(try #require(times.entries[0].operations) < times.speed.operations)
    #expect(times.speed.bandwidth > 0)
    #expect(times.total >= times.entries[0].median + times.entries[1].median)
  }
}
