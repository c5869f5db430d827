import CKernels
import TestSupport
import Testing

/// One convolution to be computed both ways; its description is the whole recipe.
struct ConvolutionCase: Sendable, CustomStringConvertible {
  var inputs = 1
  var outputs = 1
  var height = 1
  var width = 1
  var kernel = (h: 1, w: 1)
  var stride = (h: 1, w: 1)
  var dilation = (h: 1, w: 1)
  var pad = (top: 0, left: 0, bottom: 0, right: 0)
  var pool = 1
  var residual = false
  var plainInput = false
  var depthwise = false
  var tileBlocks = 2
  var chunkPlanes = 0
  var planesFirst = false
  var gathers = false
  var rowsAtOnce = 1
  var clamp: (lower: Float, upper: Float) = (-.infinity, .infinity)
  var seed: UInt64 = 0

  var outHeight: Int { (height + pad.top + pad.bottom - (kernel.h - 1) * dilation.h - 1) / stride.h + 1 }
  var outWidth: Int { (width + pad.left + pad.right - (kernel.w - 1) * dilation.w - 1) / stride.w + 1 }
  var isPossible: Bool {
    height + pad.top + pad.bottom > (kernel.h - 1) * dilation.h
      && width + pad.left + pad.right > (kernel.w - 1) * dilation.w
      && outHeight >= pool && outWidth >= pool
  }
  var description: String {
    "inputs \(inputs) outputs \(outputs) map \(height)x\(width) kernel \(kernel) stride \(stride) "
      + "dilation \(dilation) pad \(pad) pool \(pool) residual \(residual) plain \(plainInput) "
      + "depthwise \(depthwise) blocks \(tileBlocks) chunk \(chunkPlanes) planes first \(planesFirst) gathers \(gathers) rows \(rowsAtOnce) clamp \(clamp) seed \(seed)"
  }

  /// Takes sizes of which 17 cases one after the other have each from 1 to 17, in every dimension; every other 17 have
  /// more channels than one or two blocks.
  mutating func takeSizes(_ number: Int) {
    height = 1 + number % 17
    width = 1 + number * 5 % 17
    inputs = 1 + number * 3 % 17
    outputs = 1 + number * 7 % 17
    if number / 17 % 2 == 1 {
      inputs += 16
      outputs += 20
    }
  }

  /// Whether among `cases` is every size from 1 to 17, in each of these dimensions.
  static func haveAllSizes(
    _ cases: [ConvolutionCase],
    in sizes: [KeyPath<ConvolutionCase, Int>] = [\.height, \.width, \.inputs, \.outputs]
  ) -> Bool {
    sizes.allSatisfy { size in
      Set(cases.map { $0[keyPath: size] }).isSuperset(of: 1...17)
    }
  }

  /// Input, weights, bias and residual from the seed.
  func data() -> (input: [Float], weights: [Float], bias: [Float], residual: [Float]) {
    var generator = SeededGenerator(seed: seed)
    let taps = kernel.h * kernel.w
    return (
      generator.floats(inputs * height * width),
      generator.floats((depthwise ? 1 : inputs) * outputs * taps), generator.floats(outputs),
      generator.floats(outputs * (outHeight / pool) * (outWidth / pool))
    )
  }

  /// The definition in Double with the sum of magnitudes, `[outputs][out height][out width]`, before pooling.
  func sums() -> (value: [Double], magnitude: [Double]) {
    let (input, weights, bias, _) = data()
    var value: [Double] = []
    var magnitude: [Double] = []
    for output in 0..<outputs {
      for y in 0..<outHeight {
        for x in 0..<outWidth {
          var sum = Double(bias[output])
          var total = abs(sum)
          for input_ in depthwise ? output..<(output + 1) : 0..<inputs {
            for kh in 0..<kernel.h {
              let iy = y * stride.h - pad.top + kh * dilation.h
              guard iy >= 0, iy < height else { continue }
              for kw in 0..<kernel.w {
                let ix = x * stride.w - pad.left + kw * dilation.w
                guard ix >= 0, ix < width else { continue }
                let weight = weights[
                  ((output * (depthwise ? 1 : inputs) + (depthwise ? 0 : input_)) * kernel.h + kh) * kernel.w
                    + kw]
                let product = Double(input[(input_ * height + iy) * width + ix]) * Double(weight)
                sum += product
                total += abs(product)
              }
            }
          }
          value.append(sum)
          magnitude.append(total)
        }
      }
    }
    return (value, magnitude)
  }

  /// Pools, adds the residual and clamps; bounds follow their values.
  func finished(_ value: [Double], _ bound: [Double]) -> (value: [Double], bound: [Double]) {
    let residual = data().residual
    let height = outHeight / pool
    let width = outWidth / pool
    var values: [Double] = []
    var bounds: [Double] = []
    for output in 0..<outputs {
      for y in 0..<height {
        for x in 0..<width {
          var best = -Double.infinity
          var slack = 0.0
          for dy in 0..<pool {
            for dx in 0..<pool {
              let at = (output * outHeight + y * pool + dy) * outWidth + x * pool + dx
              best = max(best, value[at])
              slack = max(slack, bound[at])
            }
          }
          let position = values.count
          if self.residual {
            best += Double(residual[position])
            slack += gamma(1) * (abs(best) + abs(Double(residual[position])))
          }
          values.append(min(Double(clamp.upper), max(Double(clamp.lower), best)))
          bounds.append(slack + 1e-37)
        }
      }
    }
    return (values, bounds)
  }

  /// Weights `[outputs][inputs][kh][kw]` as the kernels want them.
  func packedWeights(lanes: Int) -> [Float] {
    let weights = data().weights
    let blocks = (outputs + lanes - 1) / lanes
    let lane = plainInput ? 1 : lanes
    let planes = depthwise ? 1 : (inputs + lane - 1) / lane
    let taps = kernel.h * kernel.w
    if depthwise {
      var packed = [Float](repeating: 0, count: blocks * taps * lanes)
      for output in 0..<outputs {
        for tap in 0..<taps {
          packed[(output / lanes * taps + tap) * lanes + output % lanes] = weights[output * taps + tap]
        }
      }
      return packed
    }
    var packed = [Float](repeating: 0, count: blocks * planes * taps * lane * lanes)
    for output in 0..<outputs {
      for input in 0..<inputs {
        for tap in 0..<taps {
          let row = ((output / lanes * planes + input / lane) * taps + tap) * lane + input % lane
          packed[row * lanes + output % lanes] = weights[(output * inputs + input) * taps + tap]
        }
      }
    }
    return packed
  }

  /// The kernels' description of it.
  func descriptor(lanes: Int) -> ck_f32_conv {
    let lane = plainInput ? 1 : lanes
    let planes = depthwise ? 1 : (inputs + lane - 1) / lane
    return ck_f32_conv(
      planes: Int32(planes), lane: Int32(lane), in_height: Int32(height), in_width: Int32(width),
      kernel_h: Int32(kernel.h), kernel_w: Int32(kernel.w), stride_h: Int32(stride.h),
      stride_w: Int32(stride.w),
      dilation_h: Int32(dilation.h), dilation_w: Int32(dilation.w), pad_top: Int32(pad.top),
      pad_left: Int32(pad.left), out_height: Int32(outHeight), out_width: Int32(outWidth), pool: Int32(pool),
      tile_blocks: Int32(tileBlocks), chunk_planes: Int32(chunkPlanes),
      planes_first: planesFirst ? 1 : 0,
      gathers: gathers ? 1 : 0,
      in_plane_stride: height * width * lane,
      out_plane_stride: (outHeight / pool) * (outWidth / pool) * lanes,
      weight_block_stride: planes * kernel.h * kernel.w * lane * lanes, lower: clamp.lower, upper: clamp.upper
    )
  }

  /// Checks `found` (plain layout) against the definition.
  func check(_ found: [Float], bound: [Double], value: [Double], _ set: KernelSet) {
    let expected = finished(value, bound)
    #expect(found.count == expected.value.count, "\(set): \(self)")
    for (position, pair) in zip(found, zip(expected.value, expected.bound)).enumerated() {
      let error = abs(Double(pair.0) - pair.1.0)
      guard error <= pair.1.1 else {
        Issue.record("\(set): \(self): element \(position) is \(pair.0), needs \(pair.1.0) ± \(pair.1.1)")
        return
      }
    }
  }
}
