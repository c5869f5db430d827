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
    let stored =
      isForOneRun && dense.weights.byteCount >= Self.leastStoredBytes
      ? StoredWeights.element(dense.weights.elementType) : nil
    let runs = Self.runs(ofVectors: planes(dense.columns))
    // Tasks so few that each may list its row take less time so than by waiting for another core's list.
    let lists =
      stored != nil || runs.count > workers
      ? NonzeroLists(slot: slot(floats: dense.rows * NonzeroLists.floats(depth, lanes)), depth, lanes) : nil
    let vectors = DenseVectors(
      input: input, columns: dense.columns, output: output, bias: bias, lanes: lanes, clamp: dense.node.clamp,
      ops: kernels.ops)
    // Whether stored weights are finite is known when they are packed: where not, the task lists the row anew.
    let (products, areFinite): (Phase, Bool)
    if let stored, let lists {
      (products, areFinite) = (storedProducts(dense, vectors, stored, lists), true)
    } else {
      (products, areFinite) = try packedProducts(dense, vectors, runs, lists)
    }
    let listing = lists.map { lists in
      Phase(tasks: dense.rows) { memory, row, _ in
        vectors.list(memory, row, keepsZeros: !areFinite, to: lists[memory, row])
      }
    }
    append(
      Step(
        origins: dense.node.origins, operatorType: "Dense",
        kernel: "gemv \(stored == nil ? "" : "stored ")\(kernels.name)",
        multiplyAdds: dense.rows * dense.inputs * dense.columns,
        phases: (listing.map { [$0] } ?? []) + [products],
        reads: [input.slot], writes: [output], temporaries: lists.map { [$0.slot] } ?? [],
        extents: [dense.rows, dense.columns]))
    return true
  }

  /// Smaller weights are packed even for one run: that takes microseconds.
  private static let leastStoredBytes = 1 << 18

  /// A task packs the weights of one vector of columns from the file and multiplies all rows with them.
  private mutating func storedProducts(
    _ dense: Dense, _ vectors: DenseVectors, _ element: ck_element, _ lists: NonzeroLists
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
          var list = lists[memory, row]
          if !areFinite {
            list = NonzeroLists.List(packed + depth * lanes, depth, lanes)
            vectors.list(memory, row, keepsZeros: true, to: list)
          }
          vectors.multiply(memory, row, list, task * lanes, 1, packed, packed + depth * lanes + own)
        }
      }
    }
  }

  /// What one task multiplies with: 16, 8, 4, 2 or 1 vectors of columns from the one numbered `first` on.
  private typealias Run = (first: Int, vectors: Int)

  private static func runs(ofVectors count: Int) -> [Run] {
    var runs: [Run] = []
    var next = 0
    while next < count {
      let size = [16, 8, 4, 2, 1].first { $0 <= count - next } ?? 1
      runs.append((next, size))
      next += size
    }
    return runs
  }

  /// A task multiplies one row with packed weights of a run of columns, after it lists the row where no phase before
  /// it does; and whether all weights are finite.
  private mutating func packedProducts(
    _ dense: Dense, _ vectors: DenseVectors, _ runs: [Run], _ lists: NonzeroLists?
  ) throws -> (Phase, areFinite: Bool) {
    let (rows, depth, lanes) = (dense.rows, vectors.input.depth, vectors.lanes)
    let kernel = kernels.conv.pack
    let packed = try pack(
      "\(dense.node.inputs[1])/vectors/\(vectors.input.key)/\(dense.isTransposed)", dense.weights,
      floats: depth * planes(dense.columns) * lanes
    ) { weights, packed in
      for run in runs {
        let areFinite = Self.pack(
          weights, of: dense, vectors.input, first: run.first * lanes, vectors: run.vectors, lanes: lanes,
          to: packed.base + run.first * lanes * depth, by: kernel)
        packed.areFinite = packed.areFinite && areFinite
      }
    }
    let sums = runs[0].vectors * lanes
    needScratch(floats: sums + (lists == nil ? NonzeroLists.floats(depth, lanes) : 0))
    let areFinite = packed.areFinite
    // Not the layer itself: its weights are packed, and nobody keeps the file for them.
    let phase = Phase(tasks: rows * runs.count) { memory, task, worker in
      let (number, row) = task.quotientAndRemainder(dividingBy: rows)
      let run = runs[number]
      let scratch = memory.scratch(of: worker)
      let list = lists?[memory, row] ?? NonzeroLists.List(scratch + sums, depth, lanes)
      if lists == nil { vectors.list(memory, row, keepsZeros: !areFinite, to: list) }
      vectors.multiply(
        memory, row, list, run.first * lanes, run.vectors, packed.base + run.first * lanes * depth, scratch)
    }
    return (phase, areFinite)
  }
}

/// What tasks of a dense layer of one or two rows share.
private struct DenseVectors: Sendable {
  let input: PlanBuilder.DenseInput
  let columns: Int
  let output: Slot
  let bias: PackedFloats
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
