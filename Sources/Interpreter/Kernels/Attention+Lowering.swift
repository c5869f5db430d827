import CKernels
import Glibc
import Graph
import OrderedCollections

extension PlanBuilder {
  /// `plan.CBAM`: two passes that read the map, one that writes it, and what is small between them.
  mutating func lowerAttention(_ node: Node) throws -> Bool {
    guard let output = node.output(0), let shape = graph.floatShape(output), shape.count == 4,
      let hidden = node.int("hidden"), let first = graph.weights(node.input(1)),
      let second = graph.weights(node.input(3)), let kernel = graph.floats(node.input(5)),
      let k = node.int("kernel")
    else { return false }
    let (images, channels, height, mapWidth) = (shape[0], shape[1], shape[2], shape[3])
    let (lanes, blocks, pixels) = (width, planes(channels), height * mapWidth)
    let row = blocks * lanes
    guard let input = blockedSlot(node.inputs[0]) else { return false }
    let residual = node.residual.flatMap { blockedSlot($0) }
    if node.residual != nil, residual == nil { return false }
    let w1 = try packChannelRows(
      node.inputs[1], first, hidden: hidden, channels: channels,
      areRows: node.int("first_transposed") == 1)
    let w2 = try packChannelRows(
      node.inputs[3], second, hidden: hidden, channels: channels,
      areRows: node.int("second_transposed") != 1)
    let b1 = graph.floats(node.input(2)).map { bias in
      pack("\(output)/cbam/first bias") { PackedFloats(bias, paddedTo: 16) }
    }
    let b2 = graph.floats(node.input(4)).map { bias in
      pack("\(output)/cbam/second bias") { PackedFloats(bias, paddedTo: row) }
    }
    let taps = pack("\(output)/cbam/kernel") { PackedFloats(kernel, paddedTo: 16) }

    let out = define(output, .blocked)
    let (sums, areTaken) = channelSums(toRead: node.inputs[0], shape: shape)
    let isLarge = ChannelSums.isLarge(floats: row * pixels)
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

    /// The pixels of one of `parts` parts of the map: whole rows.
    @Sendable func cut(_ part: Int, of parts: Int) -> Range<Int> {
      part * height / parts * mapWidth..<(part + 1) * height / parts * mapWidth
    }

    @Sendable func channel(_ memory: PlanMemory, _ image: Int) {
      let joined = sums.joined(memory, image: image)
      ops.channel_attention(
        Int32(blocks), Int32(hidden), inverse, joined, joined + row, w1.base, b1?.base, w2.base, b2?.base,
        memory.floats(hiddenSums) + image * hidden * 2, sums.attention(memory, image: image))
    }
    @Sendable func statistics(_ memory: PlanMemory, _ image: Int, _ cut: Range<Int>) {
      let mean = memory.floats(maps) + image * pixels * 3
      ops.channel_statistics(
        memory.floats(input) + image * imageCount, planeStride, Int32(channels),
        sums.attention(memory, image: image),
        Int32(cut.lowerBound), Int32(cut.upperBound), mean, mean + pixels)
    }
    @Sendable func spatial(_ memory: PlanMemory, _ image: Int, _ cut: Range<Int>, _ worker: Int) {
      let mean = memory.floats(maps) + image * pixels * 3
      ops.spatial_attention(
        maximumFirst ? mean + pixels : mean, maximumFirst ? mean : mean + pixels, Int32(height),
        Int32(mapWidth), taps.base, Int32(k), bias, Int32(cut.lowerBound / mapWidth),
        Int32(cut.upperBound / mapWidth), mean + 2 * pixels, memory.scratch(of: worker))
    }
    @Sendable func apply(_ memory: PlanMemory, _ image: Int, _ cut: Range<Int>) {
      let at = image * imageCount
      ops.attention_apply(
        memory.floats(input) + at, planeStride, 0, Int32(blocks), sums.attention(memory, image: image),
        memory.floats(maps) + image * pixels * 3 + 2 * pixels, residual.map { memory.floats($0) + at },
        clamp.lower, clamp.upper, Int32(cut.lowerBound), Int32(cut.upperBound), memory.floats(out) + at)
    }

    var phases: [Phase]
    if workers == 1 || !isLarge || images >= 4 * workers {
      phases = [
        Phase(tasks: images) { memory, image, worker in
          if !areTaken { sums.take(memory, input, image: image, rows: 0..<height, blocks: 0..<blocks) }
          channel(memory, image)
          statistics(memory, image, 0..<pixels)
          spatial(memory, image, 0..<pixels, worker)
          apply(memory, image, 0..<pixels)
        }
      ]
    } else {
      let parts = min(height, workers * 2)
      let sumParts = sums.parts
      let taking = Phase(tasks: images * sumParts) { memory, task, _ in
        sums.take(memory, input, image: task / sumParts, part: task % sumParts, blocks: 0..<blocks)
      }
      phases =
        (areTaken ? [] : [taking]) + [
          Phase(tasks: images) { memory, image, _ in channel(memory, image) },
          Phase(tasks: images * parts) { memory, task, _ in
            statistics(memory, task / parts, cut(task % parts, of: parts))
          },
          Phase(tasks: images * parts) { memory, task, worker in
            spatial(memory, task / parts, cut(task % parts, of: parts), worker)
          },
          Phase(tasks: images * parts) { memory, task, _ in
            apply(memory, task / parts, cut(task % parts, of: parts))
          },
        ]
    }
    var writes = [out]
    // Attention that the caller wants to see.
    func show(_ name: String?, _ from: Slot, offset: Int, stride: Int, count: Int) {
      guard let name else { return }
      let to = define(name, .plain)
      writes.append(to)
      phases.append(
        Phase(tasks: images) { memory, image, _ in
          memcpy(
            memory.floats(to) + image * count, memory.floats(from) + offset + image * stride, count * 4)
        })
    }
    show(node.output(1), sums.slot, offset: sums.attentionOffset, stride: sums.count, count: channels)
    show(node.output(2), maps, offset: 2 * pixels, stride: 3 * pixels, count: pixels)
    append(
      Step(
        origins: node.origins, operatorType: "CBAM",
        kernel: "cbam \(areTaken ? "summed " : "")\(kernels.name)",
        multiplyAdds: images * (4 * hidden * channels + 2 * k * k * pixels + 4 * channels * pixels),
        phases: phases,
        reads: [input] + (residual.map { [$0] } ?? []), writes: writes,
        temporaries: [sums.slot, hiddenSums, maps],
        inPlace: input, extents: shape))
    return true
  }

  /// A layer's weights as `[hidden][channels]`, rows filled up to whole blocks; they are stored so (`areRows`) or as
  /// `[channels][hidden]`.
  private mutating func packChannelRows(
    _ name: String, _ weights: Tensor, hidden: Int, channels: Int, areRows: Bool
  ) throws -> PackedFloats {
    let lanes = width
    let row = planes(channels) * lanes
    let kernels = kernels.conv.pack
    return try pack("\(name)/channels/\(areRows)", weights, floats: hidden * row) { weights, packed in
      if areRows {
        _ = kernels.rows(
          weights[0], weights.element, channels, Int32(hidden), Int32(channels), row, packed.base)
        return
      }
      for channel in stride(from: 0, to: channels, by: lanes) {
        _ = kernels.columns(
          weights[channel * hidden], weights.element, hidden, Int32(min(lanes, channels - channel)),
          Int32(hidden), Int32(hidden), row, 0, packed.base + channel)
      }
    }
  }
}
