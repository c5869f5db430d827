import OrderedCollections

extension OperatorFamily {
  /// Spectra, and what weighs signals before and spectra after.
  static let signal = OperatorFamily(
    "Signal",
    [
      Operator("DFT", upgrade: upgradeDFT) { try inferDFT(&$0) },
      Operator("STFT") { inferSTFT(&$0) },
      Operator("HannWindow") { try inferWindow(&$0) },
      Operator("HammingWindow") { try inferWindow(&$0) },
      Operator("BlackmanWindow") { try inferWindow(&$0) },
      Operator("MelWeightMatrix") { context in
        let type = try context.elementType(named: "output_datatype", fallback: .float32)
        let bins = context.dimensionValues(1)?.first ?? .unknown
        let rows = bins == .unknown ? bins : bins.dividedDown(by: 2) + 1
        context.setOutput(0, type, [rows, context.dimensionValues(0)?.first ?? .unknown])
      },
    ])

  /// Before version 20 the axis was an attribute, the second by default.
  private static let upgradeDFT: Operator.Upgrade = { node, context in
    guard context.sinceVersion < 20 else { return [node] }
    var node = node
    let axis = node.int("axis") ?? 1
    node.attributes["axis"] = nil
    node.setInput(2, context.constant(try Tensor([Int64(axis)], shape: []), "axis"))
    return [node]
  }

  /// `[…, N, …, 1 or 2]` gives `[…, bins, …, 2]`, or `[…, N, …, 1]` where half a spectrum is turned back.
  private static func inferDFT(_ context: inout InferenceContext) throws {
    let type = context.elementType(0)
    guard let shape = context.shape(0), shape.rank >= 2 else { return context.setOutput(0, type, nil) }
    var result = shape.dimensions
    let isHalf = context.node.int("onesided") == 1
    let isRealAgain = isHalf && context.node.int("inverse") == 1
    result[shape.rank - 1] = isRealAgain ? 1 : 2
    guard let given = context.hasInput(2) ? context.constantInts(2)?.first : -2 else {
      // Whichever axis it is, a whole spectrum is as long as the signal.
      if isHalf || context.hasInput(1) {
        for axis in result.indices.dropLast() { result[axis] = .unknown }
      }
      return context.setOutput(0, type, Shape(result))
    }
    let axis = try context.normalizedAxis(given, rank: shape.rank)
    guard axis < shape.rank - 1 else {
      throw context.failure("axis \(given) is the one that holds real and imaginary parts")
    }
    var length = shape.dimensions[axis]
    if context.hasInput(1) {
      length = context.dimensionValues(1)?.first ?? .unknown
    } else if isRealAgain {
      length = (length - 1) * 2
    }
    result[axis] = isHalf && !isRealAgain ? length.dividedDown(by: 2) + 1 : length
    context.setOutput(0, type, Shape(result))
  }

  /// `[batch, N, 1 or 2]` gives `[batch, frames, bins, 2]`.
  private static func inferSTFT(_ context: inout InferenceContext) {
    let type = context.elementType(0)
    let signal = context.shape(0)
    guard let signal, signal.rank >= 2 else {
      return context.setOutput(0, type, InferenceContext.unknownShape(rank: 4))
    }
    var length = signal.dimensions[1]
    if context.hasInput(3) {
      length = context.dimensionValues(3)?.first ?? .unknown
    } else if context.hasInput(2) {
      length = context.shape(2)?.dimensions.first ?? .unknown
    }
    var frames = Dimension.unknown
    if let step = context.constantInts(1)?.first, step > 0 {
      frames = (signal.dimensions[1] - length).dividedDown(by: step) + 1
    }
    let isHalf = context.node.int("onesided") ?? 1 == 1
    let bins = isHalf ? length.dividedDown(by: 2) + 1 : length
    context.setOutput(0, type, Shape([signal.dimensions[0], frames, bins, 2]))
  }

  private static func inferWindow(_ context: inout InferenceContext) throws {
    let type = try context.elementType(named: "output_datatype", fallback: .float32)
    context.setOutput(0, type, [context.dimensionValues(0)?.first ?? .unknown])
  }
}
