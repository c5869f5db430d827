import Graph

extension BoundRule {
  static let activation = [
    BoundRule("Relu") { call in
      let value = try call.exact()
      if call.isExact { return call.setExact(value) }
      try call.set(value, errors: try call.errors(0))
    },
    BoundRule("Sigmoid") { call in
      // Beyond −87 single precision's e⁻ˣ overflows, and a plain formula gives zero for what is a subnormal number.
      try call.monotone(ulps: 4.5, absolute: 0x1p-124)
    },
    BoundRule("LeakyRelu") { call in
      let slope = Double((call.node.float("alpha") ?? 0.01).magnitude)
      try call.lipschitz(max(1, slope), ulps: 1)
    },
    BoundRule("PRelu") { call in
      let slope = try call.tensor(1).doubles().reduce(1) { max($0, $1.magnitude) }
      try call.lipschitz(slope, ulps: 1)
    },
    BoundRule("HardSigmoid") { call in
      let slope = Double((call.node.float("alpha") ?? 0.2).magnitude)
      // Near where the line crosses zero only its own magnitudes bound the error.
      let steepest = try call.tensor(0).doubles().reduce(0) { max($0, min($1.magnitude, 1e3)) }
      let absolute =
        call.precision.gamma(2) * (slope * steepest + Double((call.node.float("beta") ?? 0.5).magnitude))
      try call.lipschitz(slope, ulps: 1, absolute: absolute)
    },
    BoundRule("HardSwish") { call in
      // x·clip(x/6 + 1/2, 0, 1): where the clip is not 0 or 1, |x| ≤ 3, and the sum is below 1 in magnitude.
      try call.lipschitz(1.5, ulps: 3, absolute: 3 * call.precision.gamma(4))
    },
    BoundRule("Swish") { call in
      try call.lipschitz(
        1.1 * max(1, Double((call.node.float("alpha") ?? 1).magnitude)), ulps: 6, absolute: 0x1p-117)
    },
    BoundRule("Elu", "Celu", "Selu") { call in
      // e^x − 1 by its name costs the last place of one.
      let alpha = max(1.7, Double((call.node.float("alpha") ?? 1).magnitude))
      try call.lipschitz(1.06 * alpha, ulps: 12, absolute: alpha * 4 * call.precision.unit)
    },
    BoundRule("Softplus") { call in try call.monotone(ulps: 4, absolute: 4 * call.precision.unit) },
    BoundRule("Softsign") { call in try call.monotone(ulps: 2) },
    BoundRule("Mish") { call in try call.lipschitz(1.1, ulps: 12, absolute: 16 * call.precision.unit) },
    BoundRule("Gelu") { call in
      // The slope of x·Φ(x) is at most 1.13; far out on the left 1 + erf cancels, where tails are not computed apart.
      try call.lipschitz(1.13, ulps: 32, absolute: 4 * call.precision.unit)
    },
  ]
}
