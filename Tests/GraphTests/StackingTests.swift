import Graph
import Testing

@Suite struct StackingTests {
  @Test func samplesArePutTogetherAndTakenApart() throws {
    let one = try Tensor((0..<6).map { Float($0) }, shape: [2, 3])
    let two = try Tensor((6..<9).map { Float($0) }, shape: [1, 3])
    let both = try Tensor.stacking([one, two])
    #expect(try both == Tensor((0..<9).map { Float($0) }, shape: [3, 3]))
    #expect(try both.firstSamples(2) == one)
    #expect(try both.firstSamples(9) == both)
    #expect(try both.firstSamples(0).shape == [0, 3])
    #expect(try Tensor.stacking([one]) == one)
    let texts = try Tensor(strings: ["a", "b"], shape: [2])
    #expect(try Tensor.stacking([texts, texts]).strings() == ["a", "b", "a", "b"])
    // Three elements of four bits end within a byte.
    let nibbles = try Tensor(integers: [1, 2, 3], as: .int4, shape: [1, 3])
    #expect(try Tensor.stacking([nibbles, nibbles]).integers() == [1, 2, 3, 1, 2, 3])
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let one = try Tensor([Float(1), 2], shape: [1, 2])
    #expect(throws: TensorError.self) { try Tensor.stacking([]) }
    #expect(throws: TensorError.self) { try Tensor.stacking([Tensor([Float(1)], shape: [])]) }
    #expect(throws: TensorError.self) { try Tensor.stacking([one, Tensor([1.0, 2], shape: [1, 2])]) }
    #expect(throws: TensorError.self) { try Tensor.stacking([one, Tensor([Float(1)], shape: [1, 1])]) }
    #expect(throws: TensorError.self) { try Tensor([Float(1)], shape: []).firstSamples(1) }
  }
}
