import CKernels
import Graph
import OrderedCollections

extension PlanBuilder {
  /// Winograd's convolution of a map with few channels that lies as the caller gave it: a picture, in most cases.
  /// F(4 × 4, 3 × 3) of a 3 × 3 kernel with stride 1; with stride 2, F(m × m, r × r) of what even and odd rows and
  /// columns meet of a kernel.
  mutating func lowerPlainWinograd(_ convolution: Convolution, m: Int) throws -> Bool {
    let g = convolution.geometry
    guard let (input, _, output) = mapSlots(convolution, plainInput: true) else { return false }
    let lanes = width
    let (channels, blocks) = (g.channels, planes(g.filters))
    let isStrided = g.halfTaps != nil
    let packed = try isStrided ? packedStrided(convolution) : packedPlain(convolution)
    let bias = packedBias(convolution.bias, convolution.output, filters: g.filters)
    let clamp = convolution.node.clamp
    var descriptor = g.winograd(m: m, planes: channels, lane: 1, width: lanes, clamp: clamp)
    let scratch = isStrided ? ck_f32_winograd_strided_scratch : ck_f32_winograd_plain_scratch
    needScratch(floats: scratch(&descriptor, Int32(lanes)))
    let map = descriptor
    let run = isStrided ? kernels.conv.winograd_strided : kernels.conv.winograd_plain
    let cut = mapCut(images: g.images, rows: (g.outHeight + m - 1) / m, blocks: 1)
    let imageOut = blocks * g.outPixels * lanes
    let step = m / g.pool
    let sums = channelSums(of: convolution.output) { sums in
      let whole = sums.tileRows(writing: step)
      return (0..<cut.tasks).allSatisfy { cut($0).rows.lowerBound % whole == 0 } ? whole : nil
    }?.sums
    let phase = Phase(tasks: cut.tasks) { memory, task, worker in
      let (image, rows, _) = cut(task)
      withUnsafePointer(to: map) { map in
        run(
          map, memory.floats(input) + image * channels * g.pixels, packed.base, bias.base,
          memory.floats(output) + image * imageOut, Int32(rows.lowerBound), Int32(rows.upperBound),
          Int32(blocks), memory.scratch(of: worker))
      }
      sums?.take(
        memory, output, image: image, rows: rows.lowerBound * step..<min(g.outRows, rows.upperBound * step),
        blocks: 0..<blocks)
    }
    append(
      Step(
        origins: convolution.node.origins, operatorType: "Conv",
        kernel: "winograd f\(m) \(isStrided ? "strided" : "plain") \(kernels.name)",
        multiplyAdds: convolution.multiplyAdds, phases: [phase], reads: [input],
        writes: [output] + (sums.map { [$0.slot] } ?? []),
        extents: graph.floatShape(convolution.output) ?? [], tunable: tunable(convolution, .winograd(m))))
    return true
  }

  /// 3 × 3 weights as `[block][6 across][6 down][channel][lane]`.
  private mutating func packedPlain(_ convolution: Convolution) throws -> PackedFloats {
    let g = convolution.geometry
    let (n, lanes) = (6, width)
    let (channels, blocks) = (g.channels, planes(g.filters))
    let wideFloats = planes(channels) * lanes * lanes
    let transform = kernels.winograd(4).weights
    return try pack(
      "\(convolution.weightName)/winograd plain", convolution.weights,
      floats: blocks * n * n * channels * lanes
    ) { weights, packed in
      // Transformed as those of blocks are, then without the places of channels that there are not.
      var wide = [Float](repeating: 0, count: n * n * wideFloats)
      for block in 0..<blocks {
        let filters = min(lanes, g.filters - block * lanes)
        transform(
          weights[block * lanes * channels * 9], weights.element, Int32(filters), Int32(channels), &wide)
        for (x, y) in (0..<n).flatMap({ x in (0..<n).map { (x, $0) } }) {
          for channel in 0..<channels {
            let from = (y * n + x) * wideFloats + channel * lanes
            let to = packed.base + (((block * n + x) * n + y) * channels + channel) * lanes
            for lane in 0..<lanes { to[lane] = wide[from + lane] }
          }
        }
      }
    }
  }

  /// Weights of a kernel with stride 2 as `[6 down][6 across][block][turn][channel][lane]`, a turn being the taps of
  /// one parity of rows and one of columns.
  private mutating func packedStrided(_ convolution: Convolution) throws -> PackedFloats {
    let g = convolution.geometry
    let lanes = width
    let (filters, channels, blocks) = (g.filters, g.channels, planes(g.filters))
    let depth = 4 * channels
    let wideFloats = planes(depth) * lanes * lanes
    let (rows, transform) = (
      kernels.conv.pack.rows, g.halfTaps == 4 ? kernels.conv.pack.winograd_3 : kernels.winograd(4).weights
    )
    return try pack(
      "\(convolution.weightName)/winograd strided", convolution.weights, floats: 36 * blocks * depth * lanes
    ) { weights, packed in
      let count = filters * channels * g.taps
      var kernel = [Float](repeating: 0, count: count)
      _ = rows(weights[0], weights.element, count, 1, Int32(count), count, &kernel)
      let turned = ParityParts.kernels(kernel, shape: [filters, channels, g.kernel.h, g.kernel.w]).values
      // Transformed as those of blocks are, then without the places of channels that there are not.
      var wide = [Float](repeating: 0, count: 36 * blocks * wideFloats)
      transform(turned, CK_FLOAT32, Int32(filters), Int32(depth), &wide)
      for part in 0..<36 * blocks {
        let to = packed.base + part * depth * lanes
        for index in 0..<depth * lanes { to[index] = wide[part * wideFloats + index] }
      }
    }
  }
}
