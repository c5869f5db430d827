extension ReferenceFamily {
  /// The one list of lists.
  static let all: [ReferenceFamily] = [
    .activation, .bitwise, .casting, .comparison, .convolution, .cumulation, .dense, .einsum, .elementary,
    .elementwise, .gathering, .generation, .joining, .logic, .movement, .normalization, .ordering,
    .pooling, .quantization, .random, .reduction, .scattering, .shaping, .slicing, .softmax, .strings,
  ]
}
