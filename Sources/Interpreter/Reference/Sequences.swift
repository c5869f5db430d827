import Graph
import OrderedCollections

extension ReferenceFamily {
  /// Sequences of tensors, and values that may be absent.
  static let sequences = ReferenceFamily(
    "Sequences",
    [
      ReferenceOperator("SequenceEmpty") { call in
        let type = ElementType(rawValue: Int32(call.node.int("dtype") ?? 1)) ?? .float32
        call.set(0, .sequence([], element: .tensor(type, nil)))
      },
      ReferenceOperator("SequenceConstruct") { call in
        let items = call.inputs.compactMap { $0 }
        guard let first = items.first else { throw call.failure("needs at least one input") }
        call.set(0, .sequence(items, element: first.type.withoutExtents))
      },
      ReferenceOperator("SequenceInsert") { call in
        var (items, element) = try call.sequence(0)
        let item = RuntimeValue.tensor(try call.tensor(1))
        let position = try call.position(2, count: items.count, allowingEnd: true) ?? items.count
        items.insert(item, at: position)
        element = items.count == 1 ? item.type.withoutExtents : element
        call.set(0, .sequence(items, element: element))
      },
      ReferenceOperator("SequenceErase") { call in
        var (items, element) = try call.sequence(0)
        let position = try call.position(1, count: items.count, allowingEnd: false) ?? items.count - 1
        guard items.indices.contains(position) else { throw call.failure("the sequence is empty") }
        items.remove(at: position)
        call.set(0, .sequence(items, element: element))
      },
      ReferenceOperator("SequenceAt") { call in
        let items = try call.sequence(0).items
        guard let position = try call.position(1, count: items.count, allowingEnd: false) else {
          throw call.failure("position is missing")
        }
        call.set(0, items[position])
      },
      ReferenceOperator("SequenceLength") { call in
        call.set(0, try Tensor([Int64(try call.sequence(0).items.count)], shape: []))
      },
      ReferenceOperator("SplitToSequence") { call in try splitToSequence(&call) },
      ReferenceOperator("ConcatFromSequence") { call in
        let parts = try call.sequence(0).items.map { item -> Tensor in
          guard let tensor = item.tensor else { throw call.failure("the sequence holds no tensors") }
          return tensor
        }
        guard let first = parts.first else { throw call.failure("the sequence is empty") }
        guard let axis = call.node.int("axis") else { throw call.failure("axis is missing") }
        if call.node.int("new_axis") == 1 {
          let position = try call.normalizedAxis(axis, rank: first.rank + 1)
          call.set(0, try Tensor.stacked(parts, axis: position, reporting: call.failure))
        } else {
          let position = try call.normalizedAxis(axis, rank: first.rank)
          call.set(0, try Tensor.joined(parts, axis: position, reporting: call.failure))
        }
      },
      ReferenceOperator("SequenceMap") { call in try sequenceMap(&call) },
      ReferenceOperator("Optional") { call in
        if case .type(let type)? = call.node.attributes["type"] {
          call.set(0, .optional(call.value(0), element: type))
        } else {
          guard let value = call.value(0) else { throw call.failure("needs a value or a type") }
          call.set(0, .optional(value, element: value.type.withoutExtents))
        }
      },
      ReferenceOperator("OptionalHasElement") { call in
        var has = call.value(0) != nil
        if case .optional(let value, _)? = call.value(0) { has = value != nil }
        call.set(0, try Tensor([has], shape: []))
      },
      ReferenceOperator("OptionalGetElement") { call in
        switch call.value(0) {
        case .optional(let value?, _)?: call.set(0, value)
        case .optional(nil, _)?, nil: throw call.failure("the optional is empty")
        case let value?: call.set(0, value)
        }
      },
    ])

  private static func splitToSequence(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let axis = try call.normalizedAxis(call.node.int("axis") ?? 0, rank: input.rank)
    let extent = input.shape[axis]
    var lengths: [Int]
    var keeps = true
    if let split = try call.optionalTensor(1) {
      let values = try split.integers().map { Int($0) }
      if split.rank == 0 {
        guard let size = values.first, size > 0 else { throw call.failure("split needs a number above 0") }
        lengths = stride(from: 0, to: extent, by: size).map { min(size, extent - $0) }
      } else {
        lengths = values
      }
    } else {
      lengths = Array(repeating: 1, count: extent)
      keeps = call.node.int("keepdims") != 0
    }
    guard lengths.allSatisfy({ $0 >= 0 }), lengths.reduce(0, +) == extent else {
      throw call.failure("parts of \(lengths) don't make \(extent)")
    }
    let strides = Strides.rowMajor(input.shape)
    var start = 0
    var parts: [RuntimeValue] = []
    for length in lengths {
      if keeps {
        var shape = input.shape
        shape[axis] = length
        let offsets = Strides.offsets(shape: shape, strides: strides, start: start * strides[axis])
        parts.append(.tensor(try input.gathering(offsets, shape: shape)))
      } else {
        parts.append(.tensor(try input.slice(start, axis: axis)))
      }
      start += length
    }
    call.set(0, .sequence(parts, element: .tensor(input.elementType, nil)))
  }

  private static func sequenceMap(_ call: inout ReferenceCall) throws {
    guard let body = call.node.graph("body") else { throw call.failure("body is missing") }
    let count = try call.sequence(0).items.count
    var results = Array(repeating: [RuntimeValue](), count: call.node.outputs.count)
    for index in 0..<count {
      let inputs = try call.inputs.map { value -> RuntimeValue? in
        guard case .sequence(let items, _)? = value else { return value }
        guard items.count == count else { throw call.failure("sequences differ in length") }
        return items[index]
      }
      for (position, value) in try call.runSubgraph(body, inputs).enumerated() where position < results.count
      {
        guard let value else { throw call.failure("the body gives no value \(position)") }
        results[position].append(value)
      }
    }
    for (index, items) in results.enumerated() {
      let declared = index < body.outputs.count ? body.outputs[index].type : nil
      let element = items.first?.type ?? declared ?? .tensor(.float32, nil)
      call.set(index, .sequence(items, element: element.withoutExtents))
    }
  }
}

extension ReferenceCall {
  /// The items of an input that is a sequence, or an optional that holds one.
  func sequence(_ index: Int) throws -> (items: [RuntimeValue], element: ValueType) {
    switch value(index) {
    case .sequence(let items, let element)?, .optional(.sequence(let items, let element)?, _)?:
      return (items, element)
    default: throw failure("input \(index) is no sequence")
    }
  }

  /// A position given by a scalar input, counted from the front; `nil` where the input is missing.
  func position(_ index: Int, count: Int, allowingEnd: Bool) throws -> Int? {
    guard let given = try optionalInts(index)?.first else { return nil }
    let position = given < 0 ? given + count : given
    guard position >= 0, position < count || (allowingEnd && position == count) else {
      throw failure("position \(given) is out of range for \(count) items")
    }
    return position
  }
}
