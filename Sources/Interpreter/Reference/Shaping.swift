import Graph

extension ReferenceFamily {
  /// Operators that tell or change a tensor's shape and keep its elements.
  static let shaping = ReferenceFamily(
    "Shaping",
    [
      ReferenceOperator("Reshape") { call in try reshape(&call) },
      ReferenceOperator("Flatten") { call in
        let input = try call.tensor(0)
        let axis = try call.normalizedAxis(call.node.int("axis") ?? 1, rank: input.rank, allowingEnd: true)
        let outer = input.shape[..<axis].reduce(1, *)
        let inner = input.shape[axis...].reduce(1, *)
        call.set(0, try input.reshaped(to: [outer, inner]))
      },
      ReferenceOperator("Identity") { call in
        guard let value = call.value(0) else { throw call.failure("input 0 is missing") }
        call.set(0, value)
      },
      ReferenceOperator("Squeeze") { call in
        let input = try call.tensor(0)
        var gone = Set(input.shape.indices.filter { input.shape[$0] == 1 })
        if let axes = try call.optionalInts(1) {
          gone = Set(try axes.map { try call.normalizedAxis($0, rank: input.rank) })
          if let axis = gone.sorted().first(where: { input.shape[$0] != 1 }) {
            throw call.failure("axis \(axis) of \(input.shape) can't be squeezed")
          }
        }
        let shape = input.shape.indices.filter { !gone.contains($0) }.map { input.shape[$0] }
        call.set(0, try input.reshaped(to: shape))
      },
      ReferenceOperator("Unsqueeze") { call in
        let input = try call.tensor(0)
        guard let axes = try call.optionalInts(1) else { throw call.failure("axes are missing") }
        let rank = input.rank + axes.count
        let added = Set(try axes.map { try call.normalizedAxis($0, rank: rank) })
        guard added.count == axes.count else { throw call.failure("axes \(axes) name one axis twice") }
        var rest = input.shape[...]
        call.set(0, try input.reshaped(to: (0..<rank).map { added.contains($0) ? 1 : rest.removeFirst() }))
      },
      ReferenceOperator("Shape") { call in
        let shape = try call.tensor(0).shape
        let part = shape[call.node.shapeRange(rank: shape.count)].map(Int64.init)
        call.set(0, try Tensor(part, shape: [part.count]))
      },
      ReferenceOperator("Size") { call in
        call.set(0, try Tensor([Int64(call.tensor(0).count)], shape: []))
      },
    ])

  private static func reshape(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let keepsZero = call.node.int("allowzero") == 1
    guard var shape = try call.optionalInts(1) else { throw call.failure("the shape is missing") }
    for (index, extent) in shape.enumerated() where extent == 0 && !keepsZero {
      guard index < input.rank else {
        throw call.failure("shape has a 0 at \(index), beyond the input's rank")
      }
      shape[index] = input.shape[index]
    }
    if let open = shape.firstIndex(of: -1) {
      let rest = try Tensor.elementCount(of: shape.enumerated().map { $0.offset == open ? 1 : $0.element })
      // With a zero among the others any extent would do, so none is right.
      guard rest > 0, input.count % rest == 0 else {
        throw call.failure("\(input.shape) can't be reshaped to \(shape)")
      }
      shape[open] = input.count / rest
    }
    call.set(0, try input.reshaped(to: shape))
  }
}
