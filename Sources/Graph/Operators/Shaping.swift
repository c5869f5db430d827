extension OperatorFamily {
  /// Operators that change a tensor's shape and keep its elements.
  static let shaping = OperatorFamily(
    "Shaping",
    [
      Operator(
        "Reshape", upgrade: { node, context in [try context.movingInts("shape", toInput: 1, of: node)] }
      ) {
        try inferReshape(&$0)
      },
      Operator("Flatten") { try inferFlatten(&$0) },
    ])

  private static func inferReshape(_ context: inout InferenceContext) throws {
    guard let target = context.dimensionValues(1) else {
      // The target's own extent is the rank.
      let rank = context.shape(1)?.dimensions.first?.fixedValue
      context.setOutput(
        0, context.elementType(0), rank.map { Shape(Array(repeating: Dimension.unknown, count: $0)) })
      return
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
        var left = input.dimensions
        var right = result.enumerated().filter { $0.offset != inferred }.map(\.element)
        // Common factors cancel, whatever they are.
        for dimension in right where dimension != .unknown {
          if let match = left.firstIndex(of: dimension), let own = right.firstIndex(of: dimension) {
            left.remove(at: match)
            right.remove(at: own)
          }
        }
        let total = left.reduce(.fixed(1), *)
        let rest = right.reduce(.fixed(1), *)
        if case .fixed(let total) = total, case .fixed(let rest) = rest, rest > 0, total % rest != 0 {
          throw context.failure("\(input) can't be reshaped to \(Shape(target))")
        }
        result[inferred] = total.dividedExactly(by: rest)
      }
    } else if let from = input?.fixedExtents, let to = Shape(result).fixedExtents,
      from.reduce(1, *) != to.reduce(1, *)
    {
      throw context.failure("\(Shape(from)) can't be reshaped to \(Shape(to))")
    }
    context.setOutput(0, context.elementType(0), Shape(result))
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
