import Graph
import OrderedCollections

extension ReferenceFamily {
  /// Operators that make tensors from a description.
  static let generation = ReferenceFamily(
    "Generation",
    [
      ReferenceOperator("Constant") { call in
        if case .sparseTensor(let sparse)? = call.node.attributes["sparse_value"] {
          return call.set(0, try dense(sparse, call))
        }
        guard let tensor = try call.node.constantTensor() else { throw call.failure("has no value") }
        call.set(0, tensor)
      },
      ReferenceOperator("ConstantOfShape") { call in
        guard let shape = try call.optionalInts(0) else { throw call.failure("the shape is missing") }
        let count = try call.checkedCount(of: shape)
        let value = try call.node.tensor("value") ?? Tensor([0 as Float], shape: [1])
        guard value.count == 1 else { throw call.failure("value has \(value.count) elements, needs one") }
        call.set(0, try value.gathering(Array(repeating: 0, count: count), shape: shape))
      },
      ReferenceOperator("Range") { call in try range(&call) },
      ReferenceOperator("EyeLike") { call in
        let input = try call.tensor(0)
        guard input.rank == 2 else { throw call.failure("needs a matrix, found \(input.shape)") }
        let type = try call.elementType(named: "dtype", fallback: input.elementType)
        let shift = call.node.int("k") ?? 0
        var values = Array(repeating: 0.0, count: input.count)
        for row in 0..<input.shape[0] {
          let (column, overflow) = row.addingReportingOverflow(shift)
          if !overflow, column >= 0, column < input.shape[1] { values[row * input.shape[1] + column] = 1 }
        }
        call.set(0, try Tensor(numbers: values, as: type, shape: input.shape))
      },
      ReferenceOperator("OneHot") { call in try oneHot(&call) },
    ])

  private static func dense(_ sparse: SparseTensor, _ call: ReferenceCall) throws -> Tensor {
    let count = try call.checkedCount(of: sparse.shape)
    var sources = Array(repeating: -1, count: count)
    let indices = try sparse.indices.integers()
    let strides = Strides.rowMajor(sparse.shape)
    let rank = sparse.shape.count
    let isLinear = sparse.indices.rank == 1
    guard indices.count == sparse.values.count * (isLinear ? 1 : rank) else {
      throw call.failure("\(sparse.values.count) values with \(indices.count) indices")
    }
    for item in 0..<sparse.values.count {
      let offset =
        isLinear
        ? try call.position(indices[item], extent: count)
        : try (0..<rank).reduce(0) { offset, axis in
          offset + (try call.position(indices[item * rank + axis], extent: sparse.shape[axis]))
            * strides[axis]
        }
      sources[offset] = item
    }
    return try sparse.values.gathering(sources, shape: sparse.shape)
  }

  /// Computed in `Double`, or 64-bit integers, and rounded once (ONNX Range-27).
  private static func range(_ call: inout ReferenceCall) throws {
    let bounds = try (0..<3).map { try call.tensor($0) }
    guard bounds.allSatisfy({ $0.count == 1 }) else {
      throw call.failure("start, limit, delta must be scalars")
    }
    let type = bounds[0].elementType
    if type.isFloatingPoint {
      let (start, limit, step) = (
        try bounds[0].doubles()[0], try bounds[1].doubles()[0], try bounds[2].doubles()[0]
      )
      let length = max(0, ((limit - start) / step).rounded(.up))
      guard step != 0, let count = Int(exactly: length) else {
        throw call.failure("the range from \(start) to \(limit) by \(step) has no length")
      }
      _ = try call.checkedCount(of: [count])
      let values = (0..<count).map { start + Double($0) * step }
      return call.set(0, try Tensor(doubles: values, as: type, shape: [count]))
    }
    let numbers = try bounds.map { Int(try $0.integers()[0]) }
    guard let count = SliceRange.rangeCount(start: numbers[0], end: numbers[1], step: numbers[2]) else {
      throw call.failure("the range from \(numbers[0]) to \(numbers[1]) by \(numbers[2]) has no length")
    }
    _ = try call.checkedCount(of: [count])
    let values = (0..<count).map { Int64(numbers[0] &+ $0 &* numbers[2]) }
    call.set(0, try Tensor(integers: values, as: type, shape: [count]))
  }

  /// Indices out of range give a row without the on-value (ONNX OneHot-28).
  private static func oneHot(_ call: inout ReferenceCall) throws {
    let (indices, values) = (try call.tensor(0), try call.tensor(2))
    guard values.count == 2 else { throw call.failure("values must be an off-value and an on-value") }
    let depths = try call.tensor(1).cast(to: .int64).integers()
    guard depths.count == 1, depths[0] >= 0, depths[0] <= Int64(ReferenceCall.elementLimit) else {
      throw call.failure("depth must be one number that is not negative")
    }
    let depth = Int(depths[0])
    let axis = try call.normalizedAxis(call.node.int("axis") ?? -1, rank: indices.rank + 1)
    var shape = indices.shape
    shape.insert(depth, at: axis)
    var sources = Array(repeating: 0, count: try call.checkedCount(of: shape))
    let inner = shape[(axis + 1)...].reduce(1, *)
    for (item, index) in try indices.cast(to: .int64).integers().enumerated() {
      let place = index < 0 ? index + depths[0] : index
      guard place >= 0, place < depths[0] else { continue }
      sources[(item / inner * depth + Int(place)) * inner + item % inner] = 1
    }
    call.set(0, try values.flattened().gathering(sources, shape: shape))
  }
}
