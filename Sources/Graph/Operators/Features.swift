extension OperatorFamily {
  /// Preparing rows of features for classical models (domain `ai.onnx.ml`).
  static let features = OperatorFamily(
    "Features",
    [
      Operator("ArrayFeatureExtractor", domain: classicalDomain) { context in
        guard let input = context.shape(0), input.rank > 0 else {
          return context.setOutput(0, context.elementType(0), nil)
        }
        let rows = input.rank == 1 ? [1] : Array(input.dimensions.dropLast())
        context.setOutput(
          0, context.elementType(0), Shape(rows + [context.shape(1)?.elementCount ?? .unknown]))
      },
      Operator("Binarizer", domain: classicalDomain) { $0.copyType() },
      Operator("FeatureVectorizer", domain: classicalDomain) { context in
        let lengths = context.node.ints("inputdimensions")
        let first = context.shape(0)
        let rows: Dimension =
          first?.rank == 2 ? first?.dimensions.first ?? .unknown : first == nil ? .unknown : 1
        context.setOutput(0, .float32, [rows, lengths.map { .fixed($0.reduce(0, &+)) } ?? .unknown])
      },
      Operator("Imputer", domain: classicalDomain) { $0.copyType() },
      Operator("Normalizer", domain: classicalDomain) { $0.setOutput(0, .float32, $0.shape(0)) },
      Operator("OneHotEncoder", domain: classicalDomain) { context in
        let node = context.node
        let count = node.ints("cats_int64s")?.count ?? node.strings("cats_strings")?.count ?? 0
        context.setOutput(0, .float32, context.shape(0).map { Shape($0.dimensions + [.fixed(count)]) })
      },
      Operator("Scaler", domain: classicalDomain) { $0.setOutput(0, .float32, $0.shape(0)) },
    ])

  static let classicalDomain = "ai.onnx.ml"
}
