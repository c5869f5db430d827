import CKernels
import Graph
import OrderedCollections

extension PlanBuilder {
  /// Winograd's F(m × m, 3 × 3), cut either by tiles, all three stages at once near the core, or, where weights are
  /// too large for that, by stages: each weight is then read by one worker, once.
  mutating func lowerWinograd(_ convolution: Convolution, m: Int) throws -> Bool {
    let g = convolution.geometry
    guard let (input, residual, output) = mapSlots(convolution) else { return false }
    let lanes = width
    let points = (m + 2) * (m + 2)
    let (ins, outs) = (planes(g.channels), planes(g.filters))
    let across = (g.outWidth + m - 1) / m
    let perImage = across * ((g.outHeight + m - 1) / m)
    let tiles = perImage * g.images
    let functions = kernels.winograd(m)
    let blockFloats = points * ins * lanes * lanes
    let weightBytes = outs * blockFloats * 4
    // Large weights: all tiles of some blocks before the next blocks, so that each weight is read once. So too where
    // tiles are too few to share.
    let isByBlocks =
      weightBytes > Machine.nearCache
      || (workers > 1 && tiles < 28 && weightBytes > Machine.nearCache / 4)
    // What one task reads lies side by side.
    let blockStep = isByBlocks ? (outs >= 2 * workers ? 2 : 1) : outs
    let packed = try pack(
      "\(convolution.weightName)/winograd/\(m)/\(blockStep)", convolution.weights, floats: outs * blockFloats
    ) { weights, packed in
      for block in stride(from: 0, to: outs, by: blockStep) {
        let filters = min(g.filters - block * lanes, blockStep * lanes)
        functions.weights(
          weights[block * lanes * g.channels * 9], weights.element, Int32(filters), Int32(g.channels),
          packed.base + block * blockFloats)
        let first = block * lanes * g.channels * 9
        convolution.giveUpWeights(first..<first + filters * g.channels * 9)
      }
    }
    let bias = packedBias(convolution.bias, convolution.output, filters: g.filters)
    let clamp = convolution.node.clamp
    let descriptor = g.winograd(m: m, planes: ins, lane: lanes, width: lanes, clamp: clamp)
    let imageIn = ins * g.pixels * lanes
    let imageOut = outs * g.outPixels * lanes
    let multiply = kernels.conv.winograd_multiply

    /// Calls `body` for the part of each image that tiles `first..<end` of all images cover.
    @Sendable func perImageParts(_ first: Int, _ end: Int, _ body: (Int, Int32, Int32, Int) -> Void) {
      var tile = first
      while tile < end {
        let image = tile / perImage
        let last = min(end, (image + 1) * perImage)
        body(image, Int32(tile - image * perImage), Int32(last - image * perImage), tile - first)
        tile = last
      }
    }
    @Sendable func transformIn(
      _ memory: PlanMemory, _ to: UnsafeMutablePointer<Float>, _ first: Int, _ end: Int, _ plane0: Int,
      _ plane1: Int
    ) {
      withUnsafePointer(to: descriptor) { descriptor in
        perImageParts(first, end) { image, tile0, tile1, offset in
          functions.input(
            descriptor, memory.floats(input) + image * imageIn, to + offset * lanes, tile0, tile1,
            Int32(end - first),
            Int32(plane0), Int32(plane1))
        }
      }
    }
    @Sendable func transformOut(
      _ memory: PlanMemory, _ from: UnsafeMutablePointer<Float>, _ first: Int, _ end: Int, _ block0: Int,
      _ block1: Int
    ) {
      withUnsafePointer(to: descriptor) { descriptor in
        perImageParts(first, end) { image, tile0, tile1, offset in
          functions.output(
            descriptor, from + offset * lanes, bias.base,
            residual.map { memory.floats($0) + image * imageOut },
            memory.floats(output) + image * imageOut, tile0, tile1, Int32(end - first), Int32(block0),
            Int32(block1))
        }
      }
    }

    let rowsOfTile = m / g.pool
    // Tiles that a task takes: all stages of them stay near the core, or their weights are read once for as many.
    let most = isByBlocks ? 56 : max(1, min(28, (400 << 10) / (points * ins * lanes * 4)))
    let any: Int
    if isByBlocks {
      any = min(tiles, most)
    } else {
      // One worker has nobody to share with, and reads the weights once a group.
      let wanted = max((tiles + most - 1) / most, workers == 1 ? 1 : min(workers * 2, tiles / 7))
      any = max(1, (tiles + wanted - 1) / max(1, wanted))
    }
    // Some more or less, where so they write whole parts of what is summed.
    let whole = channelSums(of: convolution.output) { sums in
      if any >= tiles { return any }
      var unit = sums.tileRows(writing: rowsOfTile) * across
      if g.images > 1, perImage % unit != 0 { unit = perImage }
      let near = (any + unit / 2) / unit * unit
      return near > 0 && near <= most && abs(near - any) * 4 <= any ? near : nil
    }
    let group = whole?.size ?? any
    let groups = (tiles + group - 1) / group
    let sums = whole?.sums
    /// Takes what a CBAM block behind it sums, where a task writes whole parts of it.
    @Sendable func take(
      _ memory: PlanMemory, _ first: Int, _ end: Int, _ block0: Int, _ block1: Int
    ) {
      guard let sums else { return }
      perImageParts(first, end) { image, tile0, tile1, _ in
        let row0 = Int(tile0) / across * rowsOfTile
        let row1 = min(g.outRows, Int(tile1) / across * rowsOfTile)
        sums.take(memory, output, image: image, rows: row0..<row1, blocks: block0..<block1)
      }
    }

    var phases: [Phase]
    var temporaries: [Slot] = []
    if isByBlocks {
      let transformed = slot(floats: points * ins * tiles * lanes)
      temporaries = [transformed]
      let blockTasks = (outs + blockStep - 1) / blockStep
      needScratch(floats: points * blockStep * group * lanes)
      phases = [
        Phase(tasks: groups * ins) { memory, task, _ in
          let (number, plane) = task.quotientAndRemainder(dividingBy: ins)
          let first = number * group
          let end = min(tiles, first + group)
          transformIn(
            memory, memory.floats(transformed) + first * points * ins * lanes, first, end, plane, plane + 1)
        },
        Phase(tasks: groups * blockTasks) { memory, task, worker in
          // Neighbouring tasks share weights.
          let (part, number) = task.quotientAndRemainder(dividingBy: groups)
          let first = number * group
          let end = min(tiles, first + group)
          let block0 = part * blockStep
          let block1 = min(outs, block0 + blockStep)
          let products = memory.scratch(of: worker)
          multiply(
            Int32(points), Int32(ins), Int32(end - first), Int32(block1 - block0),
            memory.floats(transformed) + first * points * ins * lanes, packed.base + block0 * blockFloats,
            products, 0, Int32(block1 - block0), 2)
          transformOut(memory, products, first, end, block0, block1)
          take(memory, first, end, block0, block1)
        },
      ]
    } else {
      let transformedCount = points * ins * group * lanes
      needScratch(floats: transformedCount + points * outs * group * lanes)
      phases = [
        Phase(tasks: groups) { memory, number, worker in
          let first = number * group
          let end = min(tiles, first + group)
          let transformed = memory.scratch(of: worker)
          let products = transformed + transformedCount
          transformIn(memory, transformed, first, end, 0, ins)
          multiply(
            Int32(points), Int32(ins), Int32(end - first), Int32(outs), transformed, packed.base, products, 0,
            Int32(outs), 2)
          transformOut(memory, products, first, end, 0, outs)
          take(memory, first, end, 0, outs)
        }
      ]
    }
    append(
      Step(
        origins: convolution.node.origins, operatorType: "Conv", kernel: "winograd f\(m) \(kernels.name)",
        multiplyAdds: convolution.multiplyAdds, phases: phases,
        reads: [input] + (residual.map { [$0] } ?? []),
        writes: [output] + (sums.map { [$0.slot] } ?? []), temporaries: temporaries,
        extents: graph.floatShape(convolution.output) ?? [],
        tunable: tunable(convolution, .winograd(m))))
    return true
  }
}

extension KernelSet {
  /// Winograd's functions for tiles of `m` by `m`.
  func winograd(_ m: Int) -> WinogradFunctions {
    switch m {
    case 2:
      WinogradFunctions(
        input: conv.winograd_input.0, output: conv.winograd_output.0, weights: conv.pack.winograd.0)
    case 4:
      WinogradFunctions(
        input: conv.winograd_input.1, output: conv.winograd_output.1, weights: conv.pack.winograd.1)
    default:
      WinogradFunctions(
        input: conv.winograd_input.2, output: conv.winograd_output.2, weights: conv.pack.winograd.2)
    }
  }
}

/// The stages of Winograd's convolution around the products.
struct WinogradFunctions: Sendable {
  let input:
    @convention(c) (
      UnsafePointer<ck_f32_winograd>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int32, Int32, Int32,
      Int32,
      Int32
    ) -> Void
  let output:
    @convention(c) (
      UnsafePointer<ck_f32_winograd>, UnsafePointer<Float>, UnsafePointer<Float>?, UnsafePointer<Float>?,
      UnsafeMutablePointer<Float>, Int32, Int32, Int32, Int32, Int32
    ) -> Void
  let weights:
    @convention(c) (UnsafeRawPointer, ck_element, Int32, Int32, UnsafeMutablePointer<Float>) -> Void
}
