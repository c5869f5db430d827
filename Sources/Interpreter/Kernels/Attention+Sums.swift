import CKernels

/// Sums and maxima over each channel of a map in blocks, which channel attention begins with.
///
/// They are taken by parts of whole rows that hang on the map alone, and added in the order of the parts: who takes
/// them, and on which thread, changes nothing. The convolution that writes the map takes them where its tasks write
/// whole parts, which are still near the core then; else the attention reads the map once more.
struct ChannelSums: Sendable {
  /// The map's name.
  let map: String
  /// Of each image `[parts][sums, maxima][channels]`, then those of the whole map, then `[channels]` of attention.
  let slot: Slot
  let parts: Int
  /// Floats of one image.
  let count: Int
  private let height: Int
  private let mapWidth: Int
  private let blocks: Int
  private let lanes: Int
  private let rowsOfPart: Int
  private let pool: Pool

  private typealias Pool =
    @convention(c) (
      UnsafePointer<Float>, Int, Int32, Int32, Int32, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void

  init(of map: String, shape: [Int], _ builder: inout PlanBuilder) {
    self.map = map
    (height, mapWidth, blocks, lanes) = (shape[2], shape[3], builder.planes(shape[1]), builder.width)
    // A row of Winograd's most common tiles, or two where they are pooled.
    rowsOfPart = Self.isLarge(floats: blocks * lanes * height * mapWidth) ? min(height, 4) : height
    pool = builder.kernels.ops.channel_pool
    parts = (height + rowsOfPart - 1) / rowsOfPart
    count = blocks * lanes * (2 * parts + 3)
    slot = builder.slot(floats: shape[0] * count)
  }

  /// Whether several threads share a map of one image.
  static func isLarge(floats: Int) -> Bool { floats > 24 << 10 }

  /// Where an image's attention begins.
  var attentionOffset: Int { row * (2 * parts + 2) }
  private var row: Int { blocks * lanes }

  /// The fewest rows of tiles, each of which writes `rows` rows of the map, that are whole parts of it.
  func tileRows(writing rows: Int) -> Int {
    (1...).first { $0 * rows % rowsOfPart == 0 || $0 * rows >= height } ?? height
  }

  /// Takes those of some blocks in `rows`, which are whole parts; or none, of tiles whose rows pooling drops.
  func take(_ memory: PlanMemory, _ map: Slot, image: Int, rows: Range<Int>, blocks taken: Range<Int>) {
    if rows.isEmpty { return }
    for part in rows.lowerBound / rowsOfPart..<(rows.upperBound + rowsOfPart - 1) / rowsOfPart {
      take(memory, map, image: image, part: part, blocks: taken)
    }
  }

  /// Takes those of some blocks in one part.
  func take(_ memory: PlanMemory, _ map: Slot, image: Int, part: Int, blocks taken: Range<Int>) {
    let first = part * rowsOfPart
    let rows = min(height, first + rowsOfPart) - first
    let to = memory.floats(slot) + image * count + 2 * part * row
    pool(
      memory.floats(map) + (image * row * height + first * lanes) * mapWidth, height * mapWidth * lanes,
      Int32(rows * mapWidth), Int32(taken.lowerBound), Int32(taken.upperBound), to, to + row)
  }

  /// An image's sums and behind them its maxima, each of `channels`, those of its parts being taken.
  func joined(_ memory: PlanMemory, image: Int) -> UnsafeMutablePointer<Float> {
    let first = memory.floats(slot) + image * count
    if parts == 1 { return first }
    let all = first + 2 * parts * row
    all.update(from: first, count: 2 * row)
    for part in 1..<parts {
      let from = first + 2 * part * row
      for index in 0..<row { all[index] += from[index] }
      for index in row..<2 * row where from[index] > all[index] { all[index] = from[index] }
    }
    return all
  }

  /// An image's channel attention.
  func attention(_ memory: PlanMemory, image: Int) -> UnsafeMutablePointer<Float> {
    memory.floats(slot) + image * count + attentionOffset
  }
}

extension PlanBuilder {
  /// Those of the map `output` that a convolution is about to write, where a CBAM block reads it; and what a task of the
  /// convolution takes, in units of its own, such that it writes whole parts.
  ///
  /// - Parameter fitting: says how much a task is to take; `nil` where it can't be whole parts.
  mutating func channelSums(
    of output: String, fitting: (ChannelSums) -> Int?
  ) -> (sums: ChannelSums, size: Int)? {
    guard attentionMaps.contains(output), let shape = graph.floatShape(output), shape.count == 4 else {
      return nil
    }
    let sums = ChannelSums(of: output, shape: shape, &self)
    guard let size = fitting(sums) else { return nil }
    takenSums.append(sums)
    return (sums, size)
  }

  /// Those of the map that a CBAM block reads, and whether the step that writes the map takes them.
  mutating func channelSums(toRead map: String, shape: [Int]) -> (sums: ChannelSums, areTaken: Bool) {
    if let taken = takenSums.first(where: { $0.map == map }) { return (taken, true) }
    return (ChannelSums(of: map, shape: shape, &self), false)
  }
}
