extension OperatorFamily {
  /// Operators that tell or change a tensor's shape and keep its elements.
  static let shaping = OperatorFamily(
    "Shaping",
    [
      Operator(
        "Reshape", upgrade: { node, context in [try context.movingInts("shape", toInput: 1, of: node)] }
      ) {
        try inferReshape(&$0)
        $0.carryValues()
      },
      Operator("Flatten") { try inferFlatten(&$0) },
      Operator("Identity") { context in
        context.copyType()
        context.setValues(0, context.dimensionValues(0))
      },
      Operator(
        "Squeeze", upgrade: { node, context in [try context.movingInts("axes", toInput: 1, of: node)] }
      ) {
        try inferSqueeze(&$0)
        $0.carryValues()
      },
      Operator(
        "Unsqueeze", upgrade: { node, context in [try context.movingInts("axes", toInput: 1, of: node)] }
      ) {
        try inferUnsqueeze(&$0)
        $0.carryValues()
      },
      Operator("Shape") { inferShape(&$0) },
      Operator("Size") { context in
        context.setOutput(0, .int64, [])
        context.setValues(0, context.shape(0).map { [$0.elementCount] })
      },
    ])

  private static func inferShape(_ context: inout InferenceContext) {
    guard let shape = context.shape(0) else { return context.setOutput(0, .int64, [.unknown]) }
    let part = shape.dimensions[context.node.shapeRange(rank: shape.rank)]
    context.setOutput(0, .int64, [.fixed(part.count)])
    context.setValues(0, Array(part))
  }

  private static func inferSqueeze(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    var gone: Set<Int> = []
    if context.hasInput(1) {
      guard let axes = context.constantInts(1) else {
        let count = context.shape(1)?.dimensions.first?.fixedValue
        let rank = count.map { shape.rank - $0 }
        return context.setOutput(
          0, context.elementType(0), rank.flatMap { InferenceContext.unknownShape(rank: $0) })
      }
      gone = Set(try axes.map { try context.normalizedAxis($0, rank: shape.rank) })
      for axis in gone {
        if let extent = shape.dimensions[axis].fixedValue, extent != 1 {
          throw context.failure("axis \(axis) of \(shape) can't be squeezed: its extent is \(extent)")
        }
      }
    } else {
      guard let extents = shape.fixedExtents else {
        return context.setOutput(0, context.elementType(0), nil)
      }
      gone = Set(extents.indices.filter { extents[$0] == 1 })
    }
    let rest = shape.dimensions.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
    context.setOutput(0, context.elementType(0), Shape(rest))
  }

  private static func inferUnsqueeze(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    guard let axes = context.constantInts(1) else {
      let count = context.shape(1)?.dimensions.first?.fixedValue
      return context.setOutput(
        0, context.elementType(0),
        count.flatMap { InferenceContext.unknownShape(rank: shape.rank + min($0, 4096)) })
    }
    let rank = shape.rank + axes.count
    let added = Set(try axes.map { try context.normalizedAxis($0, rank: rank) })
    guard added.count == axes.count else { throw context.failure("axes \(axes) name one axis twice") }
    var rest = shape.dimensions[...]
    let result = (0..<rank).map { added.contains($0) ? .fixed(1) : rest.popFirst() ?? .unknown }
    context.setOutput(0, context.elementType(0), Shape(result))
  }

  private static func inferReshape(_ context: inout InferenceContext) throws {
    guard let target = context.dimensionValues(1) else {
      // The target's own extent is the rank.
      let rank = context.shape(1)?.dimensions.first?.fixedValue
      return context.setOutput(
        0, context.elementType(0), rank.flatMap { InferenceContext.unknownShape(rank: $0) })
    }
    let input = context.shape(0)
    let keepsZero = context.node.int("allowzero") == 1
    var result = target
    var inferred: Int?
    for (index, dimension) in target.enumerated() {
      switch dimension {
      case .fixed(0) where !keepsZero:
        guard let input else {
          result[index] = .unknown
          continue
        }
        guard index < input.rank else {
          throw context.failure("shape has a 0 at \(index), beyond the input's rank")
        }
        result[index] = input.dimensions[index]
      case .fixed(-1):
        guard inferred == nil else { throw context.failure("shape has more than one -1") }
        inferred = index
      case .fixed(let extent) where extent < -1: throw context.failure("shape has the extent \(extent)")
      default: break
      }
    }
    if let inferred {
      result[inferred] = .unknown
      if let input {
        let others = result.enumerated().filter { $0.offset != inferred }.map(\.element)
        result[inferred] = try remainder(of: input, over: others, target: target, context)
      }
    } else if let input, let from = input.elementCount.fixedValue,
      let to = Shape(result).elementCount.fixedValue, from != to
    {
      throw context.failure("\(input) can't be reshaped to \(Shape(result))")
    }
    context.setOutput(0, context.elementType(0), Shape(result))
  }

  /// The extent that makes up `input`'s element count together with `others`.
  private static func remainder(
    of input: Shape, over others: [Dimension], target: [Dimension], _ context: InferenceContext
  ) throws -> Dimension {
    var left = input.dimensions
    var right: [Dimension] = []
    // Common factors cancel, whatever they are.
    for dimension in others {
      if dimension != .unknown, dimension != .fixed(0), let match = left.firstIndex(of: dimension) {
        left.remove(at: match)
      } else {
        right.append(dimension)
      }
    }
    let total = left.reduce(.fixed(1), *)
    let rest = right.reduce(.fixed(1), *)
    if case .fixed(let total) = total, case .fixed(let rest) = rest, rest > 0, total % rest != 0 {
      throw context.failure("\(input) can't be reshaped to \(Shape(target))")
    }
    return total.dividedExactly(by: rest)
  }

  private static func inferFlatten(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else {
      return context.setOutput(0, context.elementType(0), [.unknown, .unknown])
    }
    let axis = try context.normalizedAxis(context.node.int("axis") ?? 1, rank: shape.rank, allowingEnd: true)
    let outer = shape.dimensions[..<axis].reduce(.fixed(1), *)
    let inner = shape.dimensions[axis...].reduce(.fixed(1), *)
    context.setOutput(0, context.elementType(0), [outer, inner])
  }
}

extension Node {
  /// The axes that a `Shape` node asks for, from its attributes `start` and `end` clamped to the rank.
  public func shapeRange(rank: Int) -> Range<Int> {
    func clamped(_ axis: Int) -> Int { min(max(axis < 0 ? axis + rank : axis, 0), rank) }
    let start = clamped(int("start") ?? 0)
    return start..<max(start, clamped(int("end") ?? rank))
  }
}
