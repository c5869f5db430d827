import Graph

extension BoundRule {
  static let pooling = [
    BoundRule("MaxPool", "GlobalMaxPool") { call in try call.selection() },
    BoundRule("AveragePool") { call in
      try call.multilinear(terms: (call.node.ints("kernel_shape") ?? []).reduce(1, *) + 1)
    },
    BoundRule("GlobalAveragePool") { call in
      let input = try call.tensor(0)
      try call.multilinear(terms: input.shape.dropFirst(2).reduce(1, *) + 1)
    },
  ]
}
