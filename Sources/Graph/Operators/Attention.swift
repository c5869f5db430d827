import OrderedCollections

extension OperatorFamily {
  /// Attention, and what gives it a sense of position.
  static let attention = OperatorFamily(
    "Attention",
    [
      Operator("Attention") { try inferAttention(&$0) },
      Operator("FlexAttention", domain: "ai.onnx.preview") { context in
        var shape = context.shape(0)
        if let query = shape, query.rank == 4 {
          shape?.dimensions[0] = shared(1, context)?.first ?? query.dimensions[0]
          shape?.dimensions[3] = context.shape(2)?.dimensions.last ?? .unknown
        }
        context.setOutput(0, context.elementType(0), shape)
      },
      Operator("LinearAttention") { try inferLinearAttention(&$0) },
      Operator("RotaryEmbedding") { $0.copyType() },
    ])

  /// The first `count` dimensions that the inputs 0 to 2, queries, keys and values, have in common.
  private static func shared(_ count: Int, _ context: InferenceContext) -> [Dimension]? {
    let known = (0..<3).compactMap { context.shape($0)?.dimensions.prefix(count) }.map { Shape(Array($0)) }
    return known.first.map { first in known.dropFirst().reduce(first) { $0.merging($1) } }?.dimensions
  }

  private static func inferAttention(_ context: inout InferenceContext) throws {
    let type = context.elementType(0)
    /// `[N, H, L, D]`, also of an input `[N, L, H · D]`.
    func heads(_ index: Int, _ attribute: String) throws -> [Dimension]? {
      guard let shape = context.shape(index)?.dimensions else { return nil }
      if shape.count == 4 { return shape }
      guard shape.count == 3 else {
        throw context.failure("input \(index) is \(Shape(shape)), needs three or four axes")
      }
      guard let heads = context.node.int(attribute), heads > 0 else {
        throw context.failure("\(attribute) must be given for inputs of three axes")
      }
      return [shape[0], .fixed(heads), shape[1], shape[2].dividedExactly(by: .fixed(heads))]
    }
    let query = try heads(0, "q_num_heads")
    let (key, value) = (try heads(1, "kv_num_heads"), try heads(2, "kv_num_heads"))
    guard let query, let key, let value else {
      for output in 0..<4 { context.setOutput(output, context.elementType(output == 2 ? 2 : 0), nil) }
      return
    }
    let past = context.hasInput(4) ? context.shape(4).map { $0.dimensions[2] } ?? .unknown : .fixed(0)
    let total = past + key[2]
    context.setOutput(
      0, type,
      context.shape(0)?.rank == 3
        ? [query[0], query[2], query[1] * value[3]] : [query[0], query[1], query[2], value[3]])
    context.setOutput(1, type, [key[0], key[1], total, key[3]])
    context.setOutput(2, context.elementType(2), [value[0], value[1], total, value[3]])
    context.setOutput(3, type, [query[0], query[1], query[2], total])
  }

  private static func inferLinearAttention(_ context: inout InferenceContext) throws {
    let type = context.elementType(0)
    let stateType = context.hasInput(3) ? context.elementType(3) : type
    guard let query = context.shape(0), let value = context.shape(2), query.rank == 3, value.rank == 3,
      let queryHeads = context.node.int("q_num_heads"), let heads = context.node.int("kv_num_heads")
    else {
      context.setOutput(0, type, nil)
      return context.setOutput(1, stateType, context.shape(3))
    }
    guard queryHeads > 0, heads > 0, queryHeads % heads == 0 else {
      throw context.failure("\(queryHeads) heads of queries can't share \(heads) of keys")
    }
    let own = [
      query.dimensions[2].dividedExactly(by: .fixed(queryHeads)),
      context.shape(1)?.dimensions.last?.dividedExactly(by: .fixed(heads)) ?? .unknown,
    ]
    let size = own.first { $0.fixedValue != nil } ?? own[0]
    let rows = shared(2, context) ?? Array(query.dimensions[..<2])
    let valueSize = value.dimensions[2].dividedExactly(by: .fixed(heads))
    context.setOutput(0, type, Shape(rows + [.fixed(queryHeads) * valueSize]))
    context.setOutput(1, stateType, [rows[0], .fixed(heads), size, valueSize])
  }
}
