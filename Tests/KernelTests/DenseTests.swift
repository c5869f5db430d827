import CKernels
import TestSupport
import Testing

/// Dense layers, pooling and layouts against their definitions.
@Suite struct DenseTests {
  @Test(arguments: KernelSet.all) func matrixTimesVector(set: KernelSet) {
    var generator = SeededGenerator(seed: 41)
    for vectors in [1, 2, 4, 8, 16] {
      for inputs in Array(1...17) + [33, 100] {
        for keepZeros in [false, true] {
          let columns = vectors * set.width
          let x = generator.floats(inputs).map { $0 < 0 ? 0 : $0 }
          let weights = generator.floats(inputs * columns)
          let bias = generator.floats(columns)
          var indices = [Int32](repeating: -1, count: inputs + set.width)
          var values = [Float](repeating: .nan, count: inputs + set.width)
          let found = set.ops.list_nonzero(x, Int32(inputs), keepZeros ? 1 : 0, &indices, &values)
          let wanted = (0..<inputs).filter { keepZeros || x[$0] != 0 }
          #expect(indices.prefix(Int(found)).map(Int.init) == wanted, "\(set): \(inputs) inputs")
          #expect(Array(values.prefix(Int(found))) == wanted.map { x[$0] }, "\(set): \(inputs) inputs")
          var out = [Float](repeating: .nan, count: columns)
          set.ops.gemv(Int32(vectors), weights, indices, values, found, bias, -.infinity, .infinity, &out)
          for column in 0..<columns {
            var sum = Double(bias[column])
            var magnitude = abs(sum)
            for input in 0..<inputs {
              let product = Double(x[input]) * Double(weights[input * columns + column])
              sum += product
              magnitude += abs(product)
            }
            #expect(
              abs(Double(out[column]) - sum) <= gamma(inputs + 1) * magnitude,
              "\(set): \(inputs) inputs, \(vectors) vectors, column \(column)")
          }
        }
      }
    }
  }

  @Test(arguments: KernelSet.all) func pooling(set: KernelSet) {
    var generator = SeededGenerator(seed: 42)
    let lanes = set.width
    for number in 0..<60 {
      var one = ConvolutionCase(seed: UInt64(number))
      one.takeSizes(number)
      (one.inputs, one.outputs) = (1, 1)
      one.kernel = (.random(in: 1...5, using: &generator), .random(in: 1...5, using: &generator))
      one.stride = (.random(in: 1...3, using: &generator), .random(in: 1...3, using: &generator))
      one.pad = (
        .random(in: 0..<one.kernel.h, using: &generator), .random(in: 0..<one.kernel.w, using: &generator), 0,
        0
      )
      guard one.isPossible else { continue }
      let map = generator.floats(one.height * one.width * lanes)
      for average in [0, 1] as [Int32] {
        for counting in [0, 1] as [Int32] {
          var descriptor = one.descriptor(lanes: lanes)
          var out = [Float](repeating: .nan, count: one.outHeight * one.outWidth * lanes)
          set.ops.pool_rows(&descriptor, map, &out, 0, Int32(one.outHeight), average, counting)
          for y in 0..<one.outHeight {
            for x in 0..<one.outWidth {
              for lane in 0..<lanes {
                var values: [Float] = []
                for kh in 0..<one.kernel.h {
                  for kw in 0..<one.kernel.w {
                    let iy = y * one.stride.h - one.pad.top + kh
                    let ix = x * one.stride.w - one.pad.left + kw
                    guard iy >= 0, iy < one.height, ix >= 0, ix < one.width else { continue }
                    values.append(map[(iy * one.width + ix) * lanes + lane])
                  }
                }
                let found = out[(y * one.outWidth + x) * lanes + lane]
                if average == 0 {
                  #expect(found == values.max(), "\(set): maximum \(y) \(x) \(lane) of \(one)")
                } else {
                  let count = counting == 1 ? one.kernel.h * one.kernel.w : values.count
                  let sum = values.reduce(0.0) { $0 + Double($1) } / Double(count)
                  let magnitude = values.reduce(0.0) { $0 + abs(Double($1)) } / Double(count)
                  #expect(
                    abs(Double(found) - sum) <= gamma(values.count + 1) * magnitude,
                    "\(set): mean \(y) \(x) \(lane) of \(one)")
                }
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: KernelSet.all) func layouts(set: KernelSet) {
    var generator = SeededGenerator(seed: 43)
    for channels in Array(1...17) + [33] {
      for pixels in Array(1...17) + [50] {
        let map = generator.floats(channels * pixels)
        let planes = (channels + set.width - 1) / set.width
        var blocks = [Float](repeating: .nan, count: planes * pixels * set.width)
        set.ops.to_blocks(map, Int32(channels), Int32(pixels), &blocks, pixels * set.width)
        #expect(blocks == blocked(map, channels: channels, pixels: pixels, width: set.width))
        var back = [Float](repeating: .nan, count: map.count)
        set.ops.from_blocks(blocks, pixels * set.width, Int32(channels), Int32(pixels), &back)
        #expect(back == map)
      }
    }
  }
}
