extension ReferenceFamily {
  /// The one list of lists.
  static let all: [ReferenceFamily] = [
    .activation, .bitwise, .casting, .comparison, .controlFlow, .convolution, .cumulation, .dense, .einsum,
    .elementary,
    .elementwise, .gathering, .generation, .joining, .logic, .losses, .movement, .normalization, .ordering,
    .pooling, .quantization, .random, .reduction, .scattering, .sequences, .shaping, .slicing, .softmax,
    .strings,
  ]
}
