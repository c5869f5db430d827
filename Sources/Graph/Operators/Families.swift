extension OperatorFamily {
  /// The one list of lists.
  public static let all: [OperatorFamily] = [
    .activation, .attention, .bitwise, .casting, .comparison, .controlFlow, .convolution, .cumulation,
    .dense, .detection, .einsum, .elementary, .elementwise, .features, .gathering, .generation,
    .imageDecoding, .joining,
    .labels, .linearModels, .logic, .losses, .movement, .normalization, .ordering, .pooling, .quantization,
    .random, .recurrent, .reduction, .resampling, .scattering, .sequences, .shaping, .signal, .slicing,
    .softmax, .strings, .training, .trees,
  ]
}
