import CKernels
import TestSupport
import Testing

/// Weights brought into kernels' order, against the definition in every bit, from addresses that fit no number.
@Suite struct PackTests {
  /// Numbers of one kind as stored, one byte behind a number's address.
  private struct Stored {
    let bytes: [UInt8]
    let element: ck_element
    let size: Int
    let floats: [Float]

    init(_ element: ck_element, count: Int, _ generator: inout SeededGenerator) {
      self.element = element
      let values = generator.floats(count, in: -70000...70000).map { $0 * Float($0.bitPattern % 7) * 0x1p-12 }
      var bytes: [UInt8] = [0xff]
      switch element {
      case CK_FLOAT16:
        let halves = values.map { Float16($0) }
        floats = halves.map { Float($0) }
        for half in halves { withUnsafeBytes(of: half.bitPattern.littleEndian) { bytes += $0 } }
        size = 2
      case CK_BFLOAT16:
        floats = values.map { Float(bitPattern: $0.bitPattern & 0xffff_0000) }
        for value in values {
          withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian) { bytes += $0 }
        }
        size = 2
      default:
        floats = values
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
        size = 4
      }
      self.bytes = bytes
    }
  }

  private static let elements = [CK_FLOAT32, CK_FLOAT16, CK_BFLOAT16]
  /// What nobody may write over.
  private static let guardian: Float = -7

  @Test(arguments: KernelSet.all) func rowsBecomeLanes(set: KernelSet) {
    var generator = SeededGenerator(seed: 61)
    let lanes = set.width
    for element in Self.elements {
      for rows in 1...lanes {
        for count in Array(1...17) + [31, 32, 33, 50] {
          for inner in Set([1, 2, 3, 9, 16, count]).filter({ $0 <= count }).sorted() {
            // The elements behind the last one are another row's, or nobody's.
            let rowStride = count + Int.random(in: 0...2, using: &generator)
            let stored = Stored(element, count: rowStride * (rows - 1) + count, &generator)
            let outer = (count + inner - 1) / inner
            let isOuterFirst = Bool.random(using: &generator)
            let (innerStride, outerStride) = isOuterFirst ? (outer * lanes, lanes) : (lanes, inner * lanes)
            var out = [Float](repeating: Self.guardian, count: inner * outer * lanes + lanes)
            let areFinite = stored.bytes.withUnsafeBytes { bytes in
              set.conv.pack.columns(
                bytes.baseAddress! + 1, element, rowStride, Int32(rows), Int32(count), Int32(inner),
                innerStride, outerStride, &out)
            }
            var expected = [Float](repeating: Self.guardian, count: out.count)
            for i in 0..<count {
              for lane in 0..<lanes {
                expected[i / inner * outerStride + i % inner * innerStride + lane] =
                  lane < rows ? stored.floats[lane * rowStride + i] : 0
              }
            }
            #expect(
              out.map(\.bitPattern) == expected.map(\.bitPattern),
              "\(set): \(element) \(rows) rows \(count) elements inner \(inner) stride \(rowStride)")
            #expect(areFinite == 1)
          }
        }
      }
    }
  }

  @Test(arguments: KernelSet.all) func rowsStayRows(set: KernelSet) {
    var generator = SeededGenerator(seed: 62)
    for element in Self.elements {
      for rows in [1, 2, 5] {
        for count in Array(1...17) + [31, 32, 33, 50] {
          let rowStride = count + Int.random(in: 0...2, using: &generator)
          let outStride = count + Int.random(in: 0...2, using: &generator)
          let stored = Stored(element, count: rowStride * (rows - 1) + count, &generator)
          var out = [Float](repeating: Self.guardian, count: outStride * rows)
          let areFinite = stored.bytes.withUnsafeBytes { bytes in
            set.conv.pack.rows(
              bytes.baseAddress! + 1, element, rowStride, Int32(rows), Int32(count), outStride, &out)
          }
          var expected = [Float](repeating: Self.guardian, count: out.count)
          for row in 0..<rows {
            for i in 0..<count { expected[row * outStride + i] = stored.floats[row * rowStride + i] }
          }
          #expect(
            out.map(\.bitPattern) == expected.map(\.bitPattern),
            "\(set): \(element) \(rows) rows \(count) elements strides \(rowStride) \(outStride)")
          #expect(areFinite == 1)
        }
      }
    }
  }

  /// Subnormal numbers, infinities and all that are no numbers among them.
  @Test(arguments: KernelSet.all) func everyHalfIsConverted(set: KernelSet) {
    let patterns = (0...UInt16.max).map { $0 }
    var out = [Float](repeating: Self.guardian, count: patterns.count)
    let areFinite = set.conv.pack.rows(
      patterns, CK_FLOAT16, patterns.count, 1, Int32(patterns.count), patterns.count, &out)
    #expect(areFinite == 0)
    for pattern in patterns {
      let (found, expected) = (out[Int(pattern)], Float(Float16(bitPattern: pattern)))
      #expect(
        expected.isNaN ? found.isNaN : found.bitPattern == expected.bitPattern, "\(set): pattern \(pattern)")
    }
  }

  @Test(arguments: KernelSet.all) func whatIsNotFiniteIsFound(set: KernelSet) {
    let lanes = set.width
    for bad in [Float.infinity, -.infinity, .nan] {
      for count in [1, 5, 16, 33] {
        for place in 0..<count {
          var row = [Float](repeating: 1, count: count)
          row[place] = bad
          var out = [Float](repeating: 0, count: count * lanes)
          #expect(set.conv.pack.rows(row, CK_FLOAT32, count, 1, Int32(count), count, &out) == 0)
          #expect(
            set.conv.pack.columns(row, CK_FLOAT32, count, 1, Int32(count), Int32(count), lanes, 0, &out) == 0,
            "\(set): \(bad) at \(place) of \(count)")
        }
      }
    }
  }

  /// Halves are transformed as the floats are that they stand for.
  @Test(arguments: KernelSet.all) func transformedHalvesAreTransformedFloats(set: KernelSet) {
    var generator = SeededGenerator(seed: 63)
    for (filters, channels) in [(1, 1), (3, 17), (16, 16), (20, 33)] {
      let stored = Stored(CK_FLOAT16, count: filters * channels * 16, &generator)
      let (blocks, planes) = ((filters + set.width - 1) / set.width, (channels + set.width - 1) / set.width)
      let pack = set.conv.pack
      let transforms = [
        (16, pack.winograd.0), (36, pack.winograd_3), (36, pack.winograd.1), (64, pack.winograd.2),
      ]
      for (points, transform) in transforms {
        let count = points * blocks * planes * set.width * set.width
        var (halves, floats) = (
          [Float](repeating: Self.guardian, count: count), [Float](repeating: .nan, count: count)
        )
        stored.bytes.withUnsafeBytes {
          transform($0.baseAddress! + 1, CK_FLOAT16, Int32(filters), Int32(channels), &halves)
        }
        transform(stored.floats, CK_FLOAT32, Int32(filters), Int32(channels), &floats)
        #expect(halves == floats, "\(set): \(filters) filters of \(channels) channels, \(points) points")
      }
    }
  }
}
