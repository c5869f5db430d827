import Graph
import Testing

@testable import Interpreter

@Suite struct EinsumTests {
  private func einsum(_ equation: String, _ a: Tensor, _ b: Tensor? = nil) throws -> Tensor {
    let einsum = OperatorCase("Einsum", ["equation": .string(equation)])
    return try b == nil ? einsum(a)[0] : einsum(a, b)[0]
  }

  @Test func knownEquations() throws {
    let a = try longs([1, 2, 3, 4], [2, 2])
    let b = try longs([5, 6, 7, 8], [2, 2])
    #expect(try einsum("ij,jk->ik", a, b).integers() == [19, 22, 43, 50])
    #expect(try einsum("ij, jk", a, b).integers() == [19, 22, 43, 50])
    #expect(try einsum("ij->ji", a).integers() == [1, 3, 2, 4])
    #expect(try einsum("ba", a).integers() == [1, 3, 2, 4])
    #expect(try einsum("ii", a).integers() == [5])
    #expect(try einsum("ii->i", a).integers() == [1, 4])
    #expect(try einsum("ij->", a).shape == [])
    #expect(try einsum("i,j->ij", longs([1, 2]), longs([3, 4])).integers() == [3, 4, 6, 8])
    #expect(try einsum("...,...", a, longs([2], [])).integers() == [2, 4, 6, 8])
    #expect(
      try einsum("...ij,...jk->...ik", a.reshaped(to: [1, 2, 2]), b.reshaped(to: [1, 2, 2])).shape == [
        1, 2, 2,
      ])
  }

  @Test func threeOperandsAndEmptyOnes() throws {
    let chain = OperatorCase("Einsum", ["equation": .string("ij,jk,kl->il")])
    let ones = try floats([1, 1, 1, 1], [2, 2])
    #expect(try chain(ones, ones, ones)[0].numbers == [4, 4, 4, 4])
    #expect(try einsum("ij,jk->ik", floats([], [2, 0]), floats([], [0, 1])).numbers == [0, 0])
  }

  @Test(arguments: ["ij,jk->", "i", "ij->ik", "ij->ii", "i1", "ij->i->j", "i..j", "......"])
  func badEquationsAreRefused(_ equation: String) throws {
    #expect(throws: (any Error).self) { try einsum(equation, longs([1, 2, 3, 4, 5, 6], [2, 3])) }
  }
}
