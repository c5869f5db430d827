import OrderedCollections

/// The geometry of a transposed convolution: windows stand over the output, one for each element of the input.
///
/// Source: ONNX `ConvTranspose`-22.
public struct TransposedWindow: Sendable, Equatable {
  /// The window over the output; only its `padsBegin` says where it starts, its padding behind is what is left.
  public var window: Window
  /// The output's extents; `nil` where the input's is not known.
  public var outputExtents: [Int?]
  /// What `output_padding` adds at the end of each axis.
  private var outputPadding: [Int]

  /// The window that `node`'s attributes describe, for an input of extents `spatial`.
  ///
  /// - Throws: `GraphError.shape` where attributes don't fit the rank or each other, or the output would be
  ///   empty.
  public init(node: Node, kernel: [Int], spatial: [Int?]) throws {
    let rank = kernel.count
    func failure(_ reason: String) -> GraphError { .shape(node: node.label, reason: reason) }
    // What `auto_pad` means here depends on the output, so it is worked out below.
    var explicit = node
    let automatic = node.string("auto_pad") ?? "NOTSET"
    explicit.attributes["auto_pad"] = automatic == "VALID" ? .string("VALID") : nil
    if automatic.hasPrefix("SAME") { explicit.attributes["pads"] = nil }
    window = try Window(node: explicit, kernel: kernel, spatial: spatial)
    func list(_ name: String) throws -> [Int]? {
      guard let values = node.ints(name), !values.isEmpty else { return nil }
      // Some exporters write batch and channels, or a padding before as well.
      guard values.count >= rank, values.allSatisfy({ $0 >= 0 && $0 <= Int(Int32.max) }) else {
        throw failure("\(name) \(values) does not fit \(rank) spatial axes")
      }
      return values
    }
    outputPadding =
      try list("output_padding").map { Array($0.prefix(rank)) } ?? Array(repeating: 0, count: rank)
    let wanted = try list("output_shape").map { Array($0.suffix(rank)) }
    outputExtents = Array(repeating: nil, count: rank)
    for axis in 0..<rank {
      guard let size = axis < spatial.count ? spatial[axis] : nil else {
        outputExtents[axis] = wanted?[axis]
        continue
      }
      let full = window.strides[axis] * (size - 1) + outputPadding[axis] + window.extent(axis)
      let target = wanted?[axis] ?? (automatic.hasPrefix("SAME") ? size * window.strides[axis] : nil)
      guard let target else {
        outputExtents[axis] = max(0, full - window.padsBegin[axis] - window.padsEnd[axis])
        continue
      }
      let total = max(0, full - target)
      let smaller = total / 2
      window.padsBegin[axis] = automatic == "SAME_UPPER" ? smaller : total - smaller
      window.padsEnd[axis] = total - window.padsBegin[axis]
      outputExtents[axis] = target
    }
  }

  /// The output extent on `axis` for a symbolic input extent.
  public func outputDimension(_ axis: Int, _ dimension: Dimension, samePadding: Bool) -> Dimension {
    if let extent = outputExtents[axis] { return .fixed(extent) }
    if samePadding { return dimension * .fixed(window.strides[axis]) }
    let rest =
      outputPadding[axis] + window.extent(axis) - window.strides[axis] - window.padsBegin[axis]
      - window.padsEnd[axis]
    return dimension * .fixed(window.strides[axis]) + .fixed(rest)
  }
}
