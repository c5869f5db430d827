import Graph

extension ReferenceFamily {
  /// Questions about elements, answered in `bool`.
  static let comparison = ReferenceFamily(
    "Comparison",
    [
      ReferenceOperator("Equal") { call in
        let (left, right) = (try call.tensor(0), try call.tensor(1))
        guard left.elementType == .string else { return try call.compare(==, ==, unsigned: ==) }
        try call.requireSameType(left, right)
        let shape = try call.broadcastShape([left, right])
        let a = Broadcasting.expand(try left.strings(), from: left.shape, to: shape)
        let b = Broadcasting.expand(try right.strings(), from: right.shape, to: shape)
        // By code points: `==` on strings takes canonically equivalent ones for equal.
        call.set(0, try Tensor(zip(a, b).map { $0.utf8.elementsEqual($1.utf8) }, shape: shape))
      },
      ReferenceOperator("Less") { call in try call.compare(<, <, unsigned: <) },
      ReferenceOperator("LessOrEqual") { call in try call.compare(<=, <=, unsigned: <=) },
      ReferenceOperator("Greater") { call in try call.compare(>, >, unsigned: >) },
      ReferenceOperator("GreaterOrEqual") { call in try call.compare(>=, >=, unsigned: >=) },
      ReferenceOperator("IsNaN") { call in
        let input = try call.tensor(0)
        call.set(0, try Tensor(input.doubles().map(\.isNaN), shape: input.shape))
      },
      ReferenceOperator("IsInf") { call in
        let input = try call.tensor(0)
        let positive = call.node.int("detect_positive") != 0
        let negative = call.node.int("detect_negative") != 0
        let results = try input.doubles().map { $0.isInfinite && ($0 > 0 ? positive : negative) }
        call.set(0, try Tensor(results, shape: input.shape))
      },
      ReferenceOperator("Where") { call in try choose(&call) },
    ])

  /// Any element type: the result gathers from both operands laid end to end.
  private static func choose(_ call: inout ReferenceCall) throws {
    let parts = try (0..<3).map { try call.tensor($0) }
    try call.requireSameType(parts[1], parts[2])
    let shape = try call.broadcastShape(parts)
    let condition = Broadcasting.expand(
      try parts[0].elements(of: Bool.self), from: parts[0].shape, to: shape)
    let (x, y) = (parts[1], parts[2])
    let first = Broadcasting.expand(Array(0..<x.count), from: x.shape, to: shape)
    let second = Broadcasting.expand(Array(x.count..<(x.count + y.count)), from: y.shape, to: shape)
    let both = try Tensor.joined(
      [x.flattened(), y.flattened()], axis: 0, reporting: call.failure)
    let indices = condition.indices.map { condition[$0] ? first[$0] : second[$0] }
    call.set(0, try both.gathering(indices, shape: shape))
  }
}

extension ReferenceCall {
  /// Sets output 0 to the broadcast comparison of inputs 0 and 1.
  mutating func compare(
    _ floating: (Double, Double) -> Bool, _ signed: (Int64, Int64) -> Bool,
    unsigned: (UInt64, UInt64) -> Bool
  ) throws {
    let (left, right) = (try tensor(0), try tensor(1))
    try requireSameType(left, right)
    let shape = try broadcastShape([left, right])
    if left.elementType.isFloatingPoint {
      let a = Broadcasting.expand(try left.doubles(), from: left.shape, to: shape)
      let b = Broadcasting.expand(try right.doubles(), from: right.shape, to: shape)
      return set(0, try Tensor(zip(a, b).map(floating), shape: shape))
    }
    let a = Broadcasting.expand(try left.integers(), from: left.shape, to: shape)
    let b = Broadcasting.expand(try right.integers(), from: right.shape, to: shape)
    if left.elementType == .uint64 {
      let results = zip(a, b).map { unsigned(UInt64(bitPattern: $0), UInt64(bitPattern: $1)) }
      return set(0, try Tensor(results, shape: shape))
    }
    set(0, try Tensor(zip(a, b).map(signed), shape: shape))
  }
}
