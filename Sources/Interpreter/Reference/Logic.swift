import Graph

extension ReferenceFamily {
  /// Logic on `bool`.
  static let logic = ReferenceFamily(
    "Logic",
    [
      ReferenceOperator("And") { call in try call.combineBools { $0 && $1 } },
      ReferenceOperator("Or") { call in try call.combineBools { $0 || $1 } },
      ReferenceOperator("Xor") { call in try call.combineBools { $0 != $1 } },
      ReferenceOperator("Not") { call in
        let input = try call.tensor(0)
        call.set(0, try Tensor(input.elements(of: Bool.self).map { !$0 }, shape: input.shape))
      },
    ])
}

extension ReferenceCall {
  /// Sets output 0 to the broadcast combination of inputs 0 and 1, which must be `bool`.
  mutating func combineBools(_ function: (Bool, Bool) -> Bool) throws {
    let (left, right) = (try tensor(0), try tensor(1))
    let shape = try broadcastShape([left, right])
    let a = Broadcasting.expand(try left.elements(of: Bool.self), from: left.shape, to: shape)
    let b = Broadcasting.expand(try right.elements(of: Bool.self), from: right.shape, to: shape)
    set(0, try Tensor(zip(a, b).map(function), shape: shape))
  }
}
