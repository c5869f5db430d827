extension OperatorFamily {
  /// Running sums and products along an axis.
  static let cumulation = OperatorFamily(
    "Cumulation",
    ["CumSum", "CumProd"].map { name in
      Operator(name) { context in
        if let rank = context.rank(0), let axis = context.constantInts(1)?.first {
          _ = try context.normalizedAxis(axis, rank: rank)
        }
        context.copyType()
      }
    })
}
