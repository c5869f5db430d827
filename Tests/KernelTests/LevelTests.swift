import CKernels
import TestSupport
import Testing

/// Kernels on 8-bit levels against their definitions, in every bit.
@Suite struct LevelTests {
  struct LevelSet: Sendable, CustomStringConvertible {
    let description: String
    let kernels: ck_u8_kernels
  }

  static let sets: [LevelSet] = {
    let names: [(String, Int)] = [
      ("portable", CKERNELS_CPU_PORTABLE), ("neon", CKERNELS_CPU_NEON), ("avx2", CKERNELS_CPU_AVX2_FMA),
      ("avx512vnni", CKERNELS_CPU_AVX512_VNNI),
    ]
    return names.compactMap { name, bit in
      guard ckernels_cpu_features() & UInt32(bit) != 0, let kernels = ck_u8_kernels_of(UInt32(bit)) else {
        return nil
      }
      return LevelSet(description: name, kernels: kernels.pointee)
    }
  }()

  static let lanes = Int(CK_U8_LANES)

  /// `[channels][pixels]` in blocks; lanes beyond the last channel hold what must not matter.
  private func blocked(_ plain: [UInt8], channels: Int, pixels: Int) -> [UInt8] {
    let blocks = (channels + Self.lanes - 1) / Self.lanes
    var result = [UInt8](repeating: 201, count: blocks * pixels * Self.lanes)
    for channel in 0..<channels {
      for pixel in 0..<pixels {
        result[(channel / Self.lanes * pixels + pixel) * Self.lanes + channel % Self.lanes] =
          plain[channel * pixels + pixel]
      }
    }
    return result
  }

  private func plain(_ blocks: [UInt8], channels: Int, pixels: Int) -> [UInt8] {
    (0..<channels * pixels).map { index in
      let (channel, pixel) = index.quotientAndRemainder(dividingBy: pixels)
      return blocks[(channel / Self.lanes * pixels + pixel) * Self.lanes + channel % Self.lanes]
    }
  }

  /// `clamp(round(value) + zero)`.
  private func level(_ value: Float, _ zero: Int32, _ lower: Int32, _ upper: Int32) -> UInt8 {
    let rounded = Double(value.rounded(.toNearestOrEven)) + Double(zero)
    return UInt8(min(max(rounded, Double(lower)), Double(upper)))
  }

  /// A geometry with what the convolution of levels needs beside it.
  private func descriptor(_ one: ConvolutionCase, _ zeros: (input: Int32, output: Int32), lower: Int32)
    -> ck_u8s8_conv
  {
    let planes = one.depthwise ? 1 : (one.inputs + Self.lanes - 1) / Self.lanes
    let inner = planes > 1 || one.depthwise ? 4 : (one.inputs + 3) / 4
    return ck_u8s8_conv(
      planes: Int32(planes), inner: Int32(inner), in_height: Int32(one.height), in_width: Int32(one.width),
      kernel_h: Int32(one.kernel.h), kernel_w: Int32(one.kernel.w), stride_h: Int32(one.stride.h),
      stride_w: Int32(one.stride.w), dilation_h: Int32(one.dilation.h), dilation_w: Int32(one.dilation.w),
      pad_top: Int32(one.pad.top), pad_left: Int32(one.pad.left), out_height: Int32(one.outHeight),
      out_width: Int32(one.outWidth), tile_blocks: Int32(one.tileBlocks), padding: zeros.input,
      zero: zeros.output,
      lower: lower, upper: 255, in_plane_stride: one.height * one.width * Self.lanes,
      out_plane_stride: one.outHeight * one.outWidth * Self.lanes,
      weight_block_stride: planes * one.kernel.h * one.kernel.w * inner * Self.lanes * 4)
  }

  @Test(arguments: sets) func convolutions(set: LevelSet) {
    for (number, pattern) in (ConvolutionTests.cases + ConvolutionTests.depthwiseCases).enumerated() {
      var generator = SeededGenerator(seed: UInt64(number) + 900)
      var one = pattern
      (one.pool, one.residual, one.plainInput) = (1, false, false)
      let taps = one.kernel.h * one.kernel.w
      let depth = one.depthwise ? 1 : one.inputs
      let zeros = (
        input: Int32.random(in: 0...255, using: &generator),
        output: Int32.random(in: 0...255, using: &generator)
      )
      var c = descriptor(one, zeros, lower: number % 2 == 0 ? zeros.output : 0)
      let blocks = (one.outputs + Self.lanes - 1) / Self.lanes
      let x = (0..<one.inputs * one.height * one.width).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let w = (0..<one.outputs * depth * taps).map { _ in Int8.random(in: -128...127, using: &generator) }
      let padded = blocks * Self.lanes
      let start = (0..<padded).map { _ in Int32.random(in: -90_000...90_000, using: &generator) }
      let factor = generator.floats(padded, in: 1e-5...2e-3)
      let shift = number % 3 == 0 ? generator.floats(padded, in: -30...30) : nil
      let inBlocks = blocked(x, channels: one.inputs, pixels: one.height * one.width)
      let pixels = one.outHeight * one.outWidth
      var out = [UInt8](repeating: 77, count: blocks * pixels * Self.lanes)
      var scratch = [UInt8](repeating: 99, count: ck_u8s8_conv_scratch(&c, Int32(one.rowsAtOnce)))
      let inner = Int(c.inner)
      let planes = Int(c.planes)
      var packed = [Int8](repeating: 0, count: blocks * Int(c.weight_block_stride))
      var wide = [Int32](repeating: 0, count: blocks * taps * Self.lanes)
      for output in 0..<one.outputs {
        for input in 0..<depth {
          for tap in 0..<taps {
            let value = w[(output * depth + input) * taps + tap]
            if one.depthwise {
              wide[(output / Self.lanes * taps + tap) * Self.lanes + output % Self.lanes] = Int32(value)
            } else {
              let (plane, lane) = input.quotientAndRemainder(dividingBy: Self.lanes)
              let step = ((output / Self.lanes * planes + plane) * taps + tap) * inner + lane / 4
              packed[(step * Self.lanes + output % Self.lanes) * 4 + lane % 4] = value
            }
          }
        }
      }
      for row in stride(from: 0, to: one.outHeight, by: one.rowsAtOnce) {
        let end = Int32(min(one.outHeight, row + one.rowsAtOnce))
        guard one.depthwise else {
          set.kernels.conv_rows(
            &c, inBlocks, packed, start, factor, shift, &out, Int32(row), end, 0, Int32(blocks), &scratch)
          continue
        }
        for block in 0..<blocks {
          let (plane, lanes) = (
            one.height * one.width * Self.lanes, block * Self.lanes..<(block + 1) * Self.lanes
          )
          let range = block * pixels * Self.lanes..<(block + 1) * pixels * Self.lanes
          var part = Array(out[range])
          set.kernels.depthwise_rows(
            &c, Array(inBlocks[block * plane..<(block + 1) * plane]),
            Array(wide[block * taps * Self.lanes..<(block + 1) * taps * Self.lanes]), Array(start[lanes]),
            Array(factor[lanes]), shift.map { Array($0[lanes]) }, &part, Int32(row), end, &scratch)
          out.replaceSubrange(range, with: part)
        }
      }
      let expected = (0..<one.outputs * pixels).map { index -> UInt8 in
        let (output, pixel) = index.quotientAndRemainder(dividingBy: pixels)
        let (y, left) = pixel.quotientAndRemainder(dividingBy: one.outWidth)
        var sum = Int(start[output])
        for input in 0..<depth {
          for kh in 0..<one.kernel.h {
            for kw in 0..<one.kernel.w {
              let iy = y * one.stride.h - one.pad.top + kh * one.dilation.h
              let ix = left * one.stride.w - one.pad.left + kw * one.dilation.w
              let isInside = iy >= 0 && iy < one.height && ix >= 0 && ix < one.width
              let channel = one.depthwise ? output : input
              let value = isInside ? Int(x[(channel * one.height + iy) * one.width + ix]) : Int(zeros.input)
              sum += value * Int(w[((output * depth + input) * one.kernel.h + kh) * one.kernel.w + kw])
            }
          }
        }
        var value = Float(sum) * factor[output]
        if let shift { value += shift[output] }
        return level(value, zeros.output, c.lower, c.upper)
      }
      #expect(plain(out, channels: one.outputs, pixels: pixels) == expected, "\(set): \(one)")
    }
  }

  @Test(arguments: sets) func maxima(set: LevelSet) {
    for (number, pattern) in ConvolutionTests.cases.enumerated() {
      var one = pattern
      one.pad = (min(one.pad.top, one.kernel.h - 1), min(one.pad.left, one.kernel.w - 1), 0, 0)
      (one.pool, one.depthwise, one.inputs, one.outputs) = (1, true, Self.lanes, Self.lanes)
      guard one.isPossible else { continue }
      var generator = SeededGenerator(seed: UInt64(number))
      let x = (0..<Self.lanes * one.height * one.width).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      var c = descriptor(one, (0, 0), lower: 0)
      let pixels = one.outHeight * one.outWidth
      var out = [UInt8](repeating: 7, count: pixels * Self.lanes)
      set.kernels.pool_rows(
        &c, blocked(x, channels: Self.lanes, pixels: one.height * one.width), &out, 0, Int32(one.outHeight))
      let expected = (0..<Self.lanes * pixels).map { index -> UInt8 in
        let (channel, pixel) = index.quotientAndRemainder(dividingBy: pixels)
        let (y, left) = pixel.quotientAndRemainder(dividingBy: one.outWidth)
        var most: UInt8 = 0
        for kh in 0..<one.kernel.h {
          for kw in 0..<one.kernel.w {
            let iy = y * one.stride.h - one.pad.top + kh * one.dilation.h
            let ix = left * one.stride.w - one.pad.left + kw * one.dilation.w
            guard iy >= 0, iy < one.height, ix >= 0, ix < one.width else { continue }
            most = max(most, x[(channel * one.height + iy) * one.width + ix])
          }
        }
        return most
      }
      #expect(plain(out, channels: Self.lanes, pixels: pixels) == expected, "\(set): \(one)")
    }
  }

  @Test(arguments: sets) func elementwise(set: LevelSet) {
    var generator = SeededGenerator(seed: 8)
    for channels in 1...17 {
      for pixels in Array(1...17) + [300] {
        let recipe = "\(set): \(channels) channels, \(pixels) pixels"
        let count = channels * pixels
        let blocks = (channels + Self.lanes - 1) / Self.lanes
        let size = blocks * pixels * Self.lanes
        let zero = Int32.random(in: 0...255, using: &generator)
        let result = ck_u8_result(levels: ck_u8_levels(scale: 0.0371, zero: zero), lower: 3, upper: 250)
        let numbers = generator.floats(count, in: -9...9)
        var levels = [UInt8](repeating: 0, count: size)
        set.kernels.quantize_plain(numbers, Int32(channels), Int32(pixels), result, &levels)
        let quantized = plain(levels, channels: channels, pixels: pixels)
        #expect(quantized == numbers.map { level($0 / 0.0371, zero, 3, 250) }, "\(recipe)")
        var flat = [UInt8](repeating: 0, count: count)
        set.kernels.quantize(numbers, result, &flat, count)
        #expect(flat == quantized, "\(recipe)")
        var back = [Float](repeating: .nan, count: count)
        set.kernels.dequantize_plain(levels, Int32(channels), Int32(pixels), result.levels, &back)
        #expect(back == quantized.map { Float(Int32($0) - zero) * 0.0371 }, "\(recipe)")
        set.kernels.dequantize(flat, result.levels, &back, count)
        #expect(back == quantized.map { Float(Int32($0) - zero) * 0.0371 }, "\(recipe)")

        let left = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let right = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let (a, b) = (ck_u8_levels(scale: 0.013, zero: 17), ck_u8_levels(scale: 0.21, zero: 130))
        let operations: [(ck_u8_binary, (Float, Float) -> Float)] = [
          (CK_U8_ADD, { $0 + $1 }), (CK_U8_SUBTRACT, { $0 - $1 }), (CK_U8_MULTIPLY, { $0 * $1 }),
        ]
        for (operation, definition) in operations {
          for kind in [CK_U8_MAP, CK_U8_CHANNEL, CK_U8_PIXEL] {
            let bytes = pixels * Self.lanes
            var out = [UInt8](repeating: 0, count: bytes)
            set.kernels.binary(operation, CK_U8_MAP, left, a, kind, right, b, result, &out, Int32(pixels))
            let expected = (0..<bytes).map { at -> UInt8 in
              let other =
                kind == CK_U8_MAP
                ? at : kind == CK_U8_CHANNEL ? at % Self.lanes : at / Self.lanes * Self.lanes
              let (p, q) = (Float(Int(left[at]) - 17) * 0.013, Float(Int(right[other]) - 130) * 0.21)
              return level(definition(p, q) / 0.0371, zero, 3, 250)
            }
            #expect(out == expected, "\(recipe): operation \(operation), kind \(kind)")
          }
        }
        let table = (0..<256).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var looked = [UInt8](repeating: 0, count: size)
        set.kernels.lookup(left, table, &looked, size)
        #expect(looked == left.map { table[Int($0)] }, "\(recipe)")

        let map = plain(left, channels: channels, pixels: pixels)
        var sums = [Int32](repeating: 0, count: max(pixels, Self.lanes))
        var most = [UInt8](repeating: 0, count: max(pixels, Self.lanes))
        set.kernels.reduce_channels(left, Int32(channels), Int32(pixels), &sums, &most)
        for pixel in 0..<pixels {
          let column = (0..<channels).map { map[$0 * pixels + pixel] }
          #expect(
            sums[pixel] == column.reduce(0) { $0 + Int32($1) } && most[pixel] == column.max(), "\(recipe)")
        }
        set.kernels.reduce_pixels(left, Int32(pixels), &sums, &most)
        for lane in 0..<min(channels, Self.lanes) {
          let row = map[lane * pixels..<(lane + 1) * pixels]
          #expect(sums[lane] == row.reduce(0) { $0 + Int32($1) } && most[lane] == row.max(), "\(recipe)")
        }
        var copied = [UInt8](repeating: 0, count: (blocks + 1) * pixels * Self.lanes)
        set.kernels.copy_channels(left, Int32(channels), Int32(pixels), table, &copied, 5)
        #expect(
          Array(plain(copied, channels: channels + 5, pixels: pixels)[(5 * pixels)...])
            == map.map { table[Int($0)] },
          "\(recipe)")
        var reshaped = [UInt8](repeating: 0, count: count * Self.lanes)
        set.kernels.reshape(left, Int32(pixels), table, &reshaped, Int32(count), 1)
        #expect(plain(reshaped, channels: count, pixels: 1) == map.map { table[Int($0)] }, "\(recipe)")
      }
    }
  }
}
