import Graph

extension BoundRule {
  static let elementwise = [
    BoundRule("Add", "Sub") { call in try call.sum() },
    BoundRule("Mul") { call in
      try call.pairs { precision, value, a, b in
        a.value.magnitude * b.error + b.value.magnitude * a.error + a.error * b.error
      }
    },
    BoundRule("Div") { call in
      // Two roundings: by way of the divisor's inverse.
      try call.pairs(roundings: 2) { precision, value, a, b in
        guard b.error < b.value.magnitude || b.error == 0 else { return .infinity }
        if a.error == 0, b.error == 0 { return 0 }
        return (a.error + value.magnitude * b.error) / (b.value.magnitude - b.error)
      }
    },
    BoundRule("Sum", "Mean") { call in try call.multilinear(terms: call.inputs.count + 1) },
    BoundRule("Max", "Min") { call in
      let value = try call.exact()
      if call.isExact { return call.setExact(value) }
      var most = call.node
      most.operatorType = "Max"
      try call.set(value, errors: try call.changed(as: most) { _, error in error })
    },
    BoundRule("Clip") { call in
      let value = try call.exact()
      if call.isExact { return call.setExact(value) }
      try call.set(value, errors: try call.errors(0))
    },
    BoundRule("Pow") { call in
      guard call.isExact else {
        throw InterpreterError.node(call.node.label, reason: "has no bound when fused")
      }
      // The C library's powers.
      let value = try call.exact()
      try call.set(
        value, errors: try value.doubles().map { call.rounded($0, 0, 8) })
    },
  ]
}

extension BoundCall {
  /// One of two operands at one place.
  struct Operand {
    let value: Double
    let error: Double
  }

  /// What the operands' errors do to a result, and `roundings` of it.
  fileprivate mutating func pairs(
    roundings: Int = 1, _ propagated: (Precision, Double, Operand, Operand) -> Double
  ) throws {
    let value = try exact()
    let numbers = try value.doubles()
    if isExact { return try set(value, errors: numbers.map { rounded($0, 0, roundings) }) }
    let (a, b) = (try operand(0, value.shape), try operand(1, value.shape))
    let errors = numbers.indices.map { index -> Double in
      let error = propagated(
        precision, numbers[index], Operand(value: a.values[index], error: a.errors[index]),
        Operand(value: b.values[index], error: b.errors[index]))
      return error.isNaN ? .infinity : rounded(numbers[index], error, roundings)
    }
    try set(value, errors: errors)
  }

  /// A sum of two. Where one of them is a sum itself that a fused kernel has not finished, the other may take part in
  /// all of its roundings.
  fileprivate mutating func sum() throws {
    let value = try exact()
    let numbers = try value.doubles()
    if isExact { return try set(value, errors: numbers.map { rounded($0, 0, 1) }) }
    let (a, b) = (try operand(0, value.shape), try operand(1, value.shape))
    let (left, right) = (precision.gamma(terms(1)), precision.gamma(terms(0)))
    let errors = numbers.indices.map { index -> Double in
      let early =
        left * (a.values[index].magnitude + a.errors[index])
        + right * (b.values[index].magnitude + b.errors[index])
      return rounded(numbers[index], a.errors[index] + b.errors[index] + early, 1)
    }
    try set(value, errors: errors, terms: terms(0) + terms(1) + 1)
  }

  /// An operand's values and errors, repeated to fill `shape`.
  private func operand(_ index: Int, _ shape: [Int]) throws -> (values: [Double], errors: [Double]) {
    let tensor = try tensor(index)
    return (
      Broadcasting.expand(try tensor.doubles(), from: tensor.shape, to: shape),
      Broadcasting.expand(try errors(index), from: tensor.shape, to: shape)
    )
  }
}
