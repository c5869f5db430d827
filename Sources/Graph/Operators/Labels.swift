import OrderedCollections

extension OperatorFamily {
  /// Between labels, their numbers, and maps from them (domain `ai.onnx.ml`).
  static let labels = OperatorFamily(
    "Labels",
    [
      Operator("LabelEncoder", domain: classicalDomain) { context in
        try expectPairs(context)
        context.setOutput(0, encodedType(context), context.shape(0))
      },
      Operator("CategoryMapper", domain: classicalDomain) { context in
        let type: ElementType? = context.elementType(0).map { $0 == .string ? .int64 : .string }
        context.setOutput(0, type, context.shape(0))
      },
      Operator("CastMap", domain: classicalDomain) { context in
        let types: [String: ElementType] = ["TO_FLOAT": .float32, "TO_STRING": .string, "TO_INT64": .int64]
        let name = context.node.string("cast_to") ?? "TO_FLOAT"
        guard let type = types[name] else { throw context.failure("cast_to is '\(name)'") }
        let isSparse = context.node.string("map_form") == "SPARSE"
        context.setOutput(0, type, [1, isSparse ? .fixed(context.node.int("max_map") ?? 1) : .unknown])
      },
      Operator("DictVectorizer", domain: classicalDomain) { context in
        let node = context.node
        let count = node.ints("int64_vocabulary")?.count ?? node.strings("string_vocabulary")?.count ?? 0
        guard case .map(_, let value)? = context.inputType(0) else { return }
        context.setOutput(0, value.elementType, [1, .fixed(count)])
      },
      Operator("ZipMap", domain: classicalDomain) { context in
        let key: ElementType = context.node.strings("classlabels_strings") == nil ? .int64 : .string
        guard !context.outputTypes.isEmpty else { return }
        context.outputTypes[0] = .sequence(.map(key: key, value: .tensor(.float32, [])))
      },
    ])

  /// Checks that `LabelEncoder` knows a value for each key.
  private static func expectPairs(_ context: InferenceContext) throws {
    let node = context.node
    // Version 1 has one list of classes.
    if node.attributes["classes_strings"] != nil { return }
    func count(_ prefix: String) throws -> Int {
      if let tensor = node.tensor(prefix + "_tensor") { return tensor.count }
      let lists = [
        node.strings(prefix + "_strings")?.count, node.ints(prefix + "_int64s")?.count,
        node.floats(prefix + "_floats")?.count,
      ]
      guard let count = lists.compactMap({ $0 }).first, count > 0 else {
        throw context.failure(
          "none of \(prefix)_tensor, \(prefix)_strings, \(prefix)_int64s, \(prefix)_floats is given")
      }
      return count
    }
    let (keys, values) = (try count("keys"), try count("values"))
    if keys != values { throw context.failure("has \(keys) keys and \(values) values") }
  }

  /// The type of the values that `LabelEncoder` writes.
  private static func encodedType(_ context: InferenceContext) -> ElementType? {
    let node = context.node
    if let values = node.tensor("values_tensor") { return values.elementType }
    if node.attributes["values_floats"] != nil { return .float32 }
    if node.attributes["values_int64s"] != nil { return .int64 }
    if node.attributes["values_strings"] != nil { return .string }
    // Version 1 went from strings to their positions, and back.
    return context.elementType(0).map { $0 == .string ? .int64 : .string }
  }
}
