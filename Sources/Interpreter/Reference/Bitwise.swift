import Graph

extension ReferenceFamily {
  /// Logic and shifts on the bits of integers.
  static let bitwise = ReferenceFamily(
    "Bitwise",
    [
      ReferenceOperator("BitwiseAnd") { call in try call.combineBits(&) },
      ReferenceOperator("BitwiseOr") { call in try call.combineBits(|) },
      ReferenceOperator("BitwiseXor") { call in try call.combineBits(^) },
      ReferenceOperator("BitwiseNot") { call in
        let input = try call.tensor(0)
        call.set(
          0, try Tensor(integers: input.integers().map { ~$0 }, as: input.elementType, shape: input.shape))
      },
      ReferenceOperator("BitShift") { call in try shift(&call) },
    ])

  /// A shift by a negative amount, or by the width or more, leaves the sign's extension (ONNX BitShift-28).
  private static func shift(_ call: inout ReferenceCall) throws {
    let direction = call.node.string("direction") ?? ""
    guard direction == "LEFT" || direction == "RIGHT" else {
      throw call.failure("direction is '\(direction)', needs 'LEFT' or 'RIGHT'")
    }
    let left = direction == "LEFT"
    let type = try call.tensor(0).elementType
    let width = Int64(type.bitWidth ?? 0)
    let isUnsigned = type.isUnsignedInteger
    try call.combineBits { value, amount in
      guard amount >= 0, amount < width else { return !left && !isUnsigned && value < 0 ? -1 : 0 }
      if left { return value &<< amount }
      return isUnsigned ? Int64(bitPattern: UInt64(bitPattern: value) &>> UInt64(amount)) : value &>> amount
    }
  }
}

extension ReferenceCall {
  /// Sets output 0 to the broadcast combination of inputs 0 and 1, which must be integers.
  mutating func combineBits(_ function: (Int64, Int64) -> Int64) throws {
    let (left, right) = (try tensor(0), try tensor(1))
    try requireSameType(left, right)
    let shape = try broadcastShape([left, right])
    let a = Broadcasting.expand(try left.integers(), from: left.shape, to: shape)
    let b = Broadcasting.expand(try right.integers(), from: right.shape, to: shape)
    set(0, try Tensor(integers: zip(a, b).map(function), as: left.elementType, shape: shape))
  }
}
