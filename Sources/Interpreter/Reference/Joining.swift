import Graph

extension ReferenceFamily {
  /// Operators that join tensors or take them apart along an axis.
  static let joining = ReferenceFamily(
    "Joining",
    [
      ReferenceOperator("Concat") { call in
        let parts = try call.inputs.indices.map { try call.tensor($0) }
        guard let first = parts.first else { throw call.failure("needs at least one input") }
        let axis = try call.normalizedAxis(call.node.int("axis") ?? 1, rank: first.rank)
        call.set(0, try Tensor.joined(parts, axis: axis, reporting: call.failure))
      },
      ReferenceOperator("Split") { call in try split(&call) },
    ])

  private static func split(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let axis = try call.normalizedAxis(call.node.int("axis") ?? 0, rank: input.rank)
    let count = call.node.outputs.count
    let extents =
      try call.optionalInts(1)
      ?? Node.splitExtents(input.shape[axis], parts: call.node.int("num_outputs") ?? count)
    guard extents.count == count, extents.allSatisfy({ $0 >= 0 && $0 <= input.shape[axis] }),
      extents.reduce(0, +) == input.shape[axis]
    else { throw call.failure("\(input.shape) can't be split into \(extents) along axis \(axis)") }
    var start = 0
    for (output, extent) in extents.enumerated() {
      if call.node.output(output) != nil {
        call.set(output, try input.selecting(start..<(start + extent), axis: axis))
      }
      start += extent
    }
  }
}

extension Tensor {
  /// The tensors one after another along `axis`.
  static func joined(
    _ parts: [Tensor], axis: Int, reporting failure: (String) -> InterpreterError
  ) throws -> Tensor {
    guard let first = parts.first else { throw failure("needs at least one input") }
    var shape = first.shape
    for part in parts.dropFirst() {
      guard part.rank == first.rank, part.elementType == first.elementType,
        part.shape.indices.allSatisfy({ $0 == axis || part.shape[$0] == shape[$0] })
      else { throw failure("\(first.shape) and \(part.shape) can't be joined along axis \(axis)") }
    }
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    // One long row of all the parts' elements, of which the result is a rearrangement.
    if first.elementType == .string {
      let sources = try parts.map { try $0.strings() }
      var strings: [String] = []
      for block in 0..<outer {
        for (part, source) in zip(parts, sources) {
          let run = part.shape[axis] * inner
          strings += source[(block * run)..<((block + 1) * run)]
        }
      }
      return try Tensor(strings: strings, shape: shape)
    }
    if first.elementType.isPacked {
      let sources = parts.map { $0.unpackedBytes() }
      var bytes: [UInt8] = []
      for block in 0..<outer {
        for (part, source) in zip(parts, sources) {
          let run = part.shape[axis] * inner
          bytes += source[(block * run)..<((block + 1) * run)]
        }
      }
      return try Tensor(unpacked: bytes, as: first.elementType, shape: shape)
    }
    var result = try Tensor(uninitialized: first.elementType, shape: shape)
    let width = (first.elementType.bitWidth ?? 8) / 8
    result.withMutableBytes { target in
      var position = 0
      for block in 0..<outer {
        for part in parts {
          let run = part.shape[axis] * inner * width
          part.withBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: target[position..<(position + run)])
              .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[(block * run)..<((block + 1) * run)]))
          }
          position += run
        }
      }
    }
    return result
  }
}
