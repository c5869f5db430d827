import OrderedCollections

extension OperatorFamily {
  /// Operators that read a tensor between its elements.
  static let resampling = OperatorFamily(
    "Resampling",
    [
      Operator("Resize", upgrade: { node, context in [upgradeResize(node, context)] }) {
        try inferResize(&$0)
      },
      // Withdrawn in version 10 for Resize.
      Operator(
        "Upsample", upgrade: { node, context in [try upgradeUpsample(node, &context)] },
        infer: { try inferResize(&$0) }),
      Operator("GridSample", upgrade: { node, context in [upgradeGridSample(node, context)] }) { context in
        guard let input = context.shape(0), let grid = context.shape(1), input.rank >= 3,
          grid.rank == input.rank
        else {
          return context.setOutput(
            0, context.elementType(0),
            (context.rank(0) ?? context.rank(1)).flatMap { InferenceContext.unknownShape(rank: $0) })
        }
        let batch = Shape([input.dimensions[0]]).merging(Shape([grid.dimensions[0]])).dimensions
        context.setOutput(
          0, context.elementType(0),
          Shape(batch + [input.dimensions[1]] + grid.dimensions[1..<(grid.rank - 1)]))
      },
      Operator("AffineGrid") { context in
        guard let size = context.dimensionValues(1), size.count == 4 || size.count == 5 else {
          guard let rank = context.shape(1)?.dimensions.first?.fixedValue, rank == 4 || rank == 5 else {
            return context.setOutput(0, context.elementType(0), nil)
          }
          return context.setOutput(
            0, context.elementType(0),
            Shape(Array(repeating: .unknown, count: rank - 1) + [.fixed(rank - 2)]))
        }
        context.setOutput(
          0, context.elementType(0), Shape([size[0]] + size[2...] + [.fixed(size.count - 2)]))
      },
    ])

  /// Version 10 had scales as input 1 and coordinates as Upsample has them.
  private static func upgradeResize(_ node: Node, _ context: UpgradeContext) -> Node {
    guard context.sinceVersion < 11 else { return node }
    return resize(node, scales: node.inputs.count > 1 ? node.inputs[1] : "")
  }

  private static func resize(_ node: Node, scales: String) -> Node {
    var node = node
    node.operatorType = "Resize"
    node.inputs = [node.inputs.first ?? "", "", scales]
    node.attributes["coordinate_transformation_mode"] = .string("asymmetric")
    node.attributes["nearest_mode"] = .string("floor")
    if node.string("mode") == "bilinear" { node.attributes["mode"] = .string("linear") }
    return node
  }

  /// Scales were two attributes in version 1, one in version 7, and an input in version 9.
  private static func upgradeUpsample(_ node: Node, _ context: inout UpgradeContext) throws -> Node {
    var node = node
    var scales = node.inputs.count > 1 ? node.inputs[1] : ""
    if let values = node.floats("scales") {
      scales = context.constant(try Tensor(values, shape: [values.count]), "scales")
    } else if let height = node.float("height_scale"), let width = node.float("width_scale") {
      scales = context.constant(try Tensor([1, 1, height, width], shape: [4]), "scales")
    }
    for name in ["scales", "height_scale", "width_scale"] { node.attributes[name] = nil }
    return resize(node, scales: scales)
  }

  /// Modes had names for two axes before version 20.
  private static func upgradeGridSample(_ node: Node, _ context: UpgradeContext) -> Node {
    var node = node
    switch node.string("mode") {
    case "bilinear": node.attributes["mode"] = .string("linear")
    case "bicubic": node.attributes["mode"] = .string("cubic")
    default: break
    }
    return node
  }

  private static func inferResize(_ context: inout InferenceContext) throws {
    let type = context.elementType(0)
    guard let input = context.shape(0) else { return context.setOutput(0, type, nil) }
    let axes =
      try context.node.ints("axes")?.map { try context.normalizedAxis($0, rank: input.rank) }
      ?? Array(0..<input.rank)
    var result = input
    for axis in axes { result.dimensions[axis] = .unknown }
    let isCropping = context.node.string("coordinate_transformation_mode") == "tf_crop_and_resize"
    if context.hasInput(3), let sizes = context.dimensionValues(3), sizes.count == axes.count {
      let policy = context.node.string("keep_aspect_ratio_policy") ?? "stretch"
      if policy == "stretch" {
        for (index, axis) in axes.enumerated() { result.dimensions[axis] = sizes[index] }
      } else {
        let (wanted, extents) = (
          sizes.compactMap(\.fixedValue), axes.compactMap { input.dimensions[$0].fixedValue }
        )
        if wanted.count == axes.count, extents.count == axes.count,
          let found = Resizing.sizes(wanted, extents: extents, policy: policy)
        {
          for (index, axis) in axes.enumerated() { result.dimensions[axis] = .fixed(found[index].size) }
        }
      }
    } else if context.hasInput(2), !isCropping,
      let scales = try context.constant(2)?.elements(of: Float.self), scales.count == axes.count
    {
      for (index, axis) in axes.enumerated() {
        if let extent = input.dimensions[axis].fixedValue {
          result.dimensions[axis] =
            Resizing.extent(extent, scale: scales[index]).map(Dimension.fixed) ?? .unknown
        } else if let whole = Int(exactly: scales[index]), whole > 0 {
          result.dimensions[axis] = input.dimensions[axis] * .fixed(whole)
        }
      }
    }
    context.setOutput(0, type, result)
  }
}

/// The arithmetic of output sizes (ONNX Resize-19).
public enum Resizing {
  /// `floor(extent · share · scale)`, in `float` as runtimes compute it; `nil` where that is no extent.
  public static func extent(_ extent: Int, scale: Float, share: Float = 1) -> Int? {
    let size = (Float(extent) * share * scale).rounded(.down)
    return size >= 0 ? Int(exactly: size) : nil
  }

  /// Sizes and scales that meet `sizes` under a `keep_aspect_ratio_policy`; `nil` where the policy is not known or a
  /// size is too large.
  public static func sizes(
    _ sizes: [Int], extents: [Int], policy: String
  ) -> [(size: Int, scale: Double)]? {
    let scales = zip(sizes, extents).map { Double($0) / Double($1) }
    let common: Double
    switch policy {
    case "stretch": return zip(sizes, scales).map { ($0, $1) }
    case "not_larger": common = scales.min() ?? 1
    case "not_smaller": common = scales.max() ?? 1
    default: return nil
    }
    var result: [(size: Int, scale: Double)] = []
    for extent in extents {
      guard let size = Int(exactly: (common * Double(extent) + 0.5).rounded(.down)), size >= 0 else {
        return nil
      }
      result.append((size, common))
    }
    return result
  }
}
