import Graph

extension BoundRule {
  static let convolution = [
    BoundRule("Conv") { call in
      let weights = try call.tensor(1)
      if case .winograd(let m) = call.algorithm, let bound = try WinogradBound(call, m: m) {
        return try call.winograd(bound)
      }
      try call.multilinear(terms: weights.shape.dropFirst().reduce(1, *))
    },
    BoundRule("ConvTranspose") { call in
      // At most every tap of every channel meets at one place.
      let weights = try call.tensor(1)
      try call.multilinear(terms: weights.shape[0] * weights.shape.dropFirst(2).reduce(1, *))
    },
  ]
}

extension BoundCall {
  fileprivate mutating func winograd(_ bound: WinogradBound) throws {
    let value = try exact()
    var errors = try bound.errors()
    if !isExact {
      let (upper, lower) = (
        try changed { $0.magnitude + $1 }, try changed { element, _ in element.magnitude }
      )
      for index in errors.indices { errors[index] += upper[index] - lower[index] }
    }
    try set(value, errors: errors, terms: bound.terms)
  }
}
