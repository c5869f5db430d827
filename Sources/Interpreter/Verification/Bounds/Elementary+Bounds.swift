import Graph

extension BoundRule {
  /// Errors in units in the last place are those that the kernels state (`CKernels/templates/f32_math.h`) or, where
  /// only the definition computes the operator, enough for the C library of any other runtime.
  static let elementary = [
    BoundRule("Abs", "Neg") { call in
      let value = try call.exact()
      if call.isExact { return call.setExact(value) }
      try call.set(value, errors: try call.errors(0))
    },
    BoundRule("Exp", "Log", "Erf", "Atan", "Sinh", "Asinh") { call in try call.monotone(ulps: 4) },
    BoundRule("Sqrt") { call in try call.monotone(ulps: 1) },
    BoundRule("Tanh") { call in try call.monotone(ulps: 4) },
    BoundRule("Sin", "Cos") { call in
      // Reduction of large arguments is not every library's strength: what an argument's last place changes counts.
      let largest = try call.tensor(0).doubles().reduce(0) { max($0, $1.isFinite ? $1.magnitude : 0) }
      try call.lipschitz(1, ulps: 4, absolute: 2 * call.precision.unit * min(largest, 1))
    },
    BoundRule("Reciprocal") { call in
      let value = try call.exact()
      let numbers = try value.doubles()
      let errors = zip(zip(try call.tensor(0).doubles(), try call.errors(0)), numbers).map { input, result in
        let (x, error) = input
        guard error < x.magnitude || error == 0 else { return Double.infinity }
        return call.rounded(result, error == 0 ? 0 : result.magnitude * error / (x.magnitude - error), 2)
      }
      try call.set(value, errors: errors)
    },
  ]
}
