import CKernels
import Graph

/// What the 8-bit levels of one value stand for: `(level − zero) · scale`.
///
/// In a plan's memory levels are unsigned. Signed ones are moved up by 128, and their zero with them, which changes
/// nothing of what they stand for.
struct Levels: Sendable, Equatable {
  let scale: Float
  /// In `0...255`.
  let zero: Int
  /// Whether they are of type `int8` outside a plan.
  let isSigned: Bool

  /// The domain of a plan's nodes that compute on levels.
  static let domain = "plan.levels"

  var elementType: ElementType { isSigned ? .int8 : .uint8 }

  /// The form that kernels take.
  var meaning: ck_u8_levels { ck_u8_levels(scale: scale, zero: Int32(zero)) }

  /// What kernels write: all levels within these.
  func result(_ range: ClosedRange<Int> = 0...255) -> ck_u8_result {
    ck_u8_result(levels: meaning, lower: Int32(range.lowerBound), upper: Int32(range.upperBound))
  }

  /// The level of a number, ties to even, as the standard has it: the quotient is rounded to float32 first.
  func level(of number: Float) -> Int {
    let quotient = number / scale
    guard !quotient.isNaN else { return 0 }
    return Int(min(max(quotient.rounded(.toNearestOrEven), Float(-zero)), Float(255 - zero))) + zero
  }

  /// The levels whose numbers lie in a range that results are clamped to.
  func range(_ clamp: (lower: Float, upper: Float)) -> ClosedRange<Int> {
    let (lower, upper) = (level(of: clamp.lower), level(of: clamp.upper))
    return lower...max(lower, upper)
  }

  /// Numbers as the standard's scale and zero point.
  func parameters() throws -> (scale: Tensor, zero: Tensor) {
    let zero =
      isSigned ? try Tensor([Int8(zero - 128)], shape: []) : try Tensor([UInt8(zero)], shape: [])
    return (try Tensor([scale], shape: []), zero)
  }

  /// What all 256 levels stand for.
  var numbers: [Float] { (0..<256).map { Float($0 - zero) * scale } }

  /// A tensor `[N, C, …]` of the value's own type from its blocks of channels.
  func tensor(_ blocks: UnsafePointer<UInt8>, _ shape: [Int]) throws -> Tensor {
    let extents = LevelExtents(shape)
    var tensor = try Tensor(uninitialized: elementType, shape: shape)
    let moved: UInt8 = isSigned ? 0x80 : 0
    tensor.withMutableBytes { bytes in
      for index in 0..<extents.images * extents.channels * extents.pixels {
        let (plane, pixel) = index.quotientAndRemainder(dividingBy: extents.pixels)
        let (image, channel) = plane.quotientAndRemainder(dividingBy: extents.channels)
        bytes[index] = blocks[extents.offset(image: image, channel: channel, pixel: pixel)] ^ moved
      }
    }
    return tensor
  }
}

/// How a map of levels lies in memory: `[N][C / 16][…][16]`.
struct LevelExtents: Sendable, Equatable {
  let images: Int
  let channels: Int
  let pixels: Int

  /// Of a value `[N, C, …]`.
  init(_ shape: [Int]) {
    images = shape.first ?? 1
    channels = shape.count > 1 ? shape[1] : 1
    pixels = shape.dropFirst(2).reduce(1, *)
  }

  /// Channels in a block.
  static let lanes = Int(CK_U8_LANES)
  /// Blocks of channels.
  var blocks: Int { (channels + Self.lanes - 1) / Self.lanes }
  /// Of one block.
  var blockBytes: Int { pixels * Self.lanes }
  /// Of one image.
  var imageBytes: Int { blocks * blockBytes }
  /// Of all.
  var bytes: Int { images * imageBytes }

  func offset(image: Int, channel: Int, pixel: Int) -> Int {
    image * imageBytes + channel / Self.lanes * blockBytes + pixel * Self.lanes + channel % Self.lanes
  }
}

extension PlanGraph {
  /// The extents of a tensor of 8-bit integers, or `nil` for other values.
  func levelShape(_ name: String?) -> [Int]? {
    guard let name, case .tensor(let type, let shape?)? = types[name], type == .uint8 || type == .int8 else {
      return nil
    }
    return shape.fixedExtents
  }

  /// What `QuantizeLinear` makes, or `DequantizeLinear` takes, where one scale serves the whole value.
  ///
  /// - Parameter name: the value of levels.
  func levels(of node: Node, _ name: String?) -> Levels? {
    guard let name, levelShape(name) != nil, let scale = scalar(node.input(1)), scale.isFinite,
      scale >= .leastNormalMagnitude,
      node.int("block_size") ?? 0 == 0, node.int("precision") ?? 0 == 0
    else { return nil }
    let isSigned = types[name]?.elementType == .int8
    guard let parameter = node.input(2) else {
      return Levels(scale: scale, zero: isSigned ? 128 : 0, isSigned: isSigned)
    }
    guard let tensor = constant(parameter), tensor.count == 1,
      tensor.elementType == (isSigned ? .int8 : .uint8), let zero = try? tensor.integers().first
    else { return nil }
    return Levels(scale: scale, zero: Int(zero) + (isSigned ? 128 : 0), isSigned: isSigned)
  }
}
