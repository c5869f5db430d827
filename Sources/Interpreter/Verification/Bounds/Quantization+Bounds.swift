import Graph

extension BoundRule {
  /// Levels are integers: what is rounded before them decides between two only near the middle of both.
  static let quantization = [
    BoundRule("QuantizeLinear") { call in
      let (x, zero) = (try call.tensor(0), call.has(2) ? try call.tensor(2) : nil)
      /// The definition in the type of its input, whose quotients it rounds.
      func levels(_ numbers: [Double]) throws -> Tensor {
        let cast = try Tensor(doubles: numbers, as: call.elementType, shape: x.shape)
        let scale = try call.tensor(1).cast(to: call.elementType)
        return try call.defined([.tensor(cast), .tensor(scale), zero.map(RuntimeValue.tensor)])
      }
      let numbers = try x.doubles()
      let nominal = try levels(numbers)
      if call.isExact { return try call.set(levels: nominal) }
      // The quotient may be formed by way of a factor that is rounded itself: four roundings instead of one.
      let errors = zip(numbers, try call.errors(0)).map { call.rounded($0, $1, 4) }
      let above = try levels(zip(numbers, errors).map { $0 + $1 }).doubles()
      let below = try levels(zip(numbers, errors).map { $0 - $1 }).doubles()
      let middle = try nominal.doubles()
      try call.set(
        levels: nominal, errors: middle.indices.map { max(above[$0] - middle[$0], middle[$0] - below[$0]) })
    },
    BoundRule("DequantizeLinear") { call in
      var levels = try call.tensor(0)
      let zero = call.has(2) ? try call.tensor(2) : nil
      let (scale, errors) = (try call.tensor(1), call.inputs[0]?.errors)
      var spread = Array(repeating: 0.0, count: levels.count)
      if let errors {
        let offsets = try Tensor(errors, shape: levels.shape)
        spread = try call.defined([.tensor(offsets), .tensor(scale), nil]).doubles()
        // The definition wants them in the type of their zero point.
        if let zero {
          levels = try Tensor(
            integers: levels.doubles().map { Int64($0) }, as: zero.elementType, shape: levels.shape)
        }
      }
      let exact = try call.defined([.tensor(levels), .tensor(scale), zero.map(RuntimeValue.tensor)])
      try call.set(exact, errors: zip(try exact.doubles(), spread).map { call.rounded($0, $1, 2) })
    },
  ]
}
