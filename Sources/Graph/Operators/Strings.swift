extension OperatorFamily {
  /// Operators on text.
  static let strings = OperatorFamily(
    "Strings",
    [
      Operator("StringConcat") { try $0.inferBroadcast(elementType: .string) },
      Operator("StringSplit") { context in
        let shape = context.shape(0)
        context.setOutput(0, .string, shape.map { Shape($0.dimensions + [.unknown]) })
        context.setOutput(1, .int64, shape)
      },
      Operator("StringNormalizer") { context in
        var shape = context.shape(0)
        if let rank = shape?.rank, rank > 0 { shape?.dimensions[rank - 1] = .unknown }
        context.setOutput(0, .string, shape)
      },
      Operator("RegexFullMatch") { $0.setOutput(0, .bool, $0.shape(0)) },
      Operator("TfIdfVectorizer") { context in
        guard let shape = context.shape(0), let last = context.node.ints("ngram_indexes")?.max() else {
          return context.setOutput(0, .float32, nil)
        }
        context.setOutput(0, .float32, Shape(shape.dimensions.dropLast() + [.fixed(last) + .fixed(1)]))
      },
    ])
}
