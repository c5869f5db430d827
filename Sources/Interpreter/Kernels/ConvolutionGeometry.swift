import CKernels
import Graph

/// A convolution's or pooling's extents, all known, one spatial axis read as two.
struct ConvolutionGeometry: Sendable {
  let images: Int
  let channels: Int
  let height: Int
  let width: Int
  let filters: Int
  let kernel: (h: Int, w: Int)
  let stride: (h: Int, w: Int)
  let dilation: (h: Int, w: Int)
  let pad: (top: Int, left: Int)
  /// Before pooling.
  let outHeight: Int
  let outWidth: Int
  /// 1, or 2 where 2×2 maxima are all that is written.
  let pool: Int

  /// `nil` for what the blocked kernels don't do: three spatial axes, negative padding.
  init?(_ node: Node, input: [Int], filters: Int, kernel: [Int]) {
    guard input.count == 3 || input.count == 4, kernel.count == input.count - 2, input.allSatisfy({ $0 > 0 }),
      let window = try? Window(node: node, kernel: kernel, spatial: Array(input[2...])),
      window.padsBegin.allSatisfy({ $0 >= 0 }), window.padsEnd.allSatisfy({ $0 >= 0 })
    else { return nil }
    let isLine = input.count == 3
    let outputs = (0..<kernel.count).map { window.outputExtent($0, size: input[2 + $0]) }
    guard outputs.allSatisfy({ $0 > 0 }) else { return nil }
    func two(_ values: [Int], _ first: Int) -> (Int, Int) {
      isLine ? (first, values[0]) : (values[0], values[1])
    }
    images = input[0]
    channels = input[1]
    (height, width) = two(Array(input[2...]), 1)
    self.filters = filters
    self.kernel = two(kernel, 1)
    stride = two(window.strides, 1)
    dilation = two(window.dilations, 1)
    pad = two(window.padsBegin, 0)
    (outHeight, outWidth) = two(outputs, 1)
    pool = node.int("pool") ?? 1
    guard max(height, width, outHeight, outWidth) < 1 << 20, max(channels, filters) < 1 << 24 else {
      return nil
    }
  }

  var taps: Int { kernel.h * kernel.w }
  var pixels: Int { height * width }
  /// Taps each way that even rows and columns of the kernel have, where the stride is 2 and both ways have as many, and
  /// Winograd's algorithm has tiles for them.
  var halfTaps: Int? {
    let taps = (kernel.h + 1) / 2
    return stride == (2, 2) && taps == (kernel.w + 1) / 2 && (3...4).contains(taps) ? taps : nil
  }
  /// Of one channel, after pooling.
  var outPixels: Int { (outHeight / pool) * (outWidth / pool) }
  var outRows: Int { outHeight / pool }

  /// Whether the kernels' registers are those of 8 or 4 numbers, which hold few sums, and all sums are written.
  private func hasFewSums(lane: Int) -> Bool { (2...8).contains(lane) && pool == 1 }

  /// Whether what each tap reads is copied together first: where a row is too short to fill the registers well that 8
  /// or 4 numbers to a vector leave, and where a pointwise kernel steps over pixels, which then lie apart. Rows of
  /// four or fewer leave too few pixels for each weight to be worth it.
  func gathers(lane: Int) -> Bool {
    hasFewSums(lane: lane) && (taps > 1 ? (5...8).contains(outWidth) : stride != (1, 1))
  }

  /// Whether all filters read some input planes before the next ones are read: where the map is too large to stay near
  /// the core while it is read for each pair of blocks anew.
  func takesPlanesFirst(lane: Int) -> Bool {
    gathers(lane: lane) || (hasFewSums(lane: lane) && pixels * channels * 4 > 200 << 10)
  }

  /// Input planes that are done with before the next ones, so that their weights stay near the core; 0 for all at
  /// once, where those few do anyway.
  func chunkPlanes(lane: Int) -> Int {
    guard lane > 1, pool == 1 else { return 0 }
    if taps == 1, hasFewSums(lane: lane) {
      return takesPlanesFirst(lane: lane) && channels > 192 ? 96 / lane : 0
    }
    let isFar = 2 * channels * taps * lane * 4 > 96 << 10
    return isFar || gathers(lane: lane) ? max(1, (lane > 8 ? 128 : 144) / (taps * lane)) : 0
  }

  /// The kernels' description; planes and strides of blocks are the caller's to say.
  func descriptor(
    planes: Int, lane: Int, width lanes: Int, tileBlocks: Int, clamp: (lower: Float, upper: Float)
  ) -> ck_f32_conv {
    ck_f32_conv(
      planes: Int32(planes), lane: Int32(lane), in_height: Int32(height), in_width: Int32(width),
      kernel_h: Int32(kernel.h), kernel_w: Int32(kernel.w), stride_h: Int32(stride.h),
      stride_w: Int32(stride.w),
      dilation_h: Int32(dilation.h), dilation_w: Int32(dilation.w), pad_top: Int32(pad.top),
      pad_left: Int32(pad.left), out_height: Int32(outHeight), out_width: Int32(outWidth), pool: Int32(pool),
      tile_blocks: Int32(tileBlocks), chunk_planes: Int32(chunkPlanes(lane: lane)),
      planes_first: takesPlanesFirst(lane: lane) ? 1 : 0, gathers: gathers(lane: lane) ? 1 : 0,
      in_plane_stride: pixels * lane, out_plane_stride: outPixels * lanes,
      weight_block_stride: planes * taps * lane * lanes, lower: clamp.lower, upper: clamp.upper)
  }
}

extension ConvolutionGeometry {
  /// The kernels' description for tiles of `m` by `m`, planes of `lane` channels, blocks of `lanes`.
  func winograd(
    m: Int, planes: Int, lane: Int, width lanes: Int, clamp: (lower: Float, upper: Float)
  ) -> ck_f32_winograd {
    ck_f32_winograd(
      planes: Int32(planes), in_height: Int32(height), in_width: Int32(width), pad_top: Int32(pad.top),
      pad_left: Int32(pad.left), out_height: Int32(outHeight), out_width: Int32(outWidth), pool: Int32(pool),
      tiles_across: Int32((outWidth + m - 1) / m), kernel_h: Int32(kernel.h), kernel_w: Int32(kernel.w),
      in_plane_stride: pixels * lane, out_plane_stride: outPixels * lanes, lower: clamp.lower,
      upper: clamp.upper)
  }
}

/// The cost model's constants: what one worker does on a common server core. Ratios matter, not the figures.
enum Machine {
  /// Multiply-adds a second of float32 with the sums in registers, `lanes` numbers to a vector.
  static func multiplyAdds(lanes: Int) -> Double { lanes > 8 ? 57e9 : 46e9 }
  /// Bytes a second of a layer's weights, from where they are between runs: near the core; in a cache that cores share,
  /// where the whole network's weights fit; or in memory.
  static func bandwidth(layer: Int, network: Int) -> Double {
    layer <= nearCache / 2 ? 100e9 : network <= sharedCache ? 40e9 : 22e9
  }
  /// The share of the shorter of reading and computing that the longer one doesn't hide.
  static let overlap = 0.25
  /// Bytes that may stay in the cache of one core.
  static let nearCache = 900 << 10
  /// Bytes of a network's weights that may stay in a cache that cores share.
  static let sharedCache = 16 << 20
  /// Seconds to transform one vector at one point of a Winograd tile.
  static let transform = 2.9e-9
  /// The same where the products stay in registers.
  static let plainTransform = 1.2e-9
  /// Multiply-adds that are worth waking another worker for.
  static let taskMultiplyAdds = 400_000
}
