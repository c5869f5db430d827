import CKernels
import Glibc
import Graph
import OrderedCollections

/// How a float32 value lies in memory.
enum Layout: Sendable {
  /// Row-major, as tensors do.
  case plain
  /// A map `[N, C, H, W]` as `[N][C / width][H][W][width]`, the last block filled up.
  case blocked
  /// 8-bit levels `[N, C, …]` as `[N][C / 16][…][16]`, unsigned, whatever the instruction set.
  case levels
}

/// One entry of a plan's flat list of calls.
struct Step: Sendable {
  /// The nodes that it computes.
  let origins: [String]
  /// The operator it stands for.
  let operatorType: String
  /// What computes it, such as `winograd f4 avx512`.
  let kernel: String
  /// Multiply-adds, for reports.
  var multiplyAdds = 0
  /// Bytes that it reads and writes at least, values and packed weights, for reports.
  fileprivate(set) var bytes = 0
  let phases: [Phase]
  let reads: [Slot]
  let writes: [Slot]
  /// Slots used inside the step only.
  var temporaries: [Slot] = []
  /// Values written that are no float32 arrays of known extents.
  var boxes: [Int] = []
  /// A slot read that the written one may lie upon.
  var inPlace: Slot?
  /// The output's extents, for reports.
  var extents: [Int] = []
  /// The convolution as tunings call it, and its algorithm; `nil` where there is no other.
  var tunable: (layer: String, algorithm: ConvolutionAlgorithm)?
}

/// Tasks that each compute some rows of one block of channels of one image. Those of the same rows follow each other:
/// workers' shares are then runs of rows, in this step as in its neighbours.
struct MapCut: Sendable {
  let images: Int
  let rows: Int
  let blocks: Int
  /// How many runs of rows.
  let parts: Int

  var tasks: Int { images * parts * blocks }

  func callAsFunction(_ task: Int) -> (image: Int, rows: Range<Int>, block: Int) {
    let (rest, block) = task.quotientAndRemainder(dividingBy: blocks)
    let (image, part) = rest.quotientAndRemainder(dividingBy: parts)
    return (image, part * rows / parts..<(part + 1) * rows / parts, block)
  }
}

/// Turns nodes into steps, and remembers where values are.
struct PlanBuilder {
  let graph: PlanGraph
  let kernels: KernelSet
  let workers: Int
  let choice: ConvolutionChoice
  /// The largest error of a convolution that rounding may leave, as a share of the map's largest value.
  let errorBudget: Double
  /// Whether packing pays only where it saves more than it costs in a single run.
  let isForOneRun: Bool
  /// Bytes of the constants that nodes read, most of which are weights: of floats, of their float32 form.
  let constantBytes: Int
  /// Values that `DequantizeLinear` gives.
  let dequantized: Set<String>
  private(set) var steps: [Step] = []
  /// Bytes by slot.
  private(set) var slotBytes: [Int] = []
  private(set) var scratchFloats = 0
  /// The value that each slot was defined for, and how it lies there; `nil` for slots of no value.
  private(set) var definitions: [(name: String, layout: Layout)?] = []
  private var plain: [String: Slot] = [:]
  private var blocked: [String: Slot] = [:]
  /// Values with the elements of others in the same order, under other extents.
  private var views: [String: String] = [:]
  private(set) var boxes: [String: Int] = [:]
  /// Maps of 8-bit levels.
  private(set) var levels: [String: Slot] = [:]
  /// Maps that CBAM blocks read.
  let attentionMaps: Set<String>
  /// Sums of such maps that the steps which write them take.
  var takenSums: [ChannelSums] = []
  /// Keeps packed weights, which several nodes may share.
  private var packed: [String: PackedFloats] = [:]
  let weightMemory = WeightMemory()
  private(set) var packedBytes = 0
  /// Bytes packed, or found packed, for the step to come.
  private var pendingBytes = 0

  init(
    graph: PlanGraph, kernels: KernelSet, workers: Int, choice: ConvolutionChoice, errorBudget: Double,
    isForOneRun: Bool
  ) {
    self.graph = graph
    self.kernels = kernels
    self.workers = workers
    self.choice = choice
    self.errorBudget = errorBudget
    self.isForOneRun = isForOneRun
    dequantized = Set(
      graph.nodes.filter { $0.operatorType == "DequantizeLinear" }.flatMap(\.outputs))
    attentionMaps = Set(graph.nodes.filter { $0.isPlan("CBAM") }.map { $0.inputs[0] })
    constantBytes = Set(graph.nodes.flatMap(\.inputs)).reduce(0) { sum, name in
      sum + (graph.weights(name).map { $0.count * 4 } ?? graph.constants[name]?.byteCount ?? 0)
    }
  }

  /// Whether a file's bytes are given up as they are packed: of few, telling the system takes longer than it is worth.
  var givesUpMemory: Bool { constantBytes > 8 << 20 }

  var width: Int { kernels.width }

  /// Blocks of channels.
  func planes(_ channels: Int) -> Int { (channels + width - 1) / width }

  /// Cuts maps of `rows` rows into tasks.
  func mapCut(images: Int, rows: Int, blocks: Int) -> MapCut {
    // Some parts more than workers, so that one who comes late costs little.
    MapCut(images: images, rows: rows, blocks: blocks, parts: images >= workers ? 1 : min(rows, workers * 2))
  }

  /// A new place for `floats` floats and the vector that a kernel may read beyond.
  mutating func slot(floats: Int) -> Slot {
    slotBytes.append(((floats + 16) * 4 + 63) / 64 * 64)
    definitions.append(nil)
    return Slot(index: slotBytes.count - 1)
  }

  /// Asks for scratch memory for each worker.
  mutating func needScratch(floats: Int) { scratchFloats = max(scratchFloats, floats) }

  /// Weights packed by `make` once for all nodes that read `key`.
  mutating func pack(_ key: String, _ make: () throws -> PackedFloats) rethrows -> PackedFloats {
    if let known = packed[key] {
      pendingBytes += known.count * 4
      return known
    }
    let new = try make()
    packed[key] = new
    packedBytes += new.count * 4
    pendingBytes += new.count * 4
    return new
  }

  /// The same for weights of a file, which `fill` brings into zeros; what the file's bytes took is given up then.
  mutating func pack(
    _ key: String, _ weights: Tensor, floats: Int, _ fill: (StoredWeights, PackedFloats) throws -> Void
  ) throws -> PackedFloats {
    let (memory, givesUp) = (weightMemory, givesUpMemory)
    return try pack(key) {
      let packed = memory.zeros(count: floats)
      try weights.withStoredWeights { try fill($0, packed) }
      if givesUp { weights.giveUpMemory() }
      return packed
    }
  }

  mutating func append(_ step: Step) {
    var step = step
    step.bytes = (step.reads + step.writes).reduce(0) { $0 + slotBytes[$1.index] }
    // Changes of layout may come between a step's packing and the step.
    if step.multiplyAdds > 0 {
      step.bytes += pendingBytes
      pendingBytes = 0
    }
    steps.append(step)
  }

  /// Floats of a map in blocks.
  func blockedCount(_ shape: [Int]) -> Int { shape[0] * planes(shape[1]) * width * shape[2...].reduce(1, *) }

  /// Declares a value that a step writes in this layout.
  mutating func define(_ name: String, _ layout: Layout) -> Slot {
    let shape = graph.floatShape(name) ?? []
    switch layout {
    case .plain:
      let new = slot(floats: shape.reduce(1, *))
      plain[name] = new
      definitions[new.index] = (name, .plain)
      return new
    case .blocked:
      let new = slot(floats: blockedCount(shape))
      blocked[name] = new
      definitions[new.index] = (name, .blocked)
      // One pixel and full blocks: both layouts are the same.
      if shape[2...].allSatisfy({ $0 == 1 }), shape[1] % width == 0 { plain[name] = new }
      return new
    case .levels:
      let new = slot(floats: (LevelExtents(graph.levelShape(name) ?? []).bytes + 3) / 4)
      levels[name] = new
      definitions[new.index] = (name, .levels)
      return new
    }
  }

  /// Declares a map of levels that stands where another one does.
  mutating func defineLevels(_ name: String, at slot: Slot) { levels[name] = slot }

  /// Declares a value with the elements of `base` in the same order.
  mutating func defineView(_ name: String, of base: String) { views[name] = base }

  /// Declares a value that only plain definitions see.
  mutating func defineBox(_ name: String) -> Int {
    if let known = boxes[name] { return known }
    boxes[name] = boxes.count
    return boxes.count - 1
  }

  /// Whether the value's floats are in the arena, in any layout.
  func isInArena(_ name: String) -> Bool {
    plain[name] != nil || blocked[name] != nil || views[name].map(isInArena) ?? false
  }

  /// Whether the value is there in blocks without conversion.
  func isBlocked(_ name: String) -> Bool { blocked[name] != nil }

  /// The map in blocks that `name` is a view of, if it is one.
  func blockedBase(of name: String) -> (name: String, slot: Slot)? {
    if let slot = blocked[name] { return (name, slot) }
    return views[name].flatMap { blockedBase(of: $0) }
  }

  /// The value in plain layout, converted if need be; `nil` where it is no float32 value in the arena.
  mutating func plainSlot(_ name: String) -> Slot? {
    if let slot = plain[name] { return slot }
    if let constant = graph.constant(name) { return constantSlot(name, constant) }
    if let base = views[name] {
      let slot = plainSlot(base)
      plain[name] = slot
      return slot
    }
    guard let from = blocked[name], let shape = graph.floatShape(name) else { return nil }
    let to = slot(floats: shape.reduce(1, *))
    plain[name] = to
    let pixels = shape[2...].reduce(1, *)
    let planeStride = pixels * width
    let imageBlocked = planes(shape[1]) * planeStride
    let channels = shape[1]
    let convert = kernels.ops.from_blocks
    append(
      Step(
        origins: [name], operatorType: "layout", kernel: "from blocks \(kernels.name)",
        phases: [
          Phase(tasks: shape[0]) { memory, image, _ in
            convert(
              memory.floats(from) + image * imageBlocked, planeStride, Int32(channels), Int32(pixels),
              memory.floats(to) + image * channels * pixels)
          }
        ], reads: [from], writes: [to], extents: shape))
    return to
  }

  /// The map in blocks, converted if need be; `nil` where it is no float32 map in the arena.
  mutating func blockedSlot(_ name: String) -> Slot? {
    if let slot = blocked[name] { return slot }
    guard let shape = graph.floatShape(name), shape.count == 4 || shape.count == 3, let from = plainSlot(name)
    else {
      return nil
    }
    let pixels = shape[2...].reduce(1, *)
    let channels = shape[1]
    if pixels == 1, channels % width == 0 {
      blocked[name] = from
      return from
    }
    let to = slot(floats: blockedCount(shape))
    blocked[name] = to
    let planeStride = pixels * width
    let imageBlocked = planes(channels) * planeStride
    let convert = kernels.ops.to_blocks
    append(
      Step(
        origins: [name], operatorType: "layout", kernel: "to blocks \(kernels.name)",
        phases: [
          Phase(tasks: shape[0]) { memory, image, _ in
            convert(
              memory.floats(from) + image * channels * pixels, Int32(channels), Int32(pixels),
              memory.floats(to) + image * imageBlocked, planeStride)
          }
        ], reads: [from], writes: [to], extents: shape))
    return to
  }

  /// A constant that a step reads as if it were computed: copied at the plan's beginning, never written again.
  private mutating func constantSlot(_ name: String, _ tensor: Tensor) -> Slot? {
    guard tensor.elementType == .float32 else { return nil }
    let to = slot(floats: tensor.count)
    plain[name] = to
    let bytes = tensor.count * 4
    append(
      Step(
        origins: [name], operatorType: "constant", kernel: "copy",
        phases: [
          Phase(tasks: 1) { memory, _, _ in
            tensor.withBytes { source in
              if let base = source.baseAddress { memcpy(memory.floats(to), base, bytes) }
            }
          }
        ], reads: [], writes: [to], extents: tensor.shape))
    return to
  }
}
