extension OperatorFamily {
  /// From encoded pictures to pixels.
  static let imageDecoding = OperatorFamily(
    "ImageDecoding",
    [
      Operator("ImageDecoder") { context in
        let isGray = context.node.string("pixel_format") == "Grayscale"
        context.setOutput(0, .uint8, [.unknown, .unknown, isGray ? 1 : 3])
      }
    ])
}
