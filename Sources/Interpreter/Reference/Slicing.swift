import Graph

extension ReferenceFamily {
  /// Operators that cut a box out of a tensor, or put one around it.
  static let slicing = ReferenceFamily(
    "Slicing",
    [
      ReferenceOperator("Slice") { call in try slice(&call) },
      ReferenceOperator("Pad") { call in try pad(&call) },
      ReferenceOperator("CenterCropPad") { call in try centerCropPad(&call) },
    ])

  private static func slice(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard let starts = try call.optionalInts(1), let ends = try call.optionalInts(2) else {
      throw call.failure("starts or ends are missing")
    }
    let axes = try call.optionalInts(3) ?? Array(0..<starts.count)
    let steps = try call.optionalInts(4) ?? Array(repeating: 1, count: starts.count)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
      throw call.failure("starts \(starts), ends \(ends), axes \(axes), steps \(steps) differ in length")
    }
    var taken = input.shape.map { Array(0..<$0) }
    for (index, axis) in axes.enumerated() {
      let axis = try call.normalizedAxis(axis, rank: input.rank)
      guard steps[index] != 0 else { throw call.failure("the step of axis \(axis) is 0") }
      let range = SliceRange(
        extent: input.shape[axis], start: starts[index], end: ends[index], step: steps[index])
      taken[axis] = (0..<range.count).map { range.start + $0 * range.step }
    }
    call.set(0, try input.boxing(taken))
  }

  /// Negative pads cut (ONNX Pad-25).
  private static func pad(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    guard let pads = try call.optionalInts(1) else { throw call.failure("pads are missing") }
    let axes = try call.optionalInts(3) ?? Array(0..<input.rank)
    guard pads.count == 2 * axes.count else {
      throw call.failure("\(pads.count) pads for \(axes.count) axes")
    }
    let mode = call.node.string("mode") ?? "constant"
    var taken = input.shape.map { Array(0..<$0) }
    for (index, axis) in axes.enumerated() {
      let axis = try call.normalizedAxis(axis, rank: input.rank)
      let (begin, end) = (pads[index], pads[index + axes.count])
      let extent = input.shape[axis]
      let limit = ReferenceCall.elementLimit
      guard begin.magnitude <= limit, end.magnitude <= limit, extent + begin + end >= 0 else {
        throw call.failure("pads \(begin) and \(end) don't fit axis \(axis) of \(input.shape)")
      }
      let length = extent + begin + end
      guard mode == "constant" || extent > 0 || length == 0 else {
        throw call.failure("axis \(axis) of \(input.shape) has nothing to pad with")
      }
      let source = try source(mode, extent: extent, call)
      taken[axis] = (0..<length).map { source($0 - begin) }
    }
    _ = try call.checkedCount(of: taken.map(\.count))
    var fill: Tensor?
    if let value = try call.optionalTensor(2), value.count > 0 {
      // A bound that was a float attribute once keeps that type.
      fill =
        value.elementType == input.elementType
        ? value : try Tensor(numbers: [value.doubles()[0]], as: input.elementType, shape: [])
    }
    call.set(0, try input.boxing(taken, fill: fill))
  }

  /// For a position on an axis, which may lie outside, the element that stands there; -1 for the constant.
  private static func source(_ mode: String, extent: Int, _ call: ReferenceCall) throws -> (Int) -> Int {
    switch mode {
    case "constant": return { $0 >= 0 && $0 < extent ? $0 : -1 }
    case "edge": return { min(max($0, 0), extent - 1) }
    case "wrap": return { ($0 % extent + extent) % extent }
    case "reflect":
      let period = max(1, 2 * (extent - 1))
      return { position in
        let phase = (position % period + period) % period
        return phase < extent ? phase : period - phase
      }
    default: throw call.failure("mode '\(mode)' is not known")
    }
  }

  /// An odd rest is cut from the end, and padded at the end (ONNX CenterCropPad-18).
  private static func centerCropPad(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let axes = try (call.node.ints("axes") ?? Array(0..<input.rank)).map {
      try call.normalizedAxis($0, rank: input.rank)
    }
    guard let target = try call.optionalInts(1), target.count == axes.count, target.allSatisfy({ $0 >= 0 })
    else { throw call.failure("the shape does not fit axes \(axes)") }
    var shape = input.shape
    for (axis, extent) in zip(axes, target) { shape[axis] = extent }
    _ = try call.checkedCount(of: shape)
    let taken = shape.indices.map { axis -> [Int] in
      let (from, to) = (input.shape[axis], shape[axis])
      if to <= from { return Array(((from - to) / 2)..<((from - to) / 2 + to)) }
      let begin = (to - from) / 2
      return (0..<to).map { $0 < begin || $0 >= begin + from ? -1 : $0 - begin }
    }
    call.set(0, try input.boxing(taken))
  }
}

extension Tensor {
  /// The box of the elements at these positions of each axis; `fill`, or zero, where a position is negative.
  func boxing(_ positions: [[Int]], fill: Tensor? = nil) throws -> Tensor {
    let strides = Strides.rowMajor(shape)
    let offsets = positions.indices.map { axis in
      positions[axis].map { $0 < 0 ? -1 : $0 * strides[axis] }
    }
    return try gathering(Strides.crossing(offsets), shape: positions.map(\.count), fill: fill)
  }
}
