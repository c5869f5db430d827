import OrderedCollections

extension OperatorFamily {
  /// Operators that change the element type.
  static let casting = OperatorFamily(
    "Casting",
    [
      Operator("Cast", upgrade: { node, _ in [upgradeCast(node)] }) { try inferCast(&$0) },
      Operator("CastLike") { context in
        context.setOutput(0, context.elementType(1), context.shape(0))
        if context.elementType(1)?.isInteger == true { context.carryValues() }
      },
      Operator("BitCast") { context in
        let type = try context.elementType(named: "to")
        if let from = context.elementType(0), from.bitWidth != type.bitWidth {
          throw context.failure("\(from.onnxName) and \(type.onnxName) differ in width")
        }
        context.setOutput(0, type, context.shape(0))
      },
    ])

  /// Version 1 named the type in words.
  private static func upgradeCast(_ node: Node) -> Node {
    guard let name = node.string("to"), let type = ElementType(onnxName: name.lowercased()) else {
      return node
    }
    var node = node
    node.attributes["to"] = .int(Int64(type.rawValue))
    return node
  }

  private static func inferCast(_ context: inout InferenceContext) throws {
    let type = try context.elementType(named: "to")
    context.setOutput(0, type, context.shape(0))
    if type.isInteger { context.carryValues() }
  }
}

extension InferenceContext {
  /// The element type whose code is the attribute `name`, or `fallback` where it is missing.
  ///
  /// - Throws: `GraphError.shape` where no type has that code, or it is missing without fallback.
  func elementType(named name: String, fallback: ElementType? = nil) throws -> ElementType {
    guard let code = node.int(name) else {
      guard let fallback else { throw failure("needs the attribute '\(name)'") }
      return fallback
    }
    guard let type = Int32(exactly: code).flatMap(ElementType.init) else {
      throw failure("\(name) is \(code), which is no element type")
    }
    return type
  }
}
