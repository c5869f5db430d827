extension OperatorFamily {
  /// The one list of lists.
  public static let all: [OperatorFamily] = [
    .activation, .convolution, .dense, .elementwise, .joining, .normalization, .pooling, .reduction, .shaping,
  ]
}
