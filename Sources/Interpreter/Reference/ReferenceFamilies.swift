extension ReferenceFamily {
  /// The one list of lists.
  static let all: [ReferenceFamily] = [
    .activation, .convolution, .dense, .elementwise, .joining, .normalization, .pooling, .reduction, .shaping,
  ]
}
