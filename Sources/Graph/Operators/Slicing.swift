import OrderedCollections

extension OperatorFamily {
  /// Operators that cut a box out of a tensor, or put one around it.
  static let slicing = OperatorFamily(
    "Slicing",
    [
      Operator("Slice", upgrade: { node, context in [try upgradeSlice(node, &context)] }) {
        try inferSlice(&$0)
      },
      Operator("Pad", upgrade: { try upgradePad($0, &$1) }) { try inferPad(&$0) },
      Operator("CenterCropPad") { try inferCenterCropPad(&$0) },
    ])

  /// Version 1 had starts, ends and axes as attributes.
  private static func upgradeSlice(_ node: Node, _ context: inout UpgradeContext) throws -> Node {
    guard context.sinceVersion < 10 else { return node }
    var node = node
    for (index, name) in ["starts", "ends", "axes"].enumerated() {
      node = try context.movingInts(name, toInput: index + 1, of: node)
    }
    return node
  }

  private static func inferSlice(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    let given = (context.constantInts(3) ?? (context.hasInput(3) ? nil : Array(0..<shape.rank)))
    let count = context.constantInts(1)?.count ?? given?.count ?? 0
    guard let axes = context.hasInput(3) ? given : given.map({ Array($0.prefix(count)) }) else {
      return context.setOutput(0, context.elementType(0), InferenceContext.unknownShape(rank: shape.rank))
    }
    let starts = context.constantInts(1)
    let ends = context.constantInts(2)
    let steps = context.hasInput(4) ? context.constantInts(4) : Array(repeating: 1, count: axes.count)
    for values in [starts, ends, steps] {
      if let values, values.count != axes.count {
        throw context.failure("\(values.count) starts, ends or steps for \(axes.count) axes")
      }
    }
    var result = shape
    var range: SliceRange?
    for (index, axis) in axes.enumerated() {
      let axis = try context.normalizedAxis(axis, rank: shape.rank)
      let extent = shape.dimensions[axis]
      result.dimensions[axis] = .unknown
      guard let start = starts?[index], let end = ends?[index], let step = steps?[index] else { continue }
      guard step != 0 else { throw context.failure("the step of axis \(axis) is 0") }
      if case .fixed(let extent) = extent {
        let found = SliceRange(extent: extent, start: start, end: end, step: step)
        result.dimensions[axis] = .fixed(found.count)
        range = found
      } else if (step == 1 && start == 0 && end >= Int(Int32.max))
        || (step == -1 && start >= Int(Int32.max) && end <= -Int(Int32.max))
      {
        result.dimensions[axis] = extent
      }
    }
    context.setOutput(0, context.elementType(0), result)
    if shape.rank == 1, axes.count == 1, let values = context.dimensionValues(0), let range,
      range.extent == values.count
    {
      context.setValues(0, (0..<range.count).map { values[range.start + $0 * range.step] })
    }
  }

  /// `pads` and `value` were attributes before version 11, and `pads` was `paddings` in version 1.
  private static func upgradePad(_ node: Node, _ context: inout UpgradeContext) throws -> [Node] {
    guard context.sinceVersion < 11 else { return [node] }
    var node = try context.movingInts("paddings", toInput: 1, of: node)
    node = try context.movingInts("pads", toInput: 1, of: node)
    guard let value = node.float("value") else { return [node] }
    node.attributes["value"] = nil
    guard value != 0, let input = node.input(0) else { return [node] }
    let (name, cast) = try context.constant(value, like: input, "value")
    node.setInput(2, name)
    return [cast, node]
  }

  private static func inferPad(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    let axes = context.hasInput(3) ? context.constantInts(3) : Array(0..<shape.rank)
    guard let axes, let pads = context.dimensionValues(1) else {
      return context.setOutput(0, context.elementType(0), InferenceContext.unknownShape(rank: shape.rank))
    }
    guard pads.count == 2 * axes.count else {
      throw context.failure("\(pads.count) pads for \(axes.count) axes")
    }
    var result = shape
    for (index, axis) in axes.enumerated() {
      let axis = try context.normalizedAxis(axis, rank: shape.rank)
      result.dimensions[axis] = result.dimensions[axis] + pads[index] + pads[index + axes.count]
      if let extent = result.dimensions[axis].fixedValue, extent < 0 {
        throw context.failure("pads take more than axis \(axis) of \(shape) has")
      }
    }
    context.setOutput(0, context.elementType(0), result)
  }

  private static func inferCenterCropPad(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    let axes = context.node.ints("axes") ?? Array(0..<shape.rank)
    let target = context.dimensionValues(1)
    if let target, target.count != axes.count {
      throw context.failure("\(target.count) extents for \(axes.count) axes")
    }
    var result = shape
    for (index, axis) in axes.enumerated() {
      result.dimensions[try context.normalizedAxis(axis, rank: shape.rank)] = target?[index] ?? .unknown
    }
    context.setOutput(0, context.elementType(0), result)
  }
}

/// The elements of one axis that a slice takes (ONNX Slice-13): bounds from the end where negative, then clamped.
public struct SliceRange: Sendable, Equatable {
  /// The axis's extent.
  public let extent: Int
  /// The first element.
  public let start: Int
  /// From one element to the next; not zero.
  public let step: Int
  /// How many elements.
  public let count: Int

  /// The range of an axis of `extent` elements.
  ///
  /// - Parameter step: must not be zero.
  public init(extent: Int, start: Int, end: Int, step: Int) {
    self.extent = extent
    self.step = step
    let forward = step > 0
    let most = forward ? extent : extent - 1
    func bound(_ value: Int, least: Int) -> Int {
      min(max(value < 0 ? value + extent : value, least), most)
    }
    self.start = bound(start, least: 0)
    let end = bound(end, least: forward ? 0 : -1)
    let length = forward ? end - self.start : self.start - end
    let size = step.magnitude
    count = length > 0 ? (length - 1) / Int(clamping: size) + 1 : 0
  }
}
