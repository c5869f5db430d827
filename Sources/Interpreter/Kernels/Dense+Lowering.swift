import CKernels
import Glibc
import Graph
import OrderedCollections

extension PlanBuilder {
  /// `plan.Dense`: a vector times a matrix at the memory's speed, or rows times a matrix in register tiles.
  mutating func lowerDense(_ node: Node) throws -> Bool {
    guard let output = node.output(0), let shape = graph.floatShape(output), shape.count == 2,
      let x = graph.floatShape(node.input(0)), let weights = graph.constant(node.input(1)), shape[0] > 0,
      weights.count > 0
    else { return false }
    let dense = Dense(
      node: node, rows: shape[0], inputs: x[1], columns: shape[1], weights: weights, output: output,
      isTransposed: node.int("transposed") == 1, bias: graph.floats(node.input(2)))
    return try dense.rows <= 2 ? lowerVectors(dense) : lowerRows(dense)
  }

  struct Dense {
    let node: Node
    let rows: Int
    let inputs: Int
    let columns: Int
    let weights: Tensor
    let output: String
    let isTransposed: Bool
    let bias: [Float]?
  }

  /// Where the layer's input is, and which of the layer's inputs stands at each place there; -1 at places that hold
  /// nothing. A map in blocks is taken as it is: the weights are packed in its order.
  private mutating func denseInput(_ dense: Dense) -> (slot: Slot, order: [Int], key: String)? {
    let name = dense.node.inputs[0]
    if let base = blockedBase(of: name), let shape = graph.floatShape(base.name), shape[0] == dense.rows,
      shape[1...].reduce(1, *) == dense.inputs
    {
      let pixels = shape[2...].reduce(1, *)
      let blocks = planes(shape[1])
      var order: [Int] = []
      order.reserveCapacity(blocks * pixels * width)
      for block in 0..<blocks {
        for pixel in 0..<pixels {
          for lane in 0..<width {
            let channel = block * width + lane
            order.append(channel < shape[1] ? channel * pixels + pixel : -1)
          }
        }
      }
      return (base.slot, order, "blocks \(pixels)")
    }
    guard let slot = plainSlot(name) else { return nil }
    return (slot, Array(0..<dense.inputs), "plain")
  }

  /// One or two rows. Columns are cut into runs of 16, 8, 4, 2 or 1 vectors; each run's weights lie in order of use.
  private mutating func lowerVectors(_ dense: Dense) throws -> Bool {
    guard let (input, order, key) = denseInput(dense) else { return false }
    let lanes = width
    let vectors = planes(dense.columns)
    var runs: [(first: Int, vectors: Int)] = []
    var next = 0
    while next < vectors {
      let size = [16, 8, 4, 2, 1].first { $0 <= vectors - next } ?? 1
      runs.append((next, size))
      next += size
    }
    let depth = order.count
    var areFinite = true
    let packed = try pack("\(dense.node.inputs[1])/vectors/\(key)/\(dense.isTransposed)") {
      let packed = PackedFloats(count: depth * vectors * lanes)
      try dense.weights.withElements(of: Float.self) { weights in
        for run in runs {
          let base = packed.base + run.first * lanes * depth
          let wide = run.vectors * lanes
          // A vector of columns at a time: what is read stays in the near cache until it is used up.
          for vector in 0..<run.vectors {
            let first = (run.first + vector) * lanes
            let count = min(dense.columns - first, lanes)
            for (place, source) in order.enumerated() where source >= 0 {
              let to = base + place * wide + vector * lanes
              for lane in 0..<count {
                to[lane] =
                  weights[
                    dense.isTransposed
                      ? (first + lane) * dense.inputs + source : source * dense.columns + first + lane]
              }
            }
          }
        }
      }
      return packed
    }
    for index in 0..<packed.count where !packed.base[index].isFinite { areFinite = false }
    let bias = packedBias(dense.bias, dense.output, filters: dense.columns)
    let output = define(dense.output, .plain)
    needScratch(floats: 2 * (depth + 2 * lanes) + vectors * lanes)
    let ops = kernels.ops
    let clamp = dense.node.clamp
    let list = runs
    let columns = dense.columns
    // Zero times infinity is not zero: then no row may be left out.
    let keepZeros: Int32 = areFinite ? 0 : 1
    let rows = dense.rows
    let phase = Phase(tasks: rows * runs.count) { memory, task, worker in
      let (number, image) = task.quotientAndRemainder(dividingBy: rows)
      let run = list[number]
      let values = memory.scratch(of: worker)
      let indices = UnsafeMutableRawPointer(values + depth + 2 * lanes).assumingMemoryBound(to: Int32.self)
      let found = ops.list_nonzero(
        memory.floats(input) + image * depth, Int32(depth), keepZeros, indices, values)
      let sums = values + 2 * (depth + 2 * lanes)
      ops.gemv(
        Int32(run.vectors), packed.base + run.first * lanes * depth, indices, values, found,
        bias.base + run.first * lanes, clamp.lower, clamp.upper, sums)
      let count = min(columns - run.first * lanes, run.vectors * lanes)
      memcpy(memory.floats(output) + image * columns + run.first * lanes, sums, count * 4)
    }
    append(
      Step(
        origins: dense.node.origins, operatorType: "Dense", kernel: "gemv \(kernels.name)",
        multiplyAdds: rows * dense.inputs * columns, phases: [phase], reads: [input], writes: [output],
        extents: [rows, columns]))
    return true
  }

  /// Several rows: a pointwise convolution whose pixels are the rows.
  private mutating func lowerRows(_ dense: Dense) throws -> Bool {
    guard let (input, order, key) = denseInput(dense) else { return false }
    let lanes = width
    let (ins, outs) = ((order.count + lanes - 1) / lanes, planes(dense.columns))
    let packed = try pack("\(dense.node.inputs[1])/rows/\(key)/\(dense.isTransposed)") {
      let packed = PackedFloats(count: ins * outs * lanes * lanes)
      try dense.weights.withElements(of: Float.self) { weights in
        for column in 0..<dense.columns {
          for (place, source) in order.enumerated() where source >= 0 {
            let row = (column / lanes * ins + place / lanes) * lanes + place % lanes
            packed.base[row * lanes + column % lanes] =
              weights[dense.isTransposed ? column * dense.inputs + source : source * dense.columns + column]
          }
        }
      }
      return packed
    }
    let bias = packedBias(dense.bias, dense.output, filters: dense.columns)
    let output = define(dense.output, .plain)
    let (rows, columns, depth) = (dense.rows, dense.columns, order.count)
    let turned = slot(floats: ins * rows * lanes)
    let clamp = dense.node.clamp
    let descriptor = ck_f32_conv(
      planes: Int32(ins), lane: Int32(lanes), in_height: 1, in_width: Int32(rows), kernel_h: 1, kernel_w: 1,
      stride_h: 1, stride_w: 1, dilation_h: 1, dilation_w: 1, pad_top: 0, pad_left: 0, out_height: 1,
      out_width: Int32(rows), pool: 1, tile_blocks: 2, chunk_planes: 0, in_plane_stride: rows * lanes,
      out_plane_stride: rows * lanes, weight_block_stride: ins * lanes * lanes, lower: clamp.lower,
      upper: clamp.upper)
    let run = kernels.conv.conv_rows
    let step = 2
    needScratch(floats: step * rows * lanes + 64)
    let phases = [
      Phase(tasks: (ins + 15) / 16) { memory, task, _ in
        let (from, to) = (memory.floats(input), memory.floats(turned))
        for plane in task * 16..<min(ins, task * 16 + 16) {
          let count = min(lanes, depth - plane * lanes)
          for row in 0..<rows {
            let target = to + (plane * rows + row) * lanes
            memcpy(target, from + row * depth + plane * lanes, count * 4)
            for lane in count..<lanes { target[lane] = 0 }
          }
        }
      },
      Phase(tasks: (outs + step - 1) / step) { memory, task, worker in
        let block0 = task * step
        let block1 = min(outs, block0 + step)
        let sums = memory.scratch(of: worker)
        withUnsafePointer(to: descriptor) { descriptor in
          run(
            descriptor, memory.floats(turned), packed.base + block0 * ins * lanes * lanes,
            bias.base + block0 * lanes, nil,
            sums, 0, 1, 0, Int32(block1 - block0), sums + step * rows * lanes)
        }
        for block in block0..<block1 {
          let count = min(lanes, columns - block * lanes)
          for row in 0..<rows {
            memcpy(
              memory.floats(output) + row * columns + block * lanes,
              sums + ((block - block0) * rows + row) * lanes,
              count * 4)
          }
        }
      },
    ]
    append(
      Step(
        origins: dense.node.origins, operatorType: "Dense", kernel: "gemm \(kernels.name)",
        multiplyAdds: rows * dense.inputs * columns, phases: phases, reads: [input], writes: [output],
        temporaries: [turned], extents: [rows, columns]))
    return true
  }
}
