import CKernels
import Graph
import OrderedCollections

extension PlanBuilder {
  /// F(4 × 4, 3 × 3) of a map with few channels that lies as the caller gave it: a picture, in most cases.
  mutating func lowerPlainWinograd(_ convolution: Convolution) throws -> Bool {
    let g = convolution.geometry
    guard let (input, _, output) = mapSlots(convolution, plainInput: true) else { return false }
    let m = 4
    let n = m + 2
    let lanes = width
    let (channels, blocks) = (g.channels, planes(g.filters))
    let wideFloats = planes(channels) * lanes * lanes
    let transform = kernels.winograd(m).weights
    let packed = try pack(
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
    let bias = packedBias(convolution.bias, convolution.output, filters: g.filters)
    let clamp = convolution.node.clamp
    var descriptor = g.winograd(m: m, planes: channels, lane: 1, width: lanes, clamp: clamp)
    needScratch(floats: ck_f32_winograd_plain_scratch(&descriptor, Int32(lanes)))
    let map = descriptor
    let run = kernels.conv.winograd_plain
    let cut = mapCut(images: g.images, rows: (g.outHeight + m - 1) / m, blocks: 1)
    let imageOut = blocks * g.outPixels * lanes
    let phase = Phase(tasks: cut.tasks) { memory, task, worker in
      let (image, rows, _) = cut(task)
      withUnsafePointer(to: map) { map in
        run(
          map, memory.floats(input) + image * channels * g.pixels, packed.base, bias.base,
          memory.floats(output) + image * imageOut, Int32(rows.lowerBound), Int32(rows.upperBound),
          Int32(blocks), memory.scratch(of: worker))
      }
    }
    append(
      Step(
        origins: convolution.node.origins, operatorType: "Conv",
        kernel: "winograd f\(m) plain \(kernels.name)",
        multiplyAdds: convolution.multiplyAdds, phases: [phase], reads: [input], writes: [output],
        extents: graph.floatShape(convolution.output) ?? [], tunable: tunable(convolution, .winograd(m))))
    return true
  }
}
