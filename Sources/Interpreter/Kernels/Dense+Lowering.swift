import CKernels
import Glibc
import Graph
import OrderedCollections

extension PlanBuilder {
  /// `plan.Dense`: a vector times a matrix at the memory's speed, or rows times a matrix in register tiles.
  mutating func lowerDense(_ node: Node) throws -> Bool {
    guard let output = node.output(0), let shape = graph.floatShape(output), shape.count == 2,
      let x = graph.floatShape(node.input(0)), let weights = graph.weights(node.input(1)), shape[0] > 0,
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

  /// Where the layer's input is, and how: channels of so many pixels in blocks, or floats one after the other, which
  /// are as many channels of one pixel. A map in blocks is taken as it is: the weights are packed in its order.
  struct DenseInput {
    let slot: Slot
    let channels: Int
    let pixels: Int
    /// Floats, those of channels included that there are not.
    let depth: Int
    /// What keys of packed weights call this order.
    let key: String
  }

  mutating func denseInput(_ dense: Dense) -> DenseInput? {
    let name = dense.node.inputs[0]
    if let base = blockedBase(of: name), let shape = graph.floatShape(base.name), shape[0] == dense.rows,
      shape[1...].reduce(1, *) == dense.inputs
    {
      let pixels = shape[2...].reduce(1, *)
      return DenseInput(
        slot: base.slot, channels: shape[1], pixels: pixels, depth: planes(shape[1]) * pixels * width,
        key: "blocks \(pixels)")
    }
    guard let slot = plainSlot(name) else { return nil }
    return DenseInput(slot: slot, channels: dense.inputs, pixels: 1, depth: dense.inputs, key: "plain")
  }

  /// Packs the weights of `vectors` vectors of columns from `first` on: to `[input.depth][vectors * width]`.
  static func pack(
    _ weights: StoredWeights, of dense: Dense, _ input: DenseInput, first: Int, vectors: Int, lanes: Int,
    to base: UnsafeMutablePointer<Float>, by kernels: ck_f32_pack_kernels
  ) -> Bool {
    var areFinite = true
    let wide = vectors * lanes
    let columns = min(dense.columns - first, wide)
    let pixels = input.pixels
    if !dense.isTransposed {
      // A channel's pixels are rows of the matrix; of one pixel each, all channels are.
      let rows = pixels == 1 ? input.channels : pixels
      for channel in stride(from: 0, to: input.channels, by: pixels == 1 ? input.channels : 1) {
        let place = channel / lanes * pixels * lanes + channel % lanes
        let row = channel * pixels
        let found = kernels.rows(
          weights[row * dense.columns + first], weights.element, dense.columns, Int32(rows), Int32(columns),
          pixels == 1 ? wide : lanes * wide, base + place * wide)
        areFinite = areFinite && found == 1
      }
      return areFinite
    }
    let step = pixels == 1 ? input.channels : lanes
    for column in stride(from: 0, to: columns, by: lanes) {
      for channel in stride(from: 0, to: input.channels, by: step) {
        let found = kernels.columns(
          weights[(first + column) * dense.inputs + channel * pixels], weights.element, dense.inputs,
          Int32(min(lanes, columns - column)), Int32(min(step, input.channels - channel) * pixels),
          Int32(pixels), lanes * wide, wide, base + channel * pixels * wide + column)
        areFinite = areFinite && found == 1
      }
    }
    return areFinite
  }

  /// Several rows: a pointwise convolution whose pixels are the rows.
  private mutating func lowerRows(_ dense: Dense) throws -> Bool {
    guard let input = denseInput(dense) else { return false }
    let lanes = width
    let (ins, outs) = ((input.depth + lanes - 1) / lanes, planes(dense.columns))
    let kernel = kernels.conv.pack
    let packed = try pack(
      "\(dense.node.inputs[1])/rows/\(input.key)/\(dense.isTransposed)", dense.weights,
      floats: ins * outs * lanes * lanes
    ) { weights, packed in
      for block in 0..<outs {
        _ = Self.pack(
          weights, of: dense, input, first: block * lanes, vectors: 1, lanes: lanes,
          to: packed.base + block * ins * lanes * lanes, by: kernel)
      }
    }
    let bias = packedBias(dense.bias, dense.output, filters: dense.columns)
    let output = define(dense.output, .plain)
    let (rows, columns, depth) = (dense.rows, dense.columns, input.depth)
    let source = input.slot
    let turned = slot(floats: ins * rows * lanes)
    let clamp = dense.node.clamp
    let descriptor = ck_f32_conv(
      planes: Int32(ins), lane: Int32(lanes), in_height: 1, in_width: Int32(rows), kernel_h: 1, kernel_w: 1,
      stride_h: 1, stride_w: 1, dilation_h: 1, dilation_w: 1, pad_top: 0, pad_left: 0, out_height: 1,
      out_width: Int32(rows), pool: 1, tile_blocks: 2, chunk_planes: 0, planes_first: 0, gathers: 0,
      in_plane_stride: rows * lanes,
      out_plane_stride: rows * lanes, weight_block_stride: ins * lanes * lanes, lower: clamp.lower,
      upper: clamp.upper)
    let run = kernels.conv.conv_rows
    let step = 2
    needScratch(floats: step * rows * lanes + 64)
    let phases = [
      Phase(tasks: (ins + 15) / 16) { memory, task, _ in
        let (from, to) = (memory.floats(source), memory.floats(turned))
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
        multiplyAdds: rows * dense.inputs * columns, phases: phases, reads: [source], writes: [output],
        temporaries: [turned], extents: [rows, columns]))
    return true
  }
}
