import Graph

extension BoundRule {
  /// Operators that copy elements: exact, and errors move with their elements.
  static let movement = [
    BoundRule(
      "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Transpose", "Concat", "Slice", "Gather",
      "GatherElements", "GatherND", "Expand", "Tile", "DepthToSpace", "SpaceToDepth", "Pad", "Dropout"
    ) { call in
      let value = try call.exact()
      if call.isExact { return call.setExact(value) }
      try call.set(
        value, errors: try call.changed { _, error in error },
        terms: call.inputs.indices.map { call.terms($0) }.max() ?? 0)
    }
  ]
}
