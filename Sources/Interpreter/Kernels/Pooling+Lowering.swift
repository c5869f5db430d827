import CKernels
import Graph

extension PlanBuilder {
  /// Pooling of maps in blocks: windows, and whole maps.
  mutating func lowerPooling(_ node: Node) -> Bool {
    guard node.outputs.count == 1, let output = node.output(0), let input = node.input(0),
      let shape = graph.floatShape(input), shape.count == 4, let written = graph.floatShape(output),
      (shape + written).allSatisfy({ $0 > 0 })
    else { return false }
    switch node.operatorType {
    case "GlobalAveragePool": return lowerWholeMap(node, shape, isMaximum: false)
    case "GlobalMaxPool": return lowerWholeMap(node, shape, isMaximum: true)
    case "ReduceMean", "ReduceMax":
      let axes = node.ints("axes") ?? (try? graph.constant(node.input(1))?.integers().map { Int($0) })
      guard let axes, axes.map({ $0 < 0 ? $0 + 4 : $0 }).sorted() == [2, 3] else { return false }
      return lowerWholeMap(node, shape, isMaximum: node.operatorType == "ReduceMax")
    case "MaxPool", "AveragePool": break
    default: return false
    }
    let average = node.operatorType == "AveragePool"
    guard let kernel = node.ints("kernel_shape"), kernel.count == 2,
      let geometry = ConvolutionGeometry(node, input: shape, filters: shape[1], kernel: kernel),
      [geometry.outHeight, geometry.outWidth] == Array(written[2...])
    else { return false }
    let countsPadding = node.int("count_include_pad") == 1
    // Where windows reach beyond the padding, the two rules for the divisor part.
    if average, countsPadding, node.int("ceil_mode") == 1 { return false }
    // A window that lies in the padding altogether has no maximum.
    if !average, geometry.pad.top >= kernel[0] || geometry.pad.left >= kernel[1] { return false }
    if kernel == Array(shape[2...]), written[2] == 1, written[3] == 1, geometry.pad == (0, 0) {
      return lowerWholeMap(node, shape, isMaximum: !average)
    }
    guard let from = blockedSlot(input) else { return false }
    let to = define(output, .blocked)
    let lanes = width
    let descriptor = geometry.descriptor(
      planes: 1, lane: lanes, width: lanes, tileBlocks: 1, clamp: (-.infinity, .infinity))
    let pool = kernels.ops.pool_rows
    let cut = mapCut(images: shape[0], rows: geometry.outHeight, blocks: planes(shape[1]))
    let phase = Phase(tasks: cut.tasks) { memory, task, _ in
      let (image, rows, block) = cut(task)
      let plane = image * cut.blocks + block
      withUnsafePointer(to: descriptor) { descriptor in
        pool(
          descriptor, memory.floats(from) + plane * geometry.pixels * lanes,
          memory.floats(to) + plane * geometry.outPixels * lanes, Int32(rows.lowerBound),
          Int32(rows.upperBound), average ? 1 : 0, countsPadding ? 1 : 0)
      }
    }
    append(
      Step(
        origins: node.origins, operatorType: node.operatorType,
        kernel: "pool \(kernel[0])x\(kernel[1]) \(kernels.name)", phases: [phase], reads: [from],
        writes: [to],
        extents: written))
    return true
  }

  /// One number a channel: `[N, C, 1, 1]` in blocks, or `[N, C]`.
  private mutating func lowerWholeMap(_ node: Node, _ shape: [Int], isMaximum: Bool) -> Bool {
    guard let output = node.output(0), let from = blockedSlot(node.inputs[0]) else { return false }
    let lanes = width
    let (blocks, pixels, channels) = (planes(shape[1]), shape[2] * shape[3], shape[1])
    let to = define(output, .plain)
    let ops = kernels.ops
    let inverse = 1 / Float(pixels)
    let row = blocks * lanes
    needScratch(floats: 2 * row)
    let phase = Phase(tasks: shape[0]) { memory, image, worker in
      let sums = memory.scratch(of: worker)
      ops.channel_pool(
        memory.floats(from) + image * row * pixels, pixels * lanes, Int32(pixels), 0, Int32(blocks), sums,
        sums + row)
      let target = memory.floats(to) + image * channels
      for channel in 0..<channels {
        target[channel] = isMaximum ? sums[row + channel] : sums[channel] * inverse
      }
    }
    append(
      Step(
        origins: node.origins, operatorType: node.operatorType, kernel: "channel pool \(kernels.name)",
        phases: [phase], reads: [from], writes: [to], extents: graph.floatShape(output) ?? []))
    return true
  }
}
