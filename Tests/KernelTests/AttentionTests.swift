import CKernels
import TestSupport
import Testing

/// CBAM's passes against their definitions.
@Suite struct AttentionTests {
  @Test(arguments: KernelSet.all) func passes(set: KernelSet) throws {
    var generator = SeededGenerator(seed: 21)
    for number in 0..<40 {
      // Each from 1 to 17, and as many larger ones.
      let channels = 1 + number * 3 % 17 + number / 17 * 16
      let height = 1 + number % 17
      let width = 1 + number * 5 % 17 + number / 17 * 8
      let hidden = 1 + number * 7 % 17
      let k = [3, 5, 7][number % 3]
      let recipe = "\(set): case \(number), [\(channels), \(height), \(width)], hidden \(hidden), kernel \(k)"
      let pixels = height * width
      let lanes = set.width
      let planes = (channels + lanes - 1) / lanes
      let plainMap = generator.floats(channels * pixels)
      let map = blocked(plainMap, channels: channels, pixels: pixels, width: lanes)

      var sums = [Float](repeating: .nan, count: planes * lanes)
      var maxima = sums
      set.ops.channel_pool(map, pixels * lanes, Int32(pixels), 0, Int32(planes), &sums, &maxima)
      for channel in 0..<channels {
        let values = plainMap[channel * pixels..<(channel + 1) * pixels]
        let sum = values.reduce(0.0) { $0 + Double($1) }
        let bound = gamma(pixels) * values.reduce(0.0) { $0 + abs(Double($1)) }
        #expect(abs(Double(sums[channel]) - sum) <= bound, "sum of channel \(channel): \(recipe)")
        #expect(maxima[channel] == values.max(), "maximum of channel \(channel): \(recipe)")
      }

      let w1 = generator.floats(hidden * channels)
      let b1 = generator.floats(hidden)
      let w2 = generator.floats(hidden * channels)
      let b2 = generator.floats(channels)
      func wide(_ rows: [Float], _ count: Int) -> [Float] {
        let padding = [Float](repeating: 0, count: planes * lanes - channels)
        var result: [Float] = []
        for row in 0..<count { result += rows[row * channels..<(row + 1) * channels] + padding }
        return result
      }
      var scratch = [Float](repeating: .nan, count: 2 * hidden)
      var scale = [Float](repeating: .nan, count: planes * lanes)
      set.ops.channel_attention(
        Int32(planes), Int32(hidden), 1 / Float(pixels), sums, maxima, wide(w1, hidden), b1, wide(w2, hidden),
        wide(b2, 1), &scratch, &scale)
      for channel in 0..<channels {
        var sum = 2 * Double(b2[channel])
        var magnitude = abs(sum)
        for h in 0..<hidden {
          var mean = Double(b1[h])
          var most = mean
          var total = 2 * abs(mean)
          for c in 0..<channels {
            let weight = Double(w1[h * channels + c])
            mean += weight * Double(sums[c]) / Double(pixels)
            most += weight * Double(maxima[c])
            total += abs(weight) * (abs(Double(sums[c])) / Double(pixels) + abs(Double(maxima[c])))
          }
          let weight = Double(w2[h * channels + channel])
          sum += weight * (max(0, mean) + max(0, most))
          magnitude += abs(weight) * total
        }
        let expected = 1 / (1 + exponential(-sum))
        // The sigmoid's slope is at most 1/4; its own error 4 ULP.
        let bound = gamma(channels + hidden + 8) * magnitude / 4 + gamma(8)
        #expect(abs(Double(scale[channel]) - expected) <= bound, "scale of channel \(channel): \(recipe)")
      }

      var mean = [Float](repeating: .nan, count: pixels)
      var most = mean
      let middle = Int32(pixels / 2)
      set.ops.channel_statistics(map, pixels * lanes, Int32(channels), scale, 0, middle, &mean, &most)
      set.ops.channel_statistics(
        map, pixels * lanes, Int32(channels), scale, middle, Int32(pixels), &mean, &most)
      for pixel in 0..<pixels {
        let values = (0..<channels).map { plainMap[$0 * pixels + pixel] * scale[$0] }
        let sum = values.reduce(0.0) { $0 + Double($1) }
        let bound = gamma(channels + 2) * values.reduce(0.0) { $0 + abs(Double($1)) } / Double(channels)
        #expect(abs(Double(mean[pixel]) - sum / Double(channels)) <= bound, "mean at \(pixel): \(recipe)")
        #expect(most[pixel] == values.max(), "maximum at \(pixel): \(recipe)")
      }

      let kernel = generator.floats(2 * k * k)
      var spatial = [Float](repeating: .nan, count: pixels)
      for row in 0..<height {
        var strip = [Float](repeating: .nan, count: 2 * k * (width + k - 1 + lanes))
        set.ops.spatial_attention(
          mean, most, Int32(height), Int32(width), kernel, Int32(k), 0.25, Int32(row), Int32(row + 1),
          &spatial,
          &strip)
      }
      for y in 0..<height {
        for x in 0..<width {
          var sum = 0.25
          var magnitude = 0.25
          for (c, plane) in [mean, most].enumerated() {
            for ky in 0..<k {
              for kx in 0..<k {
                let iy = y + ky - k / 2
                let ix = x + kx - k / 2
                guard iy >= 0, iy < height, ix >= 0, ix < width else { continue }
                let product = Double(kernel[(c * k + ky) * k + kx]) * Double(plane[iy * width + ix])
                sum += product
                magnitude += abs(product)
              }
            }
          }
          let expected = 1 / (1 + exponential(-sum))
          let bound = gamma(2 * k * k + 2) * magnitude / 4 + gamma(8)
          #expect(abs(Double(spatial[y * width + x]) - expected) <= bound, "spatial at \(y), \(x): \(recipe)")
        }
      }

      let plainResidual = generator.floats(channels * pixels)
      let residual = blocked(plainResidual, channels: channels, pixels: pixels, width: lanes)
      var out = map
      residual.withUnsafeBufferPointer { residual in
        out.withUnsafeMutableBufferPointer { out in
          guard let base = out.baseAddress else { return }
          // In place.
          set.ops.attention_apply(
            base, pixels * lanes, 0, Int32(planes), scale, spatial,
            number % 2 == 0 ? residual.baseAddress : nil, 0,
            .infinity, 0, Int32(pixels), base)
        }
      }
      let found = plain(out, channels: channels, pixels: pixels, width: lanes)
      for channel in 0..<channels {
        for pixel in 0..<pixels {
          let at = channel * pixels + pixel
          var expected = plainMap[at] * scale[channel] * spatial[pixel]
          if number % 2 == 0 { expected += plainResidual[at] }
          #expect(found[at] == max(0, expected), "output \(at): \(recipe)")
        }
      }
    }
  }
}
