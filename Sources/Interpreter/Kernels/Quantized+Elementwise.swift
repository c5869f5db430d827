import CKernels
import Graph

extension PlanBuilder {
  /// What levels go through after they are selected: a table of 256, and whether it changes any.
  private mutating func levelTable(_ name: String?) throws -> (table: PackedFloats, isIdentity: Bool)? {
    guard let name, let tensor = graph.constant(name), tensor.elementType == .uint8, tensor.count == 256
    else {
      return nil
    }
    let levels = try tensor.elements(of: UInt8.self)
    let packed = pack(name) {
      let packed = PackedFloats(bytes: 256)
      for (level, result) in levels.enumerated() { packed.base(as: UInt8.self)[level] = result }
      return packed
    }
    return (packed, levels == Array(0...255))
  }

  /// A function of single levels, and changes of shape.
  mutating func lowerLevelTable(_ node: Node) throws -> Bool {
    guard let (from, extents, _) = levelMap(node.input(0)), let output = node.output(0),
      let shape = graph.levelShape(output), let (table, isIdentity) = try levelTable(node.input(1))
    else { return false }
    let target = LevelExtents(shape)
    let run = levelKernels
    let isSame = extents == target
    if isSame, isIdentity {
      defineLevels(output, at: from)
      return true
    }
    let to = define(output, .levels)
    let count = extents.imageBytes
    let phase = Phase(tasks: extents.images) { memory, image, _ in
      let (source, sink) = (memory.bytes(from) + image * count, memory.bytes(to) + image * target.imageBytes)
      let levels = table.base(as: UInt8.self)
      if isSame {
        run.lookup(source, levels, sink, count)
      } else {
        run.reshape(
          source, Int32(extents.pixels), levels, sink, Int32(target.channels), Int32(target.pixels))
      }
    }
    append(levelStep(node, isSame ? "int8 table" : "int8 reshape", [phase], reads: [from], write: to))
    return true
  }

  mutating func lowerLevelBinary(_ node: Node) -> Bool {
    guard let left = levelMap(node.input(0)), let right = levelMap(node.input(1)),
      let output = node.output(0),
      let levels = graph.levels[output], let shape = graph.levelShape(output), let kinds = node.ints("kinds"),
      kinds.count == 2
    else { return false }
    let operations: [String: ck_u8_binary] = ["Add": CK_U8_ADD, "Sub": CK_U8_SUBTRACT, "Mul": CK_U8_MULTIPLY]
    guard let operation = operations[node.operatorType] else { return false }
    let names = [CK_U8_MAP, CK_U8_CHANNEL, CK_U8_PIXEL]
    let (leftKind, rightKind) = (names[kinds[0]], names[kinds[1]])
    let extents = LevelExtents(shape)
    let to = define(output, .levels)
    let run = levelKernels.binary
    let result = levels.result(node.levelRange)
    let (leftMeaning, rightMeaning) = (left.levels.meaning, right.levels.meaning)
    let (leftSlot, rightSlot) = (left.slot, right.slot)
    let (leftExtents, rightExtents) = (left.extents, right.extents)
    let phase = Phase(tasks: extents.images * extents.blocks) { memory, task, _ in
      let (image, block) = task.quotientAndRemainder(dividingBy: extents.blocks)
      func operand(_ slot: Slot, _ own: LevelExtents, _ kind: ck_u8_operand) -> UnsafeMutablePointer<UInt8> {
        memory.bytes(slot) + image * own.imageBytes + (kind == CK_U8_PIXEL ? 0 : block * own.blockBytes)
      }
      run(
        operation, leftKind, operand(leftSlot, leftExtents, leftKind), leftMeaning, rightKind,
        operand(rightSlot, rightExtents, rightKind), rightMeaning, result,
        memory.bytes(to) + task * extents.blockBytes, Int32(extents.pixels))
    }
    append(levelStep(node, "int8 elementwise", [phase], reads: [leftSlot, rightSlot], write: to))
    return true
  }

  mutating func lowerLevelMaxima(_ node: Node) throws -> Bool {
    guard let (from, extents, levels) = levelMap(node.input(0)), let output = node.output(0),
      let shape = graph.levelShape(node.input(0)), let kernel = node.ints("kernel_shape"),
      let (table, isIdentity) = try levelTable(node.input(1)),
      let g = ConvolutionGeometry(node, input: shape, filters: shape[1], kernel: kernel)
    else { return false }
    let to = define(output, .levels)
    let descriptor = g.levelDescriptor(planes: 1, inner: 4, tileBlocks: 1, from: levels, to: levels, node)
    let run = levelKernels
    let count = g.outPixels * LevelExtents.lanes
    let phase = Phase(tasks: extents.images * extents.blocks) { memory, task, _ in
      let sink = memory.bytes(to) + task * count
      withUnsafePointer(to: descriptor) { descriptor in
        run.pool_rows(descriptor, memory.bytes(from) + task * extents.blockBytes, sink, 0, Int32(g.outRows))
      }
      if !isIdentity { run.lookup(sink, table.base(as: UInt8.self), sink, count) }
    }
    append(levelStep(node, "int8 pool \(kernel[0])x\(kernel[1])", [phase], reads: [from], write: to))
    return true
  }

  /// Maxima go through a table, means by way of the exact sum.
  private struct Reduction {
    let table: PackedFloats?
    let from: Levels
    let to: Levels

    func level(sum: Int32, maximum: UInt8, count: Int) -> UInt8 {
      if let table { return table.base(as: UInt8.self)[Int(maximum)] }
      let mean = Double(Int(sum) - count * from.zero) * Double(from.scale) / Double(count)
      return UInt8(to.level(of: Float(mean)))
    }
  }

  private mutating func reduction(_ node: Node, _ from: Levels) throws -> Reduction? {
    guard let to = node.output(0).flatMap({ graph.levels[$0] }) else { return nil }
    if node.int("maximum") == 0 { return Reduction(table: nil, from: from, to: to) }
    guard let (table, _) = try levelTable(node.input(1)) else { return nil }
    return Reduction(table: table, from: from, to: to)
  }

  /// One level a channel.
  mutating func lowerLevelPixels(_ node: Node) throws -> Bool {
    guard let (from, extents, levels) = levelMap(node.input(0)), let output = node.output(0),
      let reduction = try reduction(node, levels)
    else { return false }
    let to = define(output, .levels)
    let run = levelKernels.reduce_pixels
    let lanes = LevelExtents.lanes
    needScratch(floats: 2 * lanes)
    let phase = Phase(tasks: extents.images * extents.blocks) { memory, task, worker in
      let scratch = UnsafeMutableRawPointer(memory.scratch(of: worker))
      let sums = scratch.assumingMemoryBound(to: Int32.self)
      let maxima = (scratch + lanes * 4).assumingMemoryBound(to: UInt8.self)
      run(memory.bytes(from) + task * extents.blockBytes, Int32(extents.pixels), sums, maxima)
      let sink = memory.bytes(to) + task * lanes
      for lane in 0..<lanes {
        sink[lane] = reduction.level(sum: sums[lane], maximum: maxima[lane], count: extents.pixels)
      }
    }
    append(levelStep(node, "int8 channel pool", [phase], reads: [from], write: to))
    return true
  }

  /// One level a pixel.
  mutating func lowerLevelChannels(_ node: Node) throws -> Bool {
    guard let (from, extents, levels) = levelMap(node.input(0)), let output = node.output(0),
      let reduction = try reduction(node, levels)
    else { return false }
    let to = define(output, .levels)
    let run = levelKernels.reduce_channels
    let lanes = LevelExtents.lanes
    needScratch(floats: extents.pixels + (extents.pixels + 3) / 4)
    let phase = Phase(tasks: extents.images) { memory, image, worker in
      let scratch = UnsafeMutableRawPointer(memory.scratch(of: worker))
      let sums = scratch.assumingMemoryBound(to: Int32.self)
      let maxima = (scratch + extents.pixels * 4).assumingMemoryBound(to: UInt8.self)
      run(
        memory.bytes(from) + image * extents.imageBytes, Int32(extents.channels), Int32(extents.pixels), sums,
        maxima)
      let sink = memory.bytes(to) + image * extents.pixels * lanes
      for pixel in 0..<extents.pixels {
        sink[pixel * lanes] = reduction.level(
          sum: sums[pixel], maximum: maxima[pixel], count: extents.channels)
      }
    }
    append(levelStep(node, "int8 pixel pool", [phase], reads: [from], write: to))
    return true
  }

  mutating func lowerLevelConcat(_ node: Node) throws -> Bool {
    guard let output = node.output(0), let shape = graph.levelShape(output) else { return false }
    var parts: [(slot: Slot, extents: LevelExtents, table: PackedFloats, first: Int)] = []
    var first = 0
    for (name, table) in zip(node.inputs, node.inputs.dropFirst(node.inputs.count / 2)) {
      guard let (slot, extents, _) = levelMap(name), let (table, _) = try levelTable(table) else {
        return false
      }
      parts.append((slot, extents, table, first))
      first += extents.channels
    }
    let target = LevelExtents(shape)
    let to = define(output, .levels)
    let run = levelKernels.copy_channels
    let list = parts
    let phase = Phase(tasks: target.images) { memory, image, _ in
      for part in list {
        run(
          memory.bytes(part.slot) + image * part.extents.imageBytes, Int32(part.extents.channels),
          Int32(target.pixels),
          part.table.base(as: UInt8.self), memory.bytes(to) + image * target.imageBytes, Int32(part.first))
      }
    }
    append(levelStep(node, "int8 concat", [phase], reads: parts.map(\.slot), write: to))
    return true
  }
}
