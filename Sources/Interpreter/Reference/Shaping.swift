import Graph

extension ReferenceFamily {
  /// Operators that change a tensor's shape and keep its elements.
  static let shaping = ReferenceFamily(
    "Shaping",
    [
      ReferenceOperator("Reshape") { call in
        let input = try call.tensor(0)
        let keepsZero = call.node.int("allowzero") == 1
        var shape = try call.optionalInts(1) ?? []
        for (index, extent) in shape.enumerated() where extent == 0 && !keepsZero {
          guard index < input.rank else {
            throw call.failure("shape has a 0 at \(index), beyond the input's rank")
          }
          shape[index] = input.shape[index]
        }
        if let open = shape.firstIndex(of: -1) {
          let rest = try Tensor.elementCount(
            of: shape.enumerated().map { $0.offset == open ? 1 : $0.element })
          guard rest > 0, input.count % rest == 0 else {
            throw call.failure("\(input.shape) can't be reshaped to \(shape)")
          }
          shape[open] = input.count / rest
        }
        call.set(0, try input.reshaped(to: shape))
      },
      ReferenceOperator("Flatten") { call in
        let input = try call.tensor(0)
        let axis = try call.normalizedAxis(call.node.int("axis") ?? 1, rank: input.rank, allowingEnd: true)
        let outer = input.shape[..<axis].reduce(1, *)
        let inner = input.shape[axis...].reduce(1, *)
        call.set(0, try input.reshaped(to: [outer, inner]))
      },
    ])
}
