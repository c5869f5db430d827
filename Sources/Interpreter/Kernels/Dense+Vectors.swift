import CKernels
import Glibc
import Graph
import OrderedCollections

extension PlanBuilder {
  /// One or two rows. Weights are packed once, in the order of use; or, for one run, large ones are packed by the task
  /// that needs them, and forgotten. Columns are summed in the same order either way.
  mutating func lowerVectors(_ dense: Dense) throws -> Bool {
    guard let input = denseInput(dense) else { return false }
    let (depth, lanes) = (input.depth, width)
    let bias = packedBias(dense.bias, dense.output, filters: dense.columns)
    let output = define(dense.output, .plain)
    let lists = NonzeroLists(
      slot: slot(floats: dense.rows * NonzeroLists.floats(depth, lanes)), depth, lanes)
    let vectors = DenseVectors(
      input: input, columns: dense.columns, output: output, bias: bias, lists: lists, lanes: lanes,
      clamp: dense.node.clamp, ops: kernels.ops)
    let stored =
      isForOneRun && dense.weights.byteCount >= Self.leastStoredBytes
      ? StoredWeights.element(dense.weights.elementType) : nil
    // Whether stored weights are finite is known when they are packed: where not, the task lists the row anew.
    let (products, areFinite) =
      try stored.map { (storedProducts(dense, vectors, $0), true) } ?? packedProducts(dense, vectors)
    let listing = Phase(tasks: dense.rows) { memory, row, _ in
      vectors.list(memory, row, keepsZeros: !areFinite, to: lists[memory, row])
    }
    append(
      Step(
        origins: dense.node.origins, operatorType: "Dense",
        kernel: "gemv \(stored == nil ? "" : "stored ")\(kernels.name)",
        multiplyAdds: dense.rows * dense.inputs * dense.columns, phases: [listing, products],
        reads: [input.slot], writes: [output], temporaries: [lists.slot],
        extents: [dense.rows, dense.columns]))
    return true
  }

  /// Smaller weights are packed even for one run: that takes microseconds.
  private static let leastStoredBytes = 1 << 18

  /// A task packs the weights of one vector of columns from the file and multiplies all rows with them.
  private mutating func storedProducts(
    _ dense: Dense, _ vectors: DenseVectors, _ element: ck_element
  ) -> Phase {
    let (depth, lanes) = (vectors.input.depth, vectors.lanes)
    let kernel = kernels.conv.pack
    let own = NonzeroLists.floats(depth, lanes)
    needScratch(floats: depth * lanes + own + lanes)
    // Tasks whose part of the file is given up at once, so that the system is not asked for every few pages.
    let together = max(1, (128 << 10) / (lanes * dense.weights.byteCount / dense.columns))
    let givesUp = givesUpMemory && dense.isTransposed
    return Phase(tasks: planes(dense.columns)) { memory, task, worker in
      let packed = memory.scratch(of: worker)
      // Channels and columns that only fill a block up have no weights.
      if depth > dense.inputs || (task + 1) * lanes > dense.columns { memset(packed, 0, depth * lanes * 4) }
      dense.weights.withBytes { bytes in
        guard let weights = StoredWeights(bytes, element) else { return }
        let areFinite = Self.pack(
          weights, of: dense, vectors.input, first: task * lanes, vectors: 1, lanes: lanes, to: packed,
          by: kernel)
        if givesUp, (task + 1) % together == 0 {
          let end = min(dense.columns, (task + 1) * lanes)
          dense.weights.giveUpMemory(
            ofElements: (task + 1 - together) * lanes * dense.inputs..<end * dense.inputs)
        }
        for row in 0..<dense.rows {
          var list = vectors.lists[memory, row]
          if !areFinite {
            list = NonzeroLists.List(packed + depth * lanes, depth, lanes)
            vectors.list(memory, row, keepsZeros: true, to: list)
          }
          vectors.multiply(memory, row, list, task * lanes, 1, packed, packed + depth * lanes + own)
        }
      }
    }
  }

  /// A task multiplies one row with packed weights of some vectors of columns; and whether all weights are finite.
  private mutating func packedProducts(
    _ dense: Dense, _ vectors: DenseVectors
  ) throws -> (Phase, areFinite: Bool) {
    let (rows, depth, lanes) = (dense.rows, vectors.input.depth, vectors.lanes)
    let kernel = kernels.conv.pack
    // Runs of 16, 8, 4, 2 or 1 vectors.
    var runs: [(first: Int, vectors: Int)] = []
    var next = 0
    while next < planes(dense.columns) {
      let size = [16, 8, 4, 2, 1].first { $0 <= planes(dense.columns) - next } ?? 1
      runs.append((next * lanes, size))
      next += size
    }
    let all = runs
    let packed = try pack(
      "\(dense.node.inputs[1])/vectors/\(vectors.input.key)/\(dense.isTransposed)", dense.weights,
      floats: depth * planes(dense.columns) * lanes
    ) { weights, packed in
      for run in all {
        let areFinite = Self.pack(
          weights, of: dense, vectors.input, first: run.first, vectors: run.vectors, lanes: lanes,
          to: packed.base + run.first * depth, by: kernel)
        packed.areFinite = packed.areFinite && areFinite
      }
    }
    needScratch(floats: all[0].vectors * lanes)
    // Not the layer itself: its weights are packed, and nobody keeps the file for them.
    let phase = Phase(tasks: rows * all.count) { memory, task, worker in
      let (number, row) = task.quotientAndRemainder(dividingBy: rows)
      let run = all[number]
      vectors.multiply(
        memory, row, vectors.lists[memory, row], run.first, run.vectors, packed.base + run.first * depth,
        memory.scratch(of: worker))
    }
    return (phase, packed.areFinite)
  }
}

/// What tasks of a dense layer of one or two rows share.
private struct DenseVectors: Sendable {
  let input: PlanBuilder.DenseInput
  let columns: Int
  let output: Slot
  let bias: PackedFloats
  let lists: NonzeroLists
  let lanes: Int
  let clamp: (lower: Float, upper: Float)
  let ops: ck_f32_ops_kernels

  /// What row `row` has beside zeros; or all of it, because zero times infinity is not zero.
  func list(_ memory: PlanMemory, _ row: Int, keepsZeros: Bool, to list: NonzeroLists.List) {
    list.count.pointee = ops.list_nonzero(
      memory.floats(input.slot) + row * input.depth, Int32(input.depth), keepsZeros ? 1 : 0, list.indices,
      list.values)
  }

  /// What a row's list names, times `vectors` vectors of columns from `first` on; `sums` are of as many.
  func multiply(
    _ memory: PlanMemory, _ row: Int, _ list: NonzeroLists.List, _ first: Int, _ vectors: Int,
    _ weights: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>
  ) {
    ops.gemv(
      Int32(vectors), weights, list.indices, list.values, list.count.pointee, bias.base + first,
      clamp.lower, clamp.upper, sums)
    memcpy(
      memory.floats(output) + row * columns + first, sums, min(columns - first, vectors * lanes) * 4)
  }
}

/// What rows have beside zeros, found once for all columns: for each row the places, the values, and how many they are.
private struct NonzeroLists: Sendable {
  let slot: Slot
  private let depth: Int
  private let lanes: Int

  init(slot: Slot, _ depth: Int, _ lanes: Int) {
    self.slot = slot
    self.depth = depth
    self.lanes = lanes
  }

  /// Floats of one list: kernels write whole vectors, so that there is room for one more behind the last.
  static func floats(_ depth: Int, _ lanes: Int) -> Int { 2 * (depth + 2 * lanes) + lanes }

  /// One row's.
  struct List {
    let indices: UnsafeMutablePointer<Int32>
    let values: UnsafeMutablePointer<Float>
    let count: UnsafeMutablePointer<Int32>

    init(_ base: UnsafeMutablePointer<Float>, _ depth: Int, _ lanes: Int) {
      let room = depth + 2 * lanes
      values = base
      indices = UnsafeMutableRawPointer(base + room).assumingMemoryBound(to: Int32.self)
      count = indices + room
    }
  }

  subscript(memory: PlanMemory, row: Int) -> List {
    List(memory.floats(slot) + row * Self.floats(depth, lanes), depth, lanes)
  }
}
