import CKernels
import Glibc
import Graph
import OrderedCollections

extension PlanBuilder {
  /// `plan.CBAM`: two passes that read the map, one that writes it, and what is small between them.
  mutating func lowerAttention(_ node: Node) throws -> Bool {
    guard let output = node.output(0), let shape = graph.floatShape(output), shape.count == 4,
      let hidden = node.int("hidden"), let first = graph.floats(node.input(1)),
      let second = graph.floats(node.input(3)),
      let kernel = graph.floats(node.input(5)), let k = node.int("kernel")
    else { return false }
    let (images, channels, height, mapWidth) = (shape[0], shape[1], shape[2], shape[3])
    let (lanes, blocks, pixels) = (width, planes(channels), height * mapWidth)
    let row = blocks * lanes
    guard let input = blockedSlot(node.inputs[0]) else { return false }
    let residual = node.residual.flatMap { blockedSlot($0) }
    if node.residual != nil, residual == nil { return false }
    /// Rows of `channels` filled up to whole blocks.
    func widened(_ rows: [Float], _ count: Int) -> PackedFloats {
      let packed = PackedFloats(count: count * row)
      for index in 0..<count * channels {
        packed.base[index / channels * row + index % channels] = rows[index]
      }
      return packed
    }
    let w1 = pack("\(output)/cbam/first") { widened(first, hidden) }
    let w2 = pack("\(output)/cbam/second") { widened(second, hidden) }
    let b1 = graph.floats(node.input(2)).map { bias in
      pack("\(output)/cbam/first bias") { PackedFloats(bias, paddedTo: 16) }
    }
    let b2 = graph.floats(node.input(4)).map { bias in pack("\(output)/cbam/second bias") { widened(bias, 1) }
    }
    let taps = pack("\(output)/cbam/kernel") { PackedFloats(kernel, paddedTo: 16) }

    let out = define(output, .blocked)
    let vectors = slot(floats: images * row * 3)
    let hiddenSums = slot(floats: images * hidden * 2)
    let maps = slot(floats: images * pixels * 3)
    let ops = kernels.ops
    let clamp = node.clamp
    let bias = node.float("bias") ?? 0
    let maximumFirst = node.int("maximum_first") == 1
    let imageCount = row * pixels
    let inverse = 1 / Float(pixels)
    let planeStride = pixels * lanes
    needScratch(floats: 2 * (height + k) * (mapWidth + k + lanes))

    @Sendable func sums(_ memory: PlanMemory, _ image: Int) -> UnsafeMutablePointer<Float> {
      memory.floats(vectors) + image * row * 3
    }
    @Sendable func pool(_ memory: PlanMemory, _ image: Int, _ block0: Int, _ block1: Int) {
      ops.channel_pool(
        memory.floats(input) + image * imageCount, planeStride, Int32(pixels), Int32(block0), Int32(block1),
        sums(memory, image), sums(memory, image) + row)
    }
    @Sendable func channel(_ memory: PlanMemory, _ image: Int) {
      let sums = sums(memory, image)
      ops.channel_attention(
        Int32(blocks), Int32(hidden), inverse, sums, sums + row, w1.base, b1?.base, w2.base, b2?.base,
        memory.floats(hiddenSums) + image * hidden * 2, sums + 2 * row)
    }
    @Sendable func statistics(_ memory: PlanMemory, _ image: Int, _ pixel0: Int, _ pixel1: Int) {
      let mean = memory.floats(maps) + image * pixels * 3
      ops.channel_statistics(
        memory.floats(input) + image * imageCount, planeStride, Int32(channels),
        sums(memory, image) + 2 * row,
        Int32(pixel0), Int32(pixel1), mean, mean + pixels)
    }
    @Sendable func spatial(_ memory: PlanMemory, _ image: Int, _ row0: Int, _ row1: Int, _ worker: Int) {
      let mean = memory.floats(maps) + image * pixels * 3
      ops.spatial_attention(
        maximumFirst ? mean + pixels : mean, maximumFirst ? mean : mean + pixels, Int32(height),
        Int32(mapWidth),
        taps.base, Int32(k), bias, Int32(row0), Int32(row1), mean + 2 * pixels, memory.scratch(of: worker))
    }
    @Sendable func apply(_ memory: PlanMemory, _ image: Int, _ block0: Int, _ block1: Int) {
      let at = image * imageCount
      ops.attention_apply(
        memory.floats(input) + at, planeStride, Int32(block0), Int32(block1), sums(memory, image) + 2 * row,
        memory.floats(maps) + image * pixels * 3 + 2 * pixels, residual.map { memory.floats($0) + at },
        clamp.lower,
        clamp.upper, 0, Int32(pixels), memory.floats(out) + at)
    }

    var phases: [Phase]
    if workers == 1 || imageCount <= 24 << 10 || images >= 4 * workers {
      phases = [
        Phase(tasks: images) { memory, image, worker in
          pool(memory, image, 0, blocks)
          channel(memory, image)
          statistics(memory, image, 0, pixels)
          spatial(memory, image, 0, height, worker)
          apply(memory, image, 0, blocks)
        }
      ]
    } else {
      let parts = min(blocks, workers * 2)
      let rowParts = min(height, workers * 2)
      func cut(_ part: Int, _ parts: Int, _ count: Int) -> Range<Int> {
        part * count / parts..<(part + 1) * count / parts
      }
      let cuts = (0..<parts).map { cut($0, parts, blocks) }
      let rowCuts = (0..<rowParts).map { cut($0, rowParts, height) }
      phases = [
        Phase(tasks: images * parts) { memory, task, _ in
          pool(memory, task / parts, cuts[task % parts].lowerBound, cuts[task % parts].upperBound)
        },
        Phase(tasks: images) { memory, image, _ in channel(memory, image) },
        Phase(tasks: images * rowParts) { memory, task, _ in
          let rows = rowCuts[task % rowParts]
          statistics(memory, task / rowParts, rows.lowerBound * mapWidth, rows.upperBound * mapWidth)
        },
        Phase(tasks: images * rowParts) { memory, task, worker in
          let rows = rowCuts[task % rowParts]
          spatial(memory, task / rowParts, rows.lowerBound, rows.upperBound, worker)
        },
        Phase(tasks: images * parts) { memory, task, _ in
          apply(memory, task / parts, cuts[task % parts].lowerBound, cuts[task % parts].upperBound)
        },
      ]
    }
    var writes = [out]
    // Attention that the caller wants to see.
    var copies: [(from: Slot, offset: Int, stride: Int, to: Slot, count: Int)] = []
    if let name = node.output(1) {
      copies.append((vectors, 2 * row, 3 * row, define(name, .plain), channels))
    }
    if let name = node.output(2) {
      copies.append((maps, 2 * pixels, 3 * pixels, define(name, .plain), pixels))
    }
    writes += copies.map(\.to)
    if !copies.isEmpty {
      let list = copies
      phases.append(
        Phase(tasks: images) { memory, image, _ in
          for copy in list {
            memcpy(
              memory.floats(copy.to) + image * copy.count,
              memory.floats(copy.from) + copy.offset + image * copy.stride,
              copy.count * 4)
          }
        })
    }
    append(
      Step(
        origins: node.origins, operatorType: "CBAM", kernel: "cbam \(kernels.name)",
        multiplyAdds: images * (4 * hidden * channels + 2 * k * k * pixels + 4 * channels * pixels),
        phases: phases,
        reads: [input] + (residual.map { [$0] } ?? []), writes: writes,
        temporaries: [vectors, hiddenSums, maps],
        inPlace: input, extents: shape))
    return true
  }
}
