import CKernels
import TestSupport
import Testing

/// Direct and depthwise convolution against the definition, within γ of the number of operations.
@Suite struct ConvolutionTests {
  static let cases: [ConvolutionCase] = {
    var generator = SeededGenerator(seed: 5)
    var cases: [ConvolutionCase] = []
    while cases.count < 70 {
      var one = ConvolutionCase(seed: UInt64(cases.count))
      one.takeSizes(cases.count)
      let kernels = [(1, 1), (1, 1), (3, 3), (3, 3), (5, 5), (7, 7), (1, 3), (4, 2)]
      one.kernel = kernels.randomElement(using: &generator) ?? (1, 1)
      let strides = [(1, 1), (1, 1), (2, 2), (2, 1), (3, 3)]
      one.stride = strides.randomElement(using: &generator) ?? (1, 1)
      one.dilation = [(1, 1), (1, 1), (2, 2), (3, 1)].randomElement(using: &generator) ?? (1, 1)
      one.pad = (
        .random(in: 0...3, using: &generator), .random(in: 0...3, using: &generator),
        .random(in: 0...3, using: &generator), .random(in: 0...3, using: &generator)
      )
      if one.kernel == (1, 1), Bool.random(using: &generator) { one.pad = (0, 0, 0, 0) }
      one.pool = Int.random(in: 0..<4, using: &generator) == 0 ? 2 : 1
      one.residual = one.pool == 1 && Bool.random(using: &generator)
      one.plainInput = one.inputs <= 4 && Bool.random(using: &generator)
      one.tileBlocks = [1, 2, 4].randomElement(using: &generator) ?? 1
      one.chunkPlanes = .random(in: 0...2, using: &generator)
      one.planesFirst = Bool.random(using: &generator)
      one.gathers = one.planesFirst && one.pool == 1 && !one.plainInput && Bool.random(using: &generator)
      one.rowsAtOnce = .random(in: 1...5, using: &generator)
      if Bool.random(using: &generator) { one.clamp = (0, Bool.random(using: &generator) ? 1 : .infinity) }
      if one.isPossible { cases.append(one) }
    }
    return cases
  }()

  /// The same, depthwise.
  static let depthwiseCases: [ConvolutionCase] = cases.map { one in
    var one = one
    one.depthwise = true
    one.plainInput = false
    one.gathers = false
    one.inputs = one.outputs
    one.pool = 1
    return one
  }

  /// Depthwise, of the kernels that networks have: borders on all sides, odd and even counts of rows.
  static let usualDepthwiseCases: [ConvolutionCase] = {
    var generator = SeededGenerator(seed: 6)
    return (0..<80).map { number in
      var one = ConvolutionCase(seed: UInt64(number))
      one.depthwise = true
      one.takeSizes(number)
      one.inputs = one.outputs
      one.kernel = number % 2 == 0 ? (3, 3) : (5, 5)
      one.stride = number / 2 % 2 == 0 ? (1, 1) : (2, 2)
      let least = one.kernel.h / 2
      func pad() -> Int { .random(in: least...least + 2, using: &generator) }
      one.pad = (pad(), pad(), pad(), pad())
      one.residual = number % 3 == 0
      one.rowsAtOnce = .random(in: 1...5, using: &generator)
      if number % 5 == 0 { one.clamp = (0, 6) }
      return one
    }
  }()

  @Test func casesHaveAllSizes() {
    for cases in [Self.cases, Self.depthwiseCases, Self.usualDepthwiseCases] {
      #expect(ConvolutionCase.haveAllSizes(cases))
    }
  }

  /// The definition's results, which all instruction sets share.
  static let sums = cases.map { $0.sums() }
  static let depthwiseSums = (depthwiseCases + usualDepthwiseCases).map { $0.sums() }

  @Test(arguments: KernelSet.all) func direct(set: KernelSet) {
    for (one, sums) in zip(Self.cases, Self.sums) { run(one, sums, on: set) }
  }

  @Test(arguments: KernelSet.all) func depthwise(set: KernelSet) {
    let cases = Self.depthwiseCases + Self.usualDepthwiseCases
    for (one, sums) in zip(cases, Self.depthwiseSums) { run(one, sums, on: set) }
  }

  private func run(_ one: ConvolutionCase, _ sums: (value: [Double], magnitude: [Double]), on set: KernelSet)
  {
    let lanes = set.width
    let (input, _, bias, residual) = one.data()
    let rows = one.outHeight / one.pool
    let pixels = rows * (one.outWidth / one.pool)
    let blocks = (one.outputs + lanes - 1) / lanes
    let x =
      one.plainInput
      ? input : blocked(input, channels: one.inputs, pixels: one.height * one.width, width: lanes)
    let weights = one.packedWeights(lanes: lanes)
    let paddedBias = bias + [Float](repeating: 0, count: blocks * lanes - one.outputs)
    let added = blocked(residual, channels: one.outputs, pixels: pixels, width: lanes)
    // NaN where nothing was written.
    var out = [Float](repeating: .nan, count: blocks * pixels * lanes)
    var descriptor = one.descriptor(lanes: lanes)
    let needed = ck_f32_conv_scratch(&descriptor, Int32(one.rowsAtOnce), Int32(lanes))
    var scratch = [Float](repeating: .nan, count: needed)
    for row in stride(from: 0, to: rows, by: one.rowsAtOnce) {
      let end = Int32(min(rows, row + one.rowsAtOnce))
      if one.depthwise {
        let taps = one.kernel.h * one.kernel.w * lanes
        let plane = one.height * one.width * lanes
        for block in 0..<blocks {
          let range = block * pixels * lanes..<(block + 1) * pixels * lanes
          var part = Array(out[range])
          set.conv.depthwise_rows(
            &descriptor, Array(x[block * plane..<(block + 1) * plane]),
            Array(weights[block * taps..<(block + 1) * taps]),
            Array(paddedBias[block * lanes..<(block + 1) * lanes]), one.residual ? Array(added[range]) : nil,
            &part,
            Int32(row), end)
          out.replaceSubrange(range, with: part)
        }
      } else {
        set.conv.conv_rows(
          &descriptor, x, weights, paddedBias, one.residual ? added : nil, &out, Int32(row), end, 0,
          Int32(blocks),
          &scratch)
      }
    }
    let terms = (one.depthwise ? 1 : one.inputs) * one.kernel.h * one.kernel.w + 2
    one.check(
      plain(out, channels: one.outputs, pixels: pixels, width: lanes),
      bound: sums.magnitude.map { gamma(terms) * $0 },
      value: sums.value, set)
  }
}
