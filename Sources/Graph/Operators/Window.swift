/// The geometry that convolution and pooling share: where a window of taps stands on each spatial axis.
///
/// Source: ONNX `Conv`-22 and `MaxPool`-22, `auto_pad`, `pads`, `strides`, `dilations`, `ceil_mode`.
public struct Window: Sendable, Equatable {
  /// Taps on each spatial axis.
  public var kernel: [Int]
  /// Distance between windows.
  public var strides: [Int]
  /// Distance between taps.
  public var dilations: [Int]
  /// Padding before each axis.
  public var padsBegin: [Int]
  /// Padding after each axis.
  public var padsEnd: [Int]
  /// Whether windows that begin inside the input but end beyond its padding count.
  public var ceilMode: Bool

  /// How far one window reaches on `axis`.
  public func extent(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

  /// The window that `node`'s attributes describe over `spatial` input extents.
  ///
  /// - Throws: `GraphError.shape` where attributes don't fit the rank or each other.
  public init(node: Node, kernel: [Int], spatial: [Int?]) throws {
    let rank = kernel.count
    func list(_ name: String, _ length: Int, _ fallback: Int, least: Int) throws -> [Int] {
      guard let values = node.ints(name), !values.isEmpty else {
        return Array(repeating: fallback, count: length)
      }
      guard values.count == length else {
        throw GraphError.shape(
          node: node.label,
          reason: "\(name) has \(values.count) entries, needs \(length) for \(rank) spatial axes")
      }
      guard values.allSatisfy({ $0 >= least && $0 <= Int(Int32.max) }) else {
        throw GraphError.shape(node: node.label, reason: "\(name) is \(values)")
      }
      return values
    }
    guard kernel.allSatisfy({ $0 >= 1 && $0 <= Int(Int32.max) }) else {
      throw GraphError.shape(node: node.label, reason: "kernel_shape is \(kernel)")
    }
    // With these limits no sum or product of extents below can overflow.
    guard spatial.allSatisfy({ $0 ?? 0 >= 0 && $0 ?? 0 <= Int(Int32.max) }) else {
      throw GraphError.shape(node: node.label, reason: "can't slide over extents \(spatial.map { $0 ?? -1 })")
    }
    self.kernel = kernel
    strides = try list("strides", rank, 1, least: 1)
    dilations = try list("dilations", rank, 1, least: 1)
    ceilMode = node.int("ceil_mode") == 1
    let automatic = node.string("auto_pad") ?? "NOTSET"
    switch automatic {
    case "NOTSET":
      let pads = try list("pads", 2 * rank, 0, least: Int(Int32.min))
      padsBegin = Array(pads[..<rank])
      padsEnd = Array(pads[rank...])
    case "VALID":
      padsBegin = Array(repeating: 0, count: rank)
      padsEnd = padsBegin
    case "SAME_UPPER", "SAME_LOWER":
      padsBegin = Array(repeating: 0, count: rank)
      padsEnd = padsBegin
      for axis in 0..<rank {
        guard axis < spatial.count, let size = spatial[axis] else { continue }
        let output = (size + strides[axis] - 1) / strides[axis]
        let total = max(0, (output - 1) * strides[axis] + extent(axis) - size)
        let smaller = total / 2
        padsBegin[axis] = automatic == "SAME_UPPER" ? smaller : total - smaller
        padsEnd[axis] = total - padsBegin[axis]
      }
    default: throw GraphError.shape(node: node.label, reason: "auto_pad '\(automatic)' is not known")
    }
  }

  /// The number of windows on `axis` over `size` elements.
  ///
  /// With `ceilMode`, a window that would start in the padding after the input is dropped.
  public func outputExtent(_ axis: Int, size: Int) -> Int {
    let padded = size + padsBegin[axis] + padsEnd[axis] - extent(axis)
    if padded < 0 { return 0 }
    if !ceilMode { return padded / strides[axis] + 1 }
    let count = (padded + strides[axis] - 1) / strides[axis] + 1
    return (count - 1) * strides[axis] >= size + padsBegin[axis] ? count - 1 : count
  }

  /// The output extent of a symbolic input extent.
  public func outputDimension(_ axis: Int, _ dimension: Dimension, samePadding: Bool) -> Dimension {
    if case .fixed(let size) = dimension { return .fixed(outputExtent(axis, size: size)) }
    if samePadding { return dimension.dividedUp(by: strides[axis]) }
    let rounding = ceilMode ? strides[axis] - 1 : 0
    // The last of the windows begins at most at size + pads - extent + rounding. Where that is not behind the input,
    // none is dropped, and the rounded-up form is exact.
    if ceilMode, padsEnd[axis] - extent(axis) + rounding >= 0 { return .unknown }
    let padded = dimension + .fixed(padsBegin[axis] + padsEnd[axis] - extent(axis) + rounding)
    return padded.dividedDown(by: strides[axis]) + .fixed(1)
  }
}
