import OrderedCollections

extension OperatorFamily {
  /// Operators that rearrange or repeat a tensor's elements.
  static let movement = OperatorFamily(
    "Movement",
    [
      Operator("Transpose") { try inferTranspose(&$0) },
      Operator("Expand") { try inferExpand(&$0) },
      Operator("Tile", upgrade: { try upgradeTile($0, &$1) }) { try inferTile(&$0) },
      Operator("DepthToSpace") { try inferDepthToSpace(&$0) },
      Operator("SpaceToDepth") { try inferSpaceToDepth(&$0) },
      Operator("ReverseSequence") { $0.copyType() },
      Operator("Trilu") { $0.copyType() },
      Operator("Col2Im") { try inferCol2Im(&$0) },
    ])

  private static func inferTranspose(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else {
      let rank = context.node.ints("perm")?.count
      return context.setOutput(
        0, context.elementType(0), rank.flatMap { InferenceContext.unknownShape(rank: $0) })
    }
    let order = context.node.ints("perm") ?? Array((0..<shape.rank).reversed())
    guard order.sorted() == Array(0..<shape.rank) else {
      throw context.failure("perm \(order) does not permute the axes of \(shape)")
    }
    context.setOutput(0, context.elementType(0), Shape(order.map { shape.dimensions[$0] }))
    context.carryValues()
  }

  private static func inferExpand(_ context: inout InferenceContext) throws {
    guard let target = context.dimensionValues(1) else {
      let rank = context.shape(1)?.dimensions.first?.fixedValue
      let unknown = rank.flatMap { InferenceContext.unknownShape(rank: $0) }
      let shape = try context.broadcast([context.shape(0), unknown])
      return context.setOutput(0, context.elementType(0), shape)
    }
    context.setOutput(0, context.elementType(0), try context.broadcast([context.shape(0), Shape(target)]))
    if let values = context.dimensionValues(0), values.count == 1, target.count <= 1,
      let count = target.isEmpty ? 1 : target[0].fixedValue, (0...1024).contains(count)
    {
      context.setValues(0, Array(repeating: values[0], count: count))
    }
  }

  /// Version 1 repeated one axis, both numbers being inputs.
  private static func upgradeTile(_ node: Node, _ context: inout UpgradeContext) throws -> [Node] {
    guard context.sinceVersion < 6, node.inputs.count == 3 else { return [node] }
    let one = try Tensor([1 as Int64], shape: [1])
    let vector = context.constant(try Tensor([-1 as Int64], shape: [1]), "vector")
    var nodes: [Node] = []
    let numbers = node.inputs[1...].map { input in
      let (integer, flat) = (context.freshName("integer"), context.freshName("flat"))
      nodes += [
        Node("Cast", inputs: [input], outputs: [integer], attributes: ["to": .int(7)]),
        Node("Reshape", inputs: [integer, vector], outputs: [flat]),
      ]
      return flat
    }
    let (shape, rank) = (context.freshName("shape"), context.freshName("rank"))
    let (ones, repeats) = (context.freshName("ones"), context.freshName("repeats"))
    nodes += [
      Node("Shape", inputs: [node.inputs[0]], outputs: [shape]),
      Node("Shape", inputs: [shape], outputs: [rank]),
      Node("ConstantOfShape", inputs: [rank], outputs: [ones], attributes: ["value": .tensor(one)]),
      Node("ScatterElements", inputs: [ones, numbers[1], numbers[0]], outputs: [repeats]),
    ]
    var tile = node
    tile.inputs = [node.inputs[0], repeats]
    return nodes + [tile]
  }

  private static func inferTile(_ context: inout InferenceContext) throws {
    guard let shape = context.shape(0) else { return context.setOutput(0, context.elementType(0), nil) }
    guard let repeats = context.dimensionValues(1) else {
      return context.setOutput(0, context.elementType(0), InferenceContext.unknownShape(rank: shape.rank))
    }
    guard repeats.count == shape.rank else {
      throw context.failure("\(repeats.count) repeats for \(shape)")
    }
    context.setOutput(0, context.elementType(0), Shape(zip(shape.dimensions, repeats).map { $0 * $1 }))
  }

  private static func blockSize(_ context: InferenceContext) throws -> Int {
    guard let size = context.node.int("blocksize"), size > 0, size < 1 << 20 else {
      throw context.failure("blocksize is \(context.node.int("blocksize") ?? 0)")
    }
    return size
  }

  private static func inferDepthToSpace(_ context: inout InferenceContext) throws {
    let size = try blockSize(context)
    guard let shape = context.shape(0) else {
      return context.setOutput(0, context.elementType(0), InferenceContext.unknownShape(rank: 4))
    }
    guard shape.rank == 4 else { throw context.failure("needs an input [N, C, H, W], found \(shape)") }
    if let channels = shape.dimensions[1].fixedValue, channels % (size * size) != 0 {
      throw context.failure("\(channels) channels don't make blocks of \(size) × \(size)")
    }
    context.setOutput(
      0, context.elementType(0),
      [
        shape.dimensions[0], shape.dimensions[1].dividedExactly(by: .fixed(size * size)),
        shape.dimensions[2] * .fixed(size), shape.dimensions[3] * .fixed(size),
      ])
  }

  private static func inferSpaceToDepth(_ context: inout InferenceContext) throws {
    let size = try blockSize(context)
    guard let shape = context.shape(0) else {
      return context.setOutput(0, context.elementType(0), InferenceContext.unknownShape(rank: 4))
    }
    guard shape.rank == 4 else { throw context.failure("needs an input [N, C, H, W], found \(shape)") }
    for extent in shape.dimensions[2...].compactMap(\.fixedValue) where extent % size != 0 {
      throw context.failure("blocks of \(size) × \(size) don't cover \(shape)")
    }
    context.setOutput(
      0, context.elementType(0),
      [
        shape.dimensions[0], shape.dimensions[1] * .fixed(size * size),
        shape.dimensions[2].dividedExactly(by: .fixed(size)),
        shape.dimensions[3].dividedExactly(by: .fixed(size)),
      ])
  }

  private static func inferCol2Im(_ context: inout InferenceContext) throws {
    let spatial = context.dimensionValues(1)
    let rank = spatial?.count ?? context.shape(1)?.dimensions.first?.fixedValue
    guard let rank, (0...1024).contains(rank) else {
      return context.setOutput(0, context.elementType(0), nil)
    }
    let block = context.dimensionValues(2)?.reduce(.fixed(1), *) ?? .unknown
    let input = context.shape(0)
    if let input, input.rank != 3 {
      throw context.failure("needs an input [N, C · block, L], found \(input)")
    }
    context.setOutput(
      0, context.elementType(0),
      Shape(
        [input?.dimensions[0] ?? .unknown, input?.dimensions[1].dividedExactly(by: block) ?? .unknown]
          + (spatial ?? Array(repeating: .unknown, count: rank))))
  }
}
