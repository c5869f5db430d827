import Graph
import Testing

@testable import Interpreter

@Suite struct GenerationTests {
  @Test func constantsFromEveryAttribute() throws {
    #expect(try OperatorCase("Constant", ["value_int": .int(3)])()[0] == longs([3], []))
    #expect(try OperatorCase("Constant", ["value_ints": .ints([])])()[0] == longs([]))
    #expect(try OperatorCase("Constant", ["value_float": .float(3)])()[0] == floats([3], []))
    #expect(try OperatorCase("Constant", ["value_floats": .floats([3])])()[0] == floats([3]))
    #expect(try OperatorCase("Constant", ["value_string": .string("a")])()[0] == texts(["a"], []))
    #expect(try OperatorCase("Constant", ["value_strings": .strings(["a"])])()[0] == texts(["a"]))
    let sparse = try SparseTensor(
      values: floats([5, 6]), indices: longs([0, 1, 1, 0], [2, 2]), shape: [2, 2])
    let dense = try OperatorCase("Constant", ["sparse_value": .sparseTensor(sparse)])()[0]
    #expect(try dense.numbers == [0, 5, 6, 0])
    #expect(throws: (any Error).self) { try OperatorCase("Constant")() }
  }

  @Test func filledShapes() throws {
    #expect(try OperatorCase("ConstantOfShape")(longs([2]))[0] == floats([0, 0]))
    let ones = OperatorCase("ConstantOfShape", ["value": .tensor(try Tensor([1 as Int8], shape: [1]))])
    #expect(try ones(longs([]))[0].integers() == [1])
    #expect(try ones(longs([3, 0]))[0].shape == [3, 0])
    #expect(throws: (any Error).self) { try ones(longs([-1])) }
    #expect(throws: (any Error).self) { try ones(longs([1 << 40, 1 << 40])) }
  }

  @Test func ranges() throws {
    let range = OperatorCase("Range")
    #expect(try range(longs([10], []), longs([4], []), longs([-2], []))[0].integers() == [10, 8, 6])
    #expect(try range(longs([1], []), longs([1], []), longs([1], []))[0].shape == [0])
    #expect(
      try range(floats([0], []), floats([1], []), floats([0.25], []))[0].numbers == [0, 0.25, 0.5, 0.75])
    let halves = try [0, 2050, 1].map { try Tensor([$0 as Float16], shape: []) }
    #expect(try range(halves[0], halves[1], halves[2])[0].count == 2050)
    #expect(throws: (any Error).self) { try range(longs([1], []), longs([2], []), longs([0], [])) }
    #expect(throws: (any Error).self) { try range(longs([0], []), longs([.max], []), longs([1], [])) }
  }

  @Test func diagonals() throws {
    let input = try longs([7, 7, 7, 7, 7, 7], [2, 3])
    #expect(try OperatorCase("EyeLike", ["k": .int(1)])(input)[0].integers() == [0, 1, 0, 0, 0, 1])
    let halves = OperatorCase("EyeLike", ["dtype": .int(Int64(ElementType.float16.rawValue))])
    #expect(try halves(input)[0].elementType == .float16)
  }

  /// The first numbers of MT19937 with seed 5489, from its authors' test output, and NumPy's first double of
  /// seed 0.
  @Test func theGeneratorIsTheKnownOne() {
    var generator = MersenneTwister(seed: 5489)
    #expect([generator.nextWord(), generator.nextWord()] == [3_499_211_612, 581_869_302])
    var zero = MersenneTwister(seed: 0)
    #expect(zero.nextUniform() == 0.548_813_503_927_324_8)
    var normal = MersenneTwister(seed: 0)
    #expect(normal.nextNormal() == 1.764_052_345_967_664)
  }

  @Test func randomNumbersFollowSeedTypeAndRange() throws {
    let shape: Attribute = .ints([1000])
    let uniform = OperatorCase(
      "RandomUniform", ["shape": shape, "seed": .float(3), "low": .float(2), "high": .float(4)])
    let values = try uniform()[0]
    #expect(try values == uniform()[0])
    let numbers = try values.numbers
    #expect(numbers.allSatisfy { $0 >= 2 && $0 <= 4 })
    #expect(abs(numbers.reduce(0, +) / 1000 - 3) < 0.1)
    let normal = try OperatorCase("RandomNormal", ["shape": shape, "mean": .float(5), "dtype": .int(11)])()[0]
    #expect(normal.elementType == .float64)
    #expect(abs(try normal.numbers.reduce(0, +) / 1000 - 5) < 0.2)
    let chances = try Tensor(Array(repeating: 0.25, count: 1000), shape: [1000])
    let coins = try OperatorCase("Bernoulli", ["dtype": .int(9)])(chances)[0]
    #expect((150...350).contains(try coins.integers().reduce(0, +)))
    let drawn = try OperatorCase("Multinomial", ["sample_size": .int(500)])(
      floats([0, -.infinity, 0], [1, 3]))[0]
    #expect(drawn.elementType == .int32 && drawn.shape == [1, 500])
    #expect(Set(try drawn.integers()) == [0, 2])
  }

  @Test func dropoutKeepsScalesAndMasks() throws {
    let input = try floats(Array(repeating: 1, count: 1000))
    let yes = try Tensor([true], shape: [])
    let results = try OperatorCase("Dropout", ["seed": .int(1)], outputs: 2)(input, floats([0.75], []), yes)
    let mask = try results[1].elements(of: Bool.self)
    #expect((150...350).contains(mask.count { $0 }))
    #expect(try results[0].numbers == mask.map { $0 ? 4 : 0 })
    #expect(try OperatorCase("Dropout", outputs: 2)(input)[0] == input)
    // Up to version 9 the mask was of the input's type; up to 6 training was the default.
    let old = try OperatorCase("Dropout", opset: 7, outputs: 2)(input)
    #expect(old[0] == input && old[1] == input)
    #expect(try OperatorCase("Dropout", opset: 6, ["is_test": .int(1)])(input)[0] == input)
    #expect(try OperatorCase("Dropout", opset: 6)(input)[0] != input)
  }
}
