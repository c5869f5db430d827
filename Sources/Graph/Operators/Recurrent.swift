import OrderedCollections

extension OperatorFamily {
  /// Networks that carry a state along a sequence.
  static let recurrent = OperatorFamily(
    "Recurrent",
    ["RNN", "GRU", "LSTM"].map { name in
      Operator(name, upgrade: { node, _ in [withoutLegacySequenceOutput(node)] }) { try inferRecurrent(&$0) }
    })

  /// Before version 7 an attribute said whether Y is wanted, which its name among the outputs says as well.
  private static func withoutLegacySequenceOutput(_ node: Node) -> Node {
    var node = node
    node.attributes["output_sequence"] = nil
    return node
  }

  private static func inferRecurrent(_ context: inout InferenceContext) throws {
    let type = context.elementType(0)
    let isBatchFirst = context.node.int("layout") ?? 0 != 0
    let directions = Dimension.fixed(context.node.string("direction") == "bidirectional" ? 2 : 1)
    if let input = context.shape(0), input.rank != 3 {
      throw context.failure("needs an input [steps, batch, size], found \(input)")
    }
    let input = context.shape(0)?.dimensions ?? [.unknown, .unknown, .unknown]
    let (steps, batch) = isBatchFirst ? (input[1], input[0]) : (input[0], input[1])
    let hidden =
      context.node.int("hidden_size").map { Dimension.fixed($0) } ?? context.shape(2)?.dimensions.last
      ?? .unknown
    context.setOutput(
      0, type,
      Shape(isBatchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]))
    let state = Shape(isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden])
    context.setOutput(1, type, state)
    context.setOutput(2, type, state)
  }
}
