import OrderedCollections

extension OperatorFamily {
  /// Operators that make tensors from a description.
  static let generation = OperatorFamily(
    "Generation",
    [
      Operator("Constant") { try inferConstant(&$0) },
      Operator("ConstantOfShape") { inferConstantOfShape(&$0) },
      Operator("Range") { inferRange(&$0) },
      Operator("EyeLike") { context in
        let type = try context.elementType(named: "dtype", fallback: context.elementType(0) ?? .float32)
        context.setOutput(0, type, context.shape(0))
      },
      Operator("OneHot") { try inferOneHot(&$0) },
    ])

  private static func inferConstant(_ context: inout InferenceContext) throws {
    let node = context.node
    if case .sparseTensor(let sparse)? = node.attributes["sparse_value"] {
      return context.setOutput(0, sparse.values.elementType, Shape(sparse.shape))
    }
    guard let tensor = try node.constantTensor() else {
      throw context.failure("needs one of the attributes 'value', 'value_float', 'value_ints' and so on")
    }
    context.setOutput(0, tensor.elementType, Shape(tensor.shape))
    context.setConstant(0, tensor)
  }

  private static func inferConstantOfShape(_ context: inout InferenceContext) {
    let value = context.node.tensor("value")
    let type = value?.elementType ?? .float32
    guard let target = context.dimensionValues(0) else {
      let rank = context.shape(0)?.dimensions.first?.fixedValue
      return context.setOutput(0, type, rank.flatMap { InferenceContext.unknownShape(rank: $0) })
    }
    context.setOutput(0, type, Shape(target))
    if target.count <= 1, type.isInteger, let number = (try? value?.integers())?.first,
      let count = target.first?.fixedValue ?? (target.isEmpty ? 1 : nil), (0...1024).contains(count)
    {
      context.setValues(0, Array(repeating: .fixed(Int(number)), count: count))
    }
  }

  private static func inferRange(_ context: inout InferenceContext) {
    let type = context.elementType(0)
    if let numbers = try? (0..<3).compactMap({ try context.constant($0)?.doubles().first }),
      numbers.count == 3, numbers[2] != 0
    {
      let count = max(0, ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up))
      return context.setOutput(0, type, [Int(exactly: count).map { .fixed($0) } ?? .unknown])
    }
    let values = (0..<3).map { context.dimensionValues($0)?.first ?? .unknown }
    guard type?.isInteger == true, case .fixed(let step) = values[2], step != 0 else {
      return context.setOutput(0, type, [.unknown])
    }
    if case .fixed(let start) = values[0], case .fixed(let end) = values[1] {
      let count = SliceRange.rangeCount(start: start, end: end, step: step)
      context.setOutput(0, type, [count.map { .fixed($0) } ?? .unknown])
      if let count, count <= 1024 {
        context.setValues(0, (0..<count).map { .fixed(start &+ $0 &* step) })
      }
    } else if step == 1, values[0] == .fixed(0) {
      // A size is never negative.
      context.setOutput(0, type, [values[1]])
    } else {
      context.setOutput(0, type, [.unknown])
    }
  }

  private static func inferOneHot(_ context: inout InferenceContext) throws {
    guard let indices = context.shape(0) else { return context.setOutput(0, context.elementType(2), nil) }
    let axis = try context.normalizedAxis(context.node.int("axis") ?? -1, rank: indices.rank + 1)
    var depth = context.dimensionValues(1)?.first ?? .unknown
    if depth == .unknown, let number = (try? context.constant(1)?.doubles())?.first,
      let count = Int(exactly: number.rounded(.towardZero))
    {
      depth = .fixed(count)
    }
    var result = indices.dimensions
    result.insert(depth, at: axis)
    context.setOutput(0, context.elementType(2), Shape(result))
  }
}

extension SliceRange {
  /// How many numbers lie from `start` up to, not including, `end`; `nil` where that overflows or `step` is 0.
  public static func rangeCount(start: Int, end: Int, step: Int) -> Int? {
    let (length, overflow) = end.subtractingReportingOverflow(start)
    guard !overflow, step != 0 else { return nil }
    if length == 0 || (length > 0) != (step > 0) { return 0 }
    return Int(exactly: (length.magnitude - 1) / step.magnitude + 1)
  }
}

extension Node {
  /// The dense value of a `Constant` node, whichever attribute holds it; `nil` where none does.
  ///
  /// - Throws: `TensorError` where a sparse value is inconsistent.
  public func constantTensor() throws -> Tensor? {
    for (name, attribute) in attributes {
      switch (name, attribute) {
      case ("value", .tensor(let tensor)): return tensor
      case ("value_float", .float(let value)): return try Tensor([value], shape: [])
      case ("value_floats", .floats(let values)): return try Tensor(values, shape: [values.count])
      case ("value_int", .int(let value)): return try Tensor([value], shape: [])
      case ("value_ints", .ints(let values)): return try Tensor(values, shape: [values.count])
      case ("value_string", .string(let value)): return try Tensor(strings: [value], shape: [])
      case ("value_strings", .strings(let values)): return try Tensor(strings: values, shape: [values.count])
      default: continue
      }
    }
    return nil
  }
}
