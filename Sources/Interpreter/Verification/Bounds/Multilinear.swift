import Graph

extension BoundCall {
  /// Sums of products, one factor from each input: `|ŷ − y| ≤ γₖ·Σ|a||b|` for sums of k terms in any order (Higham
  /// 2002, section 3.1), with `|a| + δ` for `|a|` where an input is off by δ, and what these δ themselves may change.
  ///
  /// The magnitudes come from the definition, which is monotone where nothing is negative.
  ///
  /// - Parameters:
  ///   - terms: the most terms that one sum has.
  ///   - magnitude: the node to take magnitudes with, where attributes may be negative.
  mutating func multilinear(terms: Int, magnitude: Node? = nil) throws {
    let value = try exact()
    let upper = try changed(as: magnitude) { $0.magnitude + $1 }
    let lower = isExact ? upper : try changed(as: magnitude) { element, _ in element.magnitude }
    // One more each: a weight that folding rounded, a divisor's rounded inverse, and the sum with a bias.
    let count = terms + 3
    let gamma = precision.gamma(count)
    let lost = Double(count) * precision.tiny
    let errors = zip(upper, lower).map { upper, lower in
      upper > precision.largest ? .infinity : gamma * upper + (upper - lower) + lost
    }
    try set(value, errors: errors, terms: count)
  }

  /// A function of each element that rises or falls all the way: off by no more than at the ends of what the
  /// element may be. Its own error is `ulps` units in the last place of the result, and `absolute`.
  mutating func monotone(ulps: Double, absolute: Double = 0) throws {
    let value = try exact()
    let numbers = try value.doubles()
    let (own, lost) = approximation(ulps, absolute)
    guard !isExact else {
      let errors = numbers.map { own * $0.magnitude + lost }
      return try set(value, errors: errors)
    }
    let (up, down) = (try changed { $0 + $1 }, try changed { $0 - $1 })
    let errors = numbers.indices.map { index -> Double in
      let moved = max((up[index] - numbers[index]).magnitude, (numbers[index] - down[index]).magnitude)
      return moved.isNaN ? .infinity : moved + own * (numbers[index].magnitude + moved) + lost
    }
    try set(value, errors: errors)
  }

  /// A function of each element whose slope is at most `slope`.
  mutating func lipschitz(_ slope: Double, ulps: Double, absolute: Double = 0) throws {
    let value = try exact()
    let (own, lost) = approximation(ulps, absolute)
    let errors = zip(try value.doubles(), try errors(0)).map { value, error in
      slope * error + own * (value.magnitude + slope * error) + lost
    }
    try set(value, errors: errors)
  }

  /// The relative and the absolute error of an elementary function. Other runtimes' approximations get four times as
  /// many units in the last place, and eight units of one: theirs are made for results near one.
  private func approximation(_ ulps: Double, _ absolute: Double) -> (relative: Double, absolute: Double) {
    let relative = 2 * precision.unit * ulps * (isForeign ? 4 : 1)
    return (relative, absolute + 2 * precision.tiny + (isForeign && ulps > 1 ? 8 * precision.unit : 0))
  }

  /// Picks among elements, as maxima do: off by no more than the most among those that were picked from.
  mutating func selection() throws {
    let value = try exact()
    if isExact { return setExact(value) }
    try set(value, errors: try changed { _, error in error })
  }
}
