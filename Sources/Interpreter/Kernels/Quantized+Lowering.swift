import CKernels
import Graph

extension PlanBuilder {
  /// A node that computes on 8-bit levels. The pass that made it has made sure that a kernel does it.
  mutating func lowerLevels(_ node: Node) throws -> Bool {
    let isDone: Bool
    switch node.operatorType {
    case "QuantizeLinear": isDone = lowerQuantization(node)
    case "DequantizeLinear": isDone = lowerDequantization(node)
    case "Conv": isDone = try lowerLevelConvolution(node)
    case "Dense": isDone = try lowerLevelProduct(node)
    case "Add", "Sub", "Mul": isDone = lowerLevelBinary(node)
    case "MaxPool": isDone = try lowerLevelMaxima(node)
    case "ReducePixels": isDone = try lowerLevelPixels(node)
    case "ReduceChannels": isDone = try lowerLevelChannels(node)
    case "Concat": isDone = try lowerLevelConcat(node)
    default: isDone = try lowerLevelTable(node)
    }
    guard isDone else {
      throw InterpreterError.node(node.label, reason: "no kernel computes it on 8-bit levels")
    }
    return true
  }

  /// The kernels for levels, and their name.
  var levelKernels: ck_u8_kernels { kernels.levels.kernels }

  func levelStep(
    _ node: Node, _ kernel: String, _ phases: [Phase], reads: [Slot], write: Slot, multiplyAdds: Int = 0
  ) -> Step {
    Step(
      origins: node.origins, operatorType: node.operatorType, kernel: "\(kernel) \(kernels.levels.name)",
      multiplyAdds: multiplyAdds, phases: phases, reads: reads, writes: [write],
      extents: graph.levelShape(node.output(0)) ?? [])
  }

  /// A map of levels, its extents and what they stand for.
  func levelMap(_ name: String?) -> (slot: Slot, extents: LevelExtents, levels: Levels)? {
    guard let name, let slot = levels[name], let shape = graph.levelShape(name),
      let levels = graph.levels[name]
    else {
      return nil
    }
    return (slot, LevelExtents(shape), levels)
  }

  // MARK: Edges

  private mutating func lowerQuantization(_ node: Node) -> Bool {
    guard let input = node.input(0), let output = node.output(0), let levels = graph.levels[output],
      let shape = graph.levelShape(output)
    else { return false }
    let extents = LevelExtents(shape)
    let run = levelKernels
    let result = levels.result()
    if width == LevelExtents.lanes, isBlocked(input), let from = blockedSlot(input) {
      let to = define(output, .levels)
      let block = extents.blockBytes
      let phase = Phase(tasks: extents.images * extents.blocks) { memory, task, _ in
        run.quantize(memory.floats(from) + task * block, result, memory.bytes(to) + task * block, block)
      }
      append(levelStep(node, "quantize", [phase], reads: [from], write: to))
      return true
    }
    guard let from = plainSlot(input) else { return false }
    let to = define(output, .levels)
    let blocks = extents.blocks
    let phase = Phase(tasks: extents.images * blocks) { memory, task, _ in
      let (image, block) = task.quotientAndRemainder(dividingBy: blocks)
      let first = block * LevelExtents.lanes
      run.quantize_plain(
        memory.floats(from) + (image * extents.channels + first) * extents.pixels,
        Int32(min(LevelExtents.lanes, extents.channels - first)), Int32(extents.pixels), result,
        memory.bytes(to) + task * extents.blockBytes)
    }
    append(levelStep(node, "quantize", [phase], reads: [from], write: to))
    return true
  }

  private mutating func lowerDequantization(_ node: Node) -> Bool {
    guard let (from, extents, levels) = levelMap(node.input(0)), let output = node.output(0),
      let shape = graph.floatShape(output)
    else { return false }
    let run = levelKernels
    let meaning = levels.meaning
    let inBlocks = width == LevelExtents.lanes && shape.count > 2 && extents.pixels > 1
    let to = define(output, inBlocks ? .blocked : .plain)
    let blocks = extents.blocks
    let phase = Phase(tasks: extents.images * blocks) { memory, task, _ in
      let source = memory.bytes(from) + task * extents.blockBytes
      if inBlocks {
        run.dequantize(
          source, meaning, memory.floats(to) + task * extents.blockBytes, extents.blockBytes)
      } else {
        let (image, block) = task.quotientAndRemainder(dividingBy: blocks)
        let first = block * LevelExtents.lanes
        run.dequantize_plain(
          source, Int32(min(LevelExtents.lanes, extents.channels - first)), Int32(extents.pixels), meaning,
          memory.floats(to) + (image * extents.channels + first) * extents.pixels)
      }
    }
    append(
      Step(
        origins: node.origins, operatorType: node.operatorType, kernel: "dequantize \(kernels.levels.name)",
        phases: [phase], reads: [from], writes: [to], extents: shape))
    return true
  }

  // MARK: Products

  /// The constants of a product: packed weights, and by filter what sums begin with, factors and shifts.
  private struct Product {
    let weights: PackedFloats
    let starts: PackedFloats
    let factors: PackedFloats
    let shifts: PackedFloats?
  }

  private mutating func product(
    _ node: Node, filters: Int, key: String, _ packWeights: ([Int8]) -> PackedFloats
  ) throws -> Product? {
    guard let output = node.output(0), let weights = graph.constant(node.input(1)),
      let starts = graph.constant(node.input(2)), let factors = graph.floats(node.input(3))
    else { return nil }
    let values = try weights.elements(of: Int8.self)
    let padded = (filters + LevelExtents.lanes - 1) / LevelExtents.lanes * LevelExtents.lanes
    let first = try starts.elements(of: Int32.self)
    var shifts: PackedFloats?
    if let numbers = graph.floats(node.input(4)) {
      shifts = pack("\(output)/shifts") { PackedFloats(numbers, paddedTo: padded) }
    }
    return Product(
      weights: pack("\(node.inputs[1])/\(key)") { packWeights(values) },
      starts: pack("\(output)/starts") {
        let packed = PackedFloats(count: padded)
        for (filter, start) in first.enumerated() { packed.base(as: Int32.self)[filter] = start }
        return packed
      },
      factors: pack("\(output)/factors") { PackedFloats(factors, paddedTo: padded) }, shifts: shifts)
  }

  /// `[block][plane][tap][inner][16 filters][4 channels]`.
  private static func packed(
    _ values: [Int8], filters: Int, channels: Int, taps: Int, inner: Int
  ) -> PackedFloats {
    let lanes = LevelExtents.lanes
    let planes = (channels + lanes - 1) / lanes
    let packed = PackedFloats(bytes: (filters + lanes - 1) / lanes * planes * taps * inner * lanes * 4)
    let base = packed.base(as: Int8.self)
    values.withUnsafeBufferPointer { values in
      for filter in 0..<filters {
        for channel in 0..<channels {
          let (plane, lane) = channel.quotientAndRemainder(dividingBy: lanes)
          let from = (filter * channels + channel) * taps
          let place = (filter / lanes * planes + plane) * taps
          for tap in 0..<taps {
            base[(((place + tap) * inner + lane / 4) * lanes + filter % lanes) * 4 + lane % 4] =
              values[from + tap]
          }
        }
      }
    }
    return packed
  }

  private mutating func lowerLevelConvolution(_ node: Node) throws -> Bool {
    guard let (input, extents, from) = levelMap(node.input(0)), let output = node.output(0),
      let levels = graph.levels[output], let shape = graph.levelShape(node.input(0)),
      let weights = graph.constant(node.input(1)),
      let g = ConvolutionGeometry(
        node, input: shape, filters: weights.shape[0], kernel: Array(weights.shape[2...]))
    else { return false }
    if node.int("group") ?? 1 > 1 { return try lowerLevelDepthwise(node, g) }
    let inner = extents.blocks > 1 ? 4 : (extents.channels + 3) / 4
    let packed = try product(node, filters: g.filters, key: "levels") {
      Self.packed($0, filters: g.filters, channels: g.channels, taps: g.taps, inner: inner)
    }
    guard let packed else { return false }
    let to = define(output, .levels)
    let lanes = LevelExtents.lanes
    let blocks = (g.filters + lanes - 1) / lanes
    let work = g.filters * g.outPixels * g.taps * g.channels
    // Narrow maps need more blocks to fill the registers.
    let tileBlocks = g.outWidth <= 6 && !(g.taps == 1 && g.stride.w == 1) ? 4 : 2
    let descriptor = g.levelDescriptor(
      planes: extents.blocks, inner: inner, tileBlocks: tileBlocks, from: from, to: levels, node)
    let tasks = LevelTasks(
      g, work: work, rowBytes: g.width * g.stride.h * extents.blocks * lanes, blocks: blocks, workers: workers
    )
    var sample = descriptor
    needScratch(floats: (ck_u8s8_conv_scratch(&sample, Int32(tasks.rows)) + 3) / 4)
    let run = levelKernels.conv_rows
    let outImage = blocks * g.outPixels * lanes
    let phase = Phase(tasks: tasks.list.count) { memory, number, worker in
      let task = tasks.list[number]
      withUnsafePointer(to: descriptor) { descriptor in
        run(
          descriptor, memory.bytes(input) + task.image * extents.imageBytes,
          packed.weights.base(as: Int8.self),
          packed.starts.base(as: Int32.self), packed.factors.base, packed.shifts?.base,
          memory.bytes(to) + task.image * outImage, Int32(task.row),
          Int32(min(g.outRows, task.row + tasks.rows)),
          Int32(task.block), Int32(min(blocks, task.block + tasks.blocks)),
          UnsafeMutableRawPointer(memory.scratch(of: worker)).assumingMemoryBound(to: UInt8.self))
      }
    }
    append(
      levelStep(
        node, "int8 conv \(g.kernel.h)x\(g.kernel.w)", [phase], reads: [input], write: to,
        multiplyAdds: work * g.images))
    return true
  }

  private mutating func lowerLevelDepthwise(_ node: Node, _ g: ConvolutionGeometry) throws -> Bool {
    guard let (input, extents, from) = levelMap(node.input(0)), let output = node.output(0),
      let levels = graph.levels[output]
    else { return false }
    let lanes = LevelExtents.lanes
    let taps = g.taps
    let packed = try product(node, filters: g.filters, key: "levels depthwise") { values in
      let packed = PackedFloats(count: extents.blocks * taps * lanes)
      for (index, value) in values.enumerated() {
        let (filter, tap) = index.quotientAndRemainder(dividingBy: taps)
        packed.base(as: Int32.self)[(filter / lanes * taps + tap) * lanes + filter % lanes] = Int32(value)
      }
      return packed
    }
    guard let packed else { return false }
    let to = define(output, .levels)
    let descriptor = g.levelDescriptor(planes: 1, inner: 4, tileBlocks: 1, from: from, to: levels, node)
    var sample = descriptor
    needScratch(floats: (ck_u8s8_conv_scratch(&sample, Int32(g.outRows)) + 3) / 4)
    let run = levelKernels.depthwise_rows
    let phase = Phase(tasks: extents.images * extents.blocks) { memory, task, worker in
      let block = task % extents.blocks
      withUnsafePointer(to: descriptor) { descriptor in
        run(
          descriptor, memory.bytes(input) + task * extents.blockBytes,
          packed.weights.base(as: Int32.self) + block * taps * lanes,
          packed.starts.base(as: Int32.self) + block * lanes,
          packed.factors.base + block * lanes, packed.shifts.map { $0.base + block * lanes },
          memory.bytes(to) + task * g.outPixels * lanes, 0, Int32(g.outRows),
          UnsafeMutableRawPointer(memory.scratch(of: worker)).assumingMemoryBound(to: UInt8.self))
      }
    }
    append(
      levelStep(
        node, "int8 depthwise \(g.kernel.h)x\(g.kernel.w)", [phase], reads: [input], write: to,
        multiplyAdds: g.images * g.filters * g.outPixels * taps))
    return true
  }

  /// Rows times a matrix: a pointwise convolution whose pixels are the rows.
  private mutating func lowerLevelProduct(_ node: Node) throws -> Bool {
    guard let (input, extents, from) = levelMap(node.input(0)), let output = node.output(0),
      let levels = graph.levels[output], let weights = graph.constant(node.input(1)), weights.rank == 2
    else { return false }
    let (rows, filters, lanes) = (extents.images, weights.shape[0], LevelExtents.lanes)
    let inner = extents.blocks > 1 ? 4 : (extents.channels + 3) / 4
    let packed = try product(node, filters: filters, key: "levels") {
      Self.packed($0, filters: filters, channels: extents.channels, taps: 1, inner: inner)
    }
    guard let packed else { return false }
    let to = define(output, .levels)
    let blocks = (filters + lanes - 1) / lanes
    let range = node.levelRange
    let descriptor = ck_u8s8_conv(
      planes: Int32(extents.blocks), inner: Int32(inner), in_height: 1, in_width: Int32(rows), kernel_h: 1,
      kernel_w: 1,
      stride_h: 1, stride_w: 1, dilation_h: 1, dilation_w: 1, pad_top: 0, pad_left: 0, out_height: 1,
      out_width: Int32(rows), tile_blocks: rows > 6 ? 2 : 4, padding: Int32(from.zero),
      zero: Int32(levels.zero),
      lower: Int32(range.lowerBound), upper: Int32(range.upperBound), in_plane_stride: rows * lanes,
      out_plane_stride: rows * lanes, weight_block_stride: extents.blocks * inner * lanes * 4)
    let run = levelKernels.conv_rows
    let ins = extents.blocks
    // One row lies as a map of one pixel; several are brought together for each block, and apart again.
    let turned = rows > 1 ? slot(floats: ins * rows * lanes / 4) : input
    let step = 4
    needScratch(floats: step * rows * lanes / 4 + 16)
    var phases: [Phase] = []
    if rows > 1 {
      phases.append(
        Phase(tasks: ins) { memory, block, _ in
          for row in 0..<rows {
            (memory.bytes(turned) + (block * rows + row) * lanes).update(
              from: memory.bytes(input) + (row * ins + block) * lanes, count: lanes)
          }
        })
    }
    phases.append(
      Phase(tasks: (blocks + step - 1) / step) { memory, task, worker in
        let first = task * step
        let count = min(step, blocks - first)
        let sums = UnsafeMutableRawPointer(memory.scratch(of: worker)).assumingMemoryBound(to: UInt8.self)
        withUnsafePointer(to: descriptor) { descriptor in
          run(
            descriptor, memory.bytes(turned),
            packed.weights.base(as: Int8.self) + first * descriptor.pointee.weight_block_stride,
            packed.starts.base(as: Int32.self) + first * lanes, packed.factors.base + first * lanes,
            packed.shifts.map { $0.base + first * lanes }, sums, 0, 1, 0, Int32(count), sums)
        }
        for block in 0..<count {
          for row in 0..<rows {
            (memory.bytes(to) + (row * blocks + first + block) * lanes).update(
              from: sums + (block * rows + row) * lanes, count: lanes)
          }
        }
      })
    var done = levelStep(
      node, "int8 gemm", phases, reads: [input], write: to, multiplyAdds: rows * filters * extents.channels)
    if rows > 1 { done.temporaries = [turned] }
    append(done)
    return true
  }
}

/// How a convolution is shared among workers.
private struct LevelTasks {
  let list: [(image: Int, row: Int, block: Int)]
  /// Rows and blocks in a task.
  let rows: Int
  let blocks: Int

  init(_ g: ConvolutionGeometry, work: Int, rowBytes: Int, blocks all: Int, workers: Int) {
    // Products of bytes are four times as fast.
    let wanted = max(1, min(workers * 4, work / (4 * Machine.taskMultiplyAdds)))
    // What a task reads should stay near the core.
    let rows = min(
      g.outRows, max(1, (256 << 10) / max(1, rowBytes)), max(1, (g.outRows + wanted - 1) / wanted))
    let rowTasks = (g.outRows + rows - 1) / rows * g.images
    var step = all
    if rowTasks < wanted, workers > 1, all > 1 {
      let split = min(all, (wanted + rowTasks - 1) / rowTasks)
      step = max(1, (all + split - 1) / split)
      if step > 1, step % 2 == 1 { step += 1 }
    }
    var list: [(image: Int, row: Int, block: Int)] = []
    for image in 0..<g.images {
      for block in stride(from: 0, to: all, by: step) {
        for row in stride(from: 0, to: g.outRows, by: rows) { list.append((image, row, block)) }
      }
    }
    (self.list, self.rows, blocks) = (list, rows, step)
  }
}

extension ConvolutionGeometry {
  /// The kernels' description of a convolution or pooling of levels.
  func levelDescriptor(
    planes: Int, inner: Int, tileBlocks: Int, from: Levels, to: Levels, _ node: Node
  ) -> ck_u8s8_conv {
    let lanes = LevelExtents.lanes
    let range = node.levelRange
    return ck_u8s8_conv(
      planes: Int32(planes), inner: Int32(inner), in_height: Int32(height), in_width: Int32(width),
      kernel_h: Int32(kernel.h), kernel_w: Int32(kernel.w), stride_h: Int32(stride.h),
      stride_w: Int32(stride.w),
      dilation_h: Int32(dilation.h), dilation_w: Int32(dilation.w), pad_top: Int32(pad.top),
      pad_left: Int32(pad.left),
      out_height: Int32(outHeight), out_width: Int32(outWidth), tile_blocks: Int32(tileBlocks),
      padding: Int32(from.zero), zero: Int32(to.zero), lower: Int32(range.lowerBound),
      upper: Int32(range.upperBound),
      in_plane_stride: pixels * lanes, out_plane_stride: outPixels * lanes,
      weight_block_stride: planes * taps * inner * lanes * 4)
  }
}

extension Node {
  /// The levels that a node on levels clamps its result to.
  var levelRange: ClosedRange<Int> {
    let lower = int("lower") ?? 0
    return lower...max(lower, int("upper") ?? 255)
  }
}
