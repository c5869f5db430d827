import OrderedCollections

extension OperatorFamily {
  /// Sequences of tensors, and values that may be absent.
  static let sequences = OperatorFamily(
    "Sequences",
    [
      Operator("SequenceEmpty") { context in
        let code = Int32(context.node.int("dtype") ?? 1)
        context.setOutputType(0, ElementType(rawValue: code).map { .sequence(.tensor($0, nil)) })
      },
      Operator("SequenceConstruct") { context in
        var element = context.inputType(0)
        for index in context.node.inputs.indices {
          element = ValueType.common(element, context.inputType(index))
        }
        context.setOutputType(0, element.map { .sequence($0) })
      },
      Operator("SequenceInsert") { context in
        guard case .sequence(let element)? = context.inputType(0) else { return }
        context.setOutputType(
          0,
          .sequence(
            ValueType.common(element, context.inputType(1)) ?? element.withoutExtents))
      },
      Operator("SequenceErase") { $0.copyType() },
      Operator("SequenceAt") { context in
        if case .sequence(let element)? = context.inputType(0) { context.setOutputType(0, element) }
      },
      Operator("SequenceLength") { $0.setOutput(0, .int64, []) },
      Operator("SplitToSequence") { context in
        guard let type = context.elementType(0) else { return }
        guard var dimensions = context.shape(0)?.dimensions else {
          context.setOutputType(0, .sequence(.tensor(type, nil)))
          return
        }
        let axis = try context.normalizedAxis(context.node.int("axis") ?? 0, rank: dimensions.count)
        if context.hasInput(1) {
          let scalar = context.shape(1)?.rank == 0 ? context.constantInts(1)?.first : nil
          let whole = dimensions[axis].fixedValue.flatMap { extent in
            scalar.flatMap { extent % $0 == 0 ? $0 : nil }
          }
          dimensions[axis] = whole.map { .fixed($0) } ?? .unknown
        } else if context.node.int("keepdims") == 0 {
          dimensions.remove(at: axis)
        } else {
          dimensions[axis] = .fixed(1)
        }
        context.setOutputType(0, .sequence(.tensor(type, Shape(dimensions))))
      },
      Operator("ConcatFromSequence") { context in
        guard case .sequence(.tensor(let type, let shape))? = context.inputType(0) else { return }
        guard var dimensions = shape?.dimensions else { return context.setOutput(0, type, nil) }
        let isNew = context.node.int("new_axis") == 1
        let axis = try context.normalizedAxis(
          context.node.int("axis") ?? 0, rank: dimensions.count + (isNew ? 1 : 0))
        if isNew { dimensions.insert(.unknown, at: axis) } else { dimensions[axis] = .unknown }
        context.setOutput(0, type, Shape(dimensions))
      },
      Operator("SequenceMap") { context in
        guard let body = context.node.graph("body") else { return }
        let elements = context.inputTypes.map { type -> ValueType? in
          if case .sequence(let element)? = type { element } else { type }
        }
        for (index, type) in try context.types(of: body, inputs: elements).enumerated()
        where index < context.outputTypes.count {
          context.setOutputType(index, type.map { .sequence($0) })
        }
      },
      Operator("Optional") { context in
        if case .type(let type)? = context.node.attributes["type"] {
          context.setOutputType(0, .optional(type))
        } else {
          context.setOutputType(0, context.inputType(0).map { .optional($0) })
        }
      },
      Operator("OptionalHasElement") { $0.setOutput(0, .bool, []) },
      Operator("OptionalGetElement") { context in
        if case .optional(let element)? = context.inputType(0) {
          context.setOutputType(0, element)
        } else {
          context.copyType()
        }
      },
    ])
}
