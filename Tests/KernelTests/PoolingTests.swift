import CKernels
import TestSupport
import Testing

/// Maxima and means over windows against the definition: maxima exactly, means within γ of the window's size.
@Suite struct PoolingTests {
  @Test(arguments: KernelSet.all) func windows(set: KernelSet) {
    var generator = SeededGenerator(seed: 25)
    var cases: [ConvolutionCase] = []
    for number in 0..<120 {
      var one = ConvolutionCase(seed: UInt64(number))
      one.takeSizes(number)
      one.inputs = set.width
      one.outputs = 1
      let sizes = [(2, 2), (3, 3), (3, 3), (5, 5), (2, 3), (1, 4)]
      one.kernel = sizes.randomElement(using: &generator) ?? (2, 2)
      let step = Int.random(in: 1...3, using: &generator)
      one.stride = (step, Int.random(in: 1...3, using: &generator))
      one.dilation = Int.random(in: 0..<4, using: &generator) == 0 ? (2, 2) : (1, 1)
      let limit = min(one.kernel.h, one.kernel.w) - 1
      one.pad = (
        .random(in: 0...limit, using: &generator), .random(in: 0...limit, using: &generator),
        .random(in: 0...limit, using: &generator), .random(in: 0...limit, using: &generator)
      )
      guard one.isPossible else { continue }
      for average in [false, true] { check(one, average: average, on: set) }
      cases.append(one)
    }
    #expect(ConvolutionCase.haveAllSizes(cases, in: [\.height, \.width]))
  }

  private func check(_ one: ConvolutionCase, average: Bool, on set: KernelSet) {
    let lanes = set.width
    let input = one.data().input
    let x = blocked(input, channels: lanes, pixels: one.height * one.width, width: lanes)
    var descriptor = one.descriptor(lanes: lanes)
    let pixels = one.outHeight * one.outWidth
    var out = [Float](repeating: .nan, count: pixels * lanes)
    // In two parts, as workers share it.
    let middle = Int32(one.outHeight / 2)
    set.ops.pool_rows(&descriptor, x, &out, 0, middle, average ? 1 : 0, 0)
    set.ops.pool_rows(&descriptor, x, &out, middle, Int32(one.outHeight), average ? 1 : 0, 0)
    let found = plain(out, channels: lanes, pixels: pixels, width: lanes)
    for channel in 0..<lanes {
      for y in 0..<one.outHeight {
        for x in 0..<one.outWidth {
          let window = window(one, input, channel, y, x)
          let value = Double(found[(channel * one.outHeight + y) * one.outWidth + x])
          let expected =
            average ? window.reduce(0, +) / Double(window.count) : window.max() ?? -.infinity
          let bound =
            average
            ? gamma(window.count + 1) * window.reduce(0) { $0 + abs($1) } / Double(window.count) : 0
          // A window without a single value has neither; only padding beyond the standard's makes one.
          guard !window.isEmpty, !(abs(value - expected) <= bound) else { continue }
          Issue.record(
            "\(set): average \(average) \(one): [\(channel), \(y), \(x)] is \(value), needs \(expected) ± \(bound)"
          )
          return
        }
      }
    }
  }

  /// The values that one window sees.
  private func window(_ one: ConvolutionCase, _ input: [Float], _ channel: Int, _ y: Int, _ x: Int)
    -> [Double]
  {
    var values: [Double] = []
    for kh in 0..<one.kernel.h {
      for kw in 0..<one.kernel.w {
        let iy = y * one.stride.h - one.pad.top + kh * one.dilation.h
        let ix = x * one.stride.w - one.pad.left + kw * one.dilation.w
        guard iy >= 0, iy < one.height, ix >= 0, ix < one.width else { continue }
        values.append(Double(input[(channel * one.height + iy) * one.width + ix]))
      }
    }
    return values
  }
}
