import Testing

@testable import Graph

/// Weights that are made where they are read or copied to.
@Suite struct ScaledRowsTests {
  private static let source = (0..<1000).map { Float($0) * 0.1 - 30 }
  private static let factors = (0..<8).map { 1 / Double($0 + 3) }

  private static func rows() throws -> (Tensor, expected: [Float]) {
    let tensor = try Tensor(source, shape: [8, 125]).scalingRows(by: factors)
    return (tensor, source.indices.map { Float(Double(source[$0]) * factors[$0 / 125]) })
  }

  @Test func theyAreMadeWhereFirstRead() throws {
    let (tensor, expected) = try Self.rows()
    #expect(tensor.isDeferred && tensor.byteCount == 4000 && tensor.shape == [8, 125])
    #expect(try tensor.elements(of: Float.self) == expected)
    #expect(try tensor.reshaped(to: [1000]).elements(of: Float.self) == expected)
    #expect(tensor == (try Tensor(expected, shape: [8, 125])))
    #expect(tensor != (try Tensor(Self.source, shape: [8, 125])))
  }

  @Test func writingCopiesThem() throws {
    let (tensor, expected) = try Self.rows()
    var copy = tensor
    try copy.withMutableElements(of: Float.self) { $0[0] = 9 }
    #expect(!copy.isDeferred)
    #expect(try tensor.elements(of: Float.self) == expected)
    #expect(try copy.elements(of: Float.self) == [9] + expected.dropFirst())
  }

  /// In pieces that begin and end inside rows, before all rows are made and after.
  @Test func piecesAreTheSame() throws {
    let (tensor, expected) = try Self.rows()
    for isMade in [false, true] {
      var found = [Float](repeating: 0, count: 1000)
      for start in stride(from: 0, to: 1000, by: 77) {
        let end = min(1000, start + 77)
        found.withUnsafeMutableBytes { target in
          guard let base = target.baseAddress else { return }
          tensor.copyBytes(start * 4..<end * 4, to: base + start * 4)
        }
      }
      #expect(found == expected, "made: \(isMade)")
      #expect(try tensor.elements(of: Float.self) == expected)
    }
  }

  @Test func othersAreCopied() throws {
    let tensor = try Tensor([1, 2, 3, 4] as [Int16], shape: [4])
    var found: [Int16] = [0, 0]
    found.withUnsafeMutableBytes { if let base = $0.baseAddress { tensor.copyBytes(2..<6, to: base) } }
    #expect(found == [2, 3])
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let rows = try Tensor([1, 2] as [Float], shape: [2, 1])
    #expect(throws: TensorError.self) { try rows.scalingRows(by: [1]) }
    #expect(throws: TensorError.self) { try Tensor([1] as [Float], shape: []).scalingRows(by: []) }
    #expect(throws: TensorError.self) { try Tensor([1] as [Double], shape: [1]).scalingRows(by: [1]) }
    for (shape, factors) in [([2, 0], [1, 2]), ([0, 2], [])] as [([Int], [Double])] {
      let empty = try Tensor(zeros: .float32, shape: shape).scalingRows(by: factors)
      #expect(try empty.elements(of: Float.self) == [])
    }
  }
}
