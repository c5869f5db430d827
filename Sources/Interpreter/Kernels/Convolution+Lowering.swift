import CKernels
import Graph
import OrderedCollections

extension PlanBuilder {
  /// `plan.Conv`: chooses the algorithm and appends its steps; `false` where no fast kernel does it.
  mutating func lowerConvolution(_ node: Node) throws -> Bool {
    guard let output = node.output(0), let input = node.input(0), let shape = graph.floatShape(input),
      let weights = graph.weights(node.input(1)), let written = graph.floatShape(output),
      weights.rank == shape.count, weights.count > 0,
      let geometry = ConvolutionGeometry(
        node, input: shape, filters: weights.shape[0], kernel: Array(weights.shape[2...])),
      written.allSatisfy({ $0 > 0 })
    else { return false }
    let groups = node.int("group") ?? 1
    guard groups > 0, weights.shape[1] * groups == shape[1], weights.shape[0] % groups == 0 else {
      return false
    }
    if node.residual != nil, geometry.pool != 1 { return false }
    let convolution = Convolution(
      node: node, geometry: geometry, groups: groups, weights: weights, weightName: node.inputs[1],
      bias: try graph.constant(node.input(2))?.elements(of: Float.self), output: output,
      givesUpMemory: givesUpMemory)
    if groups > 1, groups == shape[1], weights.shape[0] == shape[1] {
      return try lowerDepthwise(convolution)
    }
    switch algorithm(of: convolution) {
    case .winograd(let tile):
      return try readsPlain(convolution)
        ? lowerPlainWinograd(convolution, m: tile) : lowerWinograd(convolution, m: tile)
    case .direct: return try lowerDirect(convolution)
    }
  }

  /// What the algorithms need to know of one convolution.
  struct Convolution {
    let node: Node
    let geometry: ConvolutionGeometry
    let groups: Int
    let weights: Tensor
    let weightName: String
    let bias: [Float]?
    let output: String
    let givesUpMemory: Bool
    var multiplyAdds: Int {
      geometry.images * geometry.filters * geometry.outHeight * geometry.outWidth * geometry.taps
        * geometry.channels
        / groups
    }

    /// Lets go of weights that are packed: of large ones, not even one layer's need be there twice.
    func giveUpWeights(_ elements: Range<Int>) {
      if givesUpMemory { weights.giveUpMemory(ofElements: elements) }
    }
  }

  /// The bias, zeros where there is none, filled up to whole blocks.
  mutating func packedBias(_ bias: [Float]?, _ key: String, filters: Int) -> PackedFloats {
    let count = planes(filters) * width
    return pack("\(key)/bias/\(filters)") { PackedFloats(bias ?? [], paddedTo: count) }
  }

  /// Places of input, residual and output maps.
  mutating func mapSlots(
    _ convolution: Convolution, plainInput: Bool = false
  ) -> (input: Slot, residual: Slot?, output: Slot)? {
    let node = convolution.node
    guard let input = plainInput ? plainSlot(node.inputs[0]) : blockedSlot(node.inputs[0]) else { return nil }
    var residual: Slot?
    if let name = node.residual {
      guard let slot = blockedSlot(name) else { return nil }
      residual = slot
    }
    return (input, residual, define(convolution.output, .blocked))
  }

  /// Sums over taps and channels as the definition has them, tiles of them in registers.
  private mutating func lowerDirect(_ convolution: Convolution) throws -> Bool {
    let g = convolution.geometry
    let lanes = width
    let isPlain = readsPlain(convolution)
    guard let (input, residual, output) = mapSlots(convolution, plainInput: isPlain) else { return false }
    let lane = isPlain ? 1 : lanes
    let units = DirectUnit.units(convolution, lanes: lanes, lane: lane)
    let pack = kernels.conv.pack
    let count = units.reduce(0) { $0 + $1.blocks * $1.planes * g.taps * lane * lanes }
    let packed = try self.pack("\(convolution.weightName)/direct/\(lane)", convolution.weights, floats: count)
    {
      for unit in units { unit.pack($0, to: $1.base, convolution, lanes: lanes, lane: lane, by: pack) }
    }
    let bias = packedBias(convolution.bias, convolution.output, filters: g.filters)
    let clamp = convolution.node.clamp

    // Tasks: images, then rows such that what they read stays near the core, then blocks if rows are too few.
    let blocks = planes(g.filters)
    let rowBytes = bytesNearCore(ofRowIn: g, planes: units[0].planes, lane: lane)
    let work = convolution.multiplyAdds / g.images
    let wanted = max(1, min(workers * 4, work / Machine.taskMultiplyAdds))
    let weightBytes = packed.count * 4
    var rows = g.outRows
    var blocksPerTask = blocks
    if units.count > 1 {
      rows = min(rows, max(1, (512 << 10) / max(1, rowBytes)))
    } else {
      if weightBytes > Machine.nearCache, workers > 1 || g.images == 1 {
        // Weights are the larger part: each is read by one worker, once.
        rows = min(rows, max(1, (640 << 10) / max(1, rowBytes)))
        // Where planes come first, a task reads the map once, so that tasks should be few.
        let parts = workers * (g.takesPlanesFirst(lane: lane) ? 2 : 4)
        blocksPerTask = workers == 1 ? blocks : max(4, (blocks / parts + 3) / 4 * 4)
      } else {
        rows = min(rows, max(1, (256 << 10) / max(1, rowBytes)), max(1, (g.outRows + wanted - 1) / wanted))
      }
    }
    let summed = channelSums(of: convolution.output) { sums in
      let whole = sums.tileRows(writing: 1)
      return rows >= g.outRows ? rows : rows >= whole ? rows / whole * whole : nil
    }
    rows = summed?.size ?? rows
    let sums = summed?.sums
    let rowTasks = (g.outRows + rows - 1) / rows
    if units.count == 1, rowTasks * g.images < wanted, blocksPerTask == blocks, workers > 1, blocks > 1 {
      let split = min(blocks, (wanted + rowTasks * g.images - 1) / (rowTasks * g.images))
      blocksPerTask = max(1, (blocks + split - 1) / split)
      if blocksPerTask > 1, blocksPerTask % 2 == 1 { blocksPerTask += 1 }
    }
    // Narrow maps need more blocks to fill the registers, but the fewer the better for what is read from far.
    let narrow = weightBytes > Machine.nearCache ? 4 : 7
    let tileBlocks = g.outWidth <= narrow && !(g.taps == 1 && g.stride.w == 1) ? 4 : 2
    let imageIn = planesOf(g.channels, lane: lane) * g.pixels * lane
    let imageOut = blocks * g.outPixels * lanes
    var tasks: [(unit: DirectUnit, image: Int, row: Int, block: Int)] = []
    for image in 0..<g.images {
      for unit in units {
        let step = units.count > 1 ? unit.blocks : blocksPerTask
        for block in stride(from: 0, to: unit.blocks, by: step) {
          for row in stride(from: 0, to: g.outRows, by: rows) { tasks.append((unit, image, row, block)) }
        }
      }
    }
    let blockStep = blocksPerTask
    let hasUnits = units.count > 1
    let run = kernels.conv.conv_rows
    let list = tasks
    var sample = g.descriptor(
      planes: units.map(\.planes).max() ?? 1, lane: lane, width: lanes, tileBlocks: 4, clamp: clamp)
    needScratch(floats: ck_f32_conv_scratch(&sample, Int32(rows), Int32(lanes)))
    let rowsPerTask = rows
    let phase = Phase(tasks: tasks.count) { memory, number, worker in
      let task = list[number]
      let unit = task.unit
      let descriptor = g.descriptor(
        planes: unit.planes, lane: lane, width: lanes, tileBlocks: tileBlocks, clamp: clamp)
      let last = min(unit.blocks, task.block + (hasUnits ? unit.blocks : blockStep))
      let out = task.image * imageOut + unit.firstBlock * g.outPixels * lanes
      let rows = task.row..<min(g.outRows, task.row + rowsPerTask)
      withUnsafePointer(to: descriptor) { descriptor in
        run(
          descriptor, memory.floats(input) + task.image * imageIn + unit.firstPlane * g.pixels * lane,
          packed.base + unit.weightOffset, bias.base + unit.firstBlock * lanes,
          residual.map { memory.floats($0) + out },
          memory.floats(output) + out, Int32(rows.lowerBound), Int32(rows.upperBound),
          Int32(task.block), Int32(last), memory.scratch(of: worker))
      }
      sums?.take(
        memory, output, image: task.image, rows: rows,
        blocks: unit.firstBlock + task.block..<unit.firstBlock + last)
    }
    let kind = g.taps == 1 ? "pointwise" : isPlain ? "direct plain" : "direct"
    append(
      Step(
        origins: convolution.node.origins, operatorType: "Conv", kernel: "conv \(kind) \(kernels.name)",
        multiplyAdds: convolution.multiplyAdds, phases: [phase],
        reads: [input] + (residual.map { [$0] } ?? []),
        writes: [output] + (sums.map { [$0.slot] } ?? []),
        extents: graph.floatShape(convolution.output) ?? [],
        tunable: tunable(convolution, .direct)))
    return true
  }

  /// Bytes that the kernels read and write again and again while they are at one row of the output.
  private func bytesNearCore(ofRowIn g: ConvolutionGeometry, planes: Int, lane: Int) -> Int {
    let chunk = g.chunkPlanes(lane: lane)
    guard g.takesPlanesFirst(lane: lane), chunk > 0, chunk < planes else {
      return g.width * 4 * planes * lane * g.stride.h * g.pool
    }
    let taken = g.gathers(lane: lane) ? g.outWidth * g.taps : g.width * g.stride.h
    return (taken * chunk * lane + g.outWidth * g.filters / 2) * 4
  }

  private func planesOf(_ channels: Int, lane: Int) -> Int { lane == 1 ? channels : planes(channels) }

  /// Each channel with its own kernel.
  private mutating func lowerDepthwise(_ convolution: Convolution) throws -> Bool {
    let g = convolution.geometry
    guard g.pool == 1, let (input, residual, output) = mapSlots(convolution) else { return false }
    let lanes = width
    let taps = g.taps
    let blocks = planes(g.filters)
    let columns = kernels.conv.pack.columns
    let packed = try pack(
      "\(convolution.weightName)/depthwise", convolution.weights, floats: blocks * taps * lanes
    ) { weights, packed in
      for block in 0..<blocks {
        let filters = min(lanes, g.filters - block * lanes)
        _ = columns(
          weights[block * lanes * taps], weights.element, taps, Int32(filters), Int32(taps), Int32(taps),
          lanes,
          0, packed.base + block * taps * lanes)
      }
    }
    let bias = packedBias(convolution.bias, convolution.output, filters: g.filters)
    let clamp = convolution.node.clamp
    let descriptor = g.descriptor(planes: 1, lane: lanes, width: lanes, tileBlocks: 1, clamp: clamp)
    let run = kernels.conv.depthwise_rows
    let cut = mapCut(images: g.images, rows: g.outHeight, blocks: blocks)
    let phase = Phase(tasks: cut.tasks) { memory, task, _ in
      let (image, rows, block) = cut(task)
      let plane = image * blocks + block
      let out = plane * g.outPixels * lanes
      withUnsafePointer(to: descriptor) { descriptor in
        run(
          descriptor, memory.floats(input) + plane * g.pixels * lanes, packed.base + block * taps * lanes,
          bias.base + block * lanes, residual.map { memory.floats($0) + out }, memory.floats(output) + out,
          Int32(rows.lowerBound), Int32(rows.upperBound))
      }
    }
    append(
      Step(
        origins: convolution.node.origins, operatorType: "Conv",
        kernel: "depthwise \(g.kernel.h)x\(g.kernel.w) s\(g.stride.h) \(kernels.name)",
        multiplyAdds: convolution.multiplyAdds, phases: [phase],
        reads: [input] + (residual.map { [$0] } ?? []),
        writes: [output], extents: graph.floatShape(convolution.output) ?? []))
    return true
  }
}

/// Output blocks that read the same input planes: all of them, or those of a group.
struct DirectUnit: Sendable {
  let firstBlock: Int
  let blocks: Int
  let firstPlane: Int
  let planes: Int
  let weightOffset: Int

  static func units(_ convolution: PlanBuilder.Convolution, lanes: Int, lane: Int) -> [DirectUnit] {
    let g = convolution.geometry
    let groups = convolution.groups
    let blocks = (g.filters + lanes - 1) / lanes
    let planes = lane == 1 ? g.channels : (g.channels + lanes - 1) / lanes
    if groups == 1 {
      return [DirectUnit(firstBlock: 0, blocks: blocks, firstPlane: 0, planes: planes, weightOffset: 0)]
    }
    let depth = g.channels / groups
    let filters = g.filters / groups
    var offset = 0
    var units: [DirectUnit] = []
    // Whole blocks on both sides: a unit a group. Otherwise a unit a block, reading all planes that its groups touch.
    let isWhole = depth % lanes == 0 && filters % lanes == 0
    for number in 0..<(isWhole ? groups : blocks) {
      let first = isWhole ? number * filters : number * lanes
      let last = isWhole ? first + filters - 1 : min(g.filters, first + lanes) - 1
      let firstPlane = first / filters * depth / lanes
      let lastPlane = ((last / filters + 1) * depth - 1) / lanes
      let unit = DirectUnit(
        firstBlock: first / lanes, blocks: isWhole ? filters / lanes : 1, firstPlane: firstPlane,
        planes: lastPlane - firstPlane + 1, weightOffset: offset)
      offset += unit.blocks * unit.planes * g.taps * lanes * lanes
      units.append(unit)
    }
    return units
  }

  /// Packs this unit's weights as `[block][plane][tap][lane][lanes]`, zero where a filter doesn't see a channel.
  func pack(
    _ weights: StoredWeights, to packed: UnsafeMutablePointer<Float>, _ convolution: PlanBuilder.Convolution,
    lanes: Int, lane: Int, by kernels: ck_f32_pack_kernels
  ) {
    let g = convolution.geometry
    let depth = g.channels / convolution.groups
    let filters = g.filters / convolution.groups
    let taps = g.taps
    let planeFloats = taps * lane * lanes
    for block in 0..<blocks {
      let first = (firstBlock + block) * lanes
      let end = min(g.filters, first + lanes)
      let to = packed + weightOffset + block * planes * planeFloats
      defer { convolution.giveUpWeights(first * depth * taps..<end * depth * taps) }
      if first / filters == (end - 1) / filters, first / filters * depth == firstPlane * lane {
        // All filters of the block see the same channels, from the first plane's first on.
        let isOneRun = lane == 1 || taps == 1
        let step = isOneRun ? depth : lanes
        for channel in stride(from: 0, to: depth, by: step) {
          let count = min(step, depth - channel) * taps
          _ = kernels.columns(
            weights[(first * depth + channel) * taps], weights.element, depth * taps, Int32(end - first),
            Int32(count), Int32(isOneRun ? count : taps), isOneRun ? lanes : lane * lanes, lanes,
            to + channel / lane * planeFloats)
        }
        continue
      }
      var kernel = [Float](repeating: 0, count: depth * taps)
      for filter in first..<end {
        _ = kernels.rows(
          weights[filter * depth * taps], weights.element, depth * taps, 1, Int32(depth * taps), depth * taps,
          &kernel)
        for channel in 0..<depth {
          let absolute = filter / filters * depth + channel
          let (plane, inner) = (absolute / lane - firstPlane, absolute % lane)
          let place = plane * planeFloats + inner * lanes + filter - first
          for tap in 0..<taps { to[place + tap * lane * lanes] = kernel[channel * taps + tap] }
        }
      }
    }
  }
}
