import Graph
import Numerics

extension ReferenceFamily {
  /// Spectra, and what weighs signals before and spectra after.
  static let signal = ReferenceFamily(
    "Signal",
    [
      ReferenceOperator("DFT") { call in try transform(&call) },
      ReferenceOperator("STFT") { call in try shortTimeTransform(&call) },
      ReferenceOperator("HannWindow") { call in
        try setWindow(&call) { 0.5 - 0.5 * .cos($0) }
      },
      // The weights 25/46 and 21/46 of the standard's own function body, of which 0.54 and 0.46 are roundings.
      ReferenceOperator("HammingWindow") { call in
        try setWindow(&call) { 25.0 / 46.0 - 21.0 / 46.0 * .cos($0) }
      },
      ReferenceOperator("BlackmanWindow") { call in
        try setWindow(&call) { 0.42 - 0.5 * .cos($0) + 0.08 * .cos(2 * $0) }
      },
      ReferenceOperator("MelWeightMatrix") { call in try setMelWeights(&call) },
    ])

  /// ONNX DFT-20.
  private static func transform(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let signal = try signal(input, call)
    let rank = input.rank
    let axis = try call.normalizedAxis(try call.optionalInts(2)?.first ?? -2, rank: rank)
    guard axis < rank - 1 else {
      throw call.failure("axis \(axis) is the one that holds real and imaginary parts")
    }
    let isInverse = call.node.int("inverse") == 1
    let isHalf = call.node.int("onesided") == 1
    let isRealAgain = isInverse && isHalf
    let extent = input.shape[axis]
    let length = try call.optionalInts(1)?.first ?? (isRealAgain ? 2 * (extent - 1) : extent)
    guard length > 0 else { throw call.failure("\(length) is no number of samples to transform") }
    let bins = isHalf && !isRealAgain ? length / 2 + 1 : length
    var shape = input.shape
    shape[axis] = bins
    shape[rank - 1] = isRealAgain ? 1 : 2
    let count = try call.checkedCount(of: shape)
    _ = try call.checkedCount(of: [length])
    let transform = FourierTransform(length: length, inverse: isInverse)
    let inner = input.shape[(axis + 1)..<(rank - 1)].reduce(1, *)
    let parts = shape[rank - 1]
    var result = Array(repeating: 0.0, count: count)
    for lane in 0..<(count == 0 ? 0 : count / bins / parts) {
      let (outer, rest) = (lane / inner, lane % inner)
      let samples = (0..<extent).map { signal[(outer * extent + $0) * inner + rest] }
      let spectrum = transform(isRealAgain ? transform.completing(half: samples) : samples, bins: bins)
      for (bin, value) in spectrum.enumerated() {
        let position = ((outer * bins + bin) * inner + rest) * parts
        result[position] = value.real
        if parts == 2 { result[position + 1] = value.imaginary }
      }
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: shape))
  }

  /// The elements of `[…, 1]` (real) or `[…, 2]` (real and imaginary parts).
  private static func signal(_ input: Tensor, _ call: ReferenceCall) throws -> [Complex<Double>] {
    guard input.rank >= 2, let parts = input.shape.last, parts == 1 || parts == 2 else {
      throw call.failure("needs a signal […, 1] or […, 2] of at least two dimensions, found \(input.shape)")
    }
    let numbers = try input.doubles()
    if parts == 1 { return numbers.map { Complex($0, 0) } }
    return stride(from: 0, to: numbers.count, by: 2).map { Complex(numbers[$0], numbers[$0 + 1]) }
  }

  /// ONNX STFT-17: `[batch, N, 1 or 2]` gives `[batch, frames, bins, 2]`.
  private static func shortTimeTransform(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let signal = try signal(input, call)
    guard input.rank == 3 else { throw call.failure("needs a signal [N, L, 1 or 2], found \(input.shape)") }
    let extent = input.shape[1]
    let window = try call.optionalTensor(2)?.doubles()
    let length = try call.optionalInts(3)?.first ?? window?.count ?? extent
    guard let step = try call.optionalInts(1)?.first, step > 0 else {
      throw call.failure("needs a positive frame_step")
    }
    guard length > 0, length <= extent else {
      throw call.failure("frames of \(length) samples don't fit in a signal of \(extent)")
    }
    if let window, window.count != length {
      throw call.failure("a window of \(window.count) weights for frames of \(length) samples")
    }
    let frames = (extent - length) / step + 1
    let bins = call.node.int("onesided") ?? 1 == 1 ? length / 2 + 1 : length
    let shape = [input.shape[0], frames, bins, 2]
    var result: [Double] = []
    result.reserveCapacity(try call.checkedCount(of: shape))
    let transform = FourierTransform(length: length, inverse: false)
    for batch in 0..<input.shape[0] {
      for frame in 0..<frames {
        let samples = (0..<length).map { position in
          let sample = signal[batch * extent + frame * step + position]
          return window.map { sample.multiplied(by: $0[position]) } ?? sample
        }
        for value in transform(samples, bins: bins) { result += [value.real, value.imaginary] }
      }
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: shape))
  }

  /// Sets output 0 to `weight` of the phases `2πn/N`, where N is one less for a symmetric window.
  private static func setWindow(_ call: inout ReferenceCall, _ weight: (Double) -> Double) throws {
    let type = try call.elementType(named: "output_datatype", fallback: .float32)
    guard let size = try call.optionalInts(0)?.first else { throw call.failure("needs a size") }
    let count = try call.checkedCount(of: [size])
    let period = call.node.int("periodic") ?? 1 == 1 ? count : count - 1
    // A symmetric window of one weight is all middle.
    let weights = (0..<count).map { weight(period == 0 ? .pi : 2 * .pi * Double($0) / Double(period)) }
    // The standard's own bodies compute in float and cast at last: of 0.42 + 0.5 + 0.08, which Double misses by a
    // bit, whole numbers have to keep the 1.
    let cast = type.isInteger ? weights.map { Double(Float($0)) } : weights
    call.set(0, try Tensor(numbers: cast, as: type, shape: [count]))
  }

  /// ONNX MelWeightMatrix-17: triangles `[bins, mel bins]` at equal distances on the mel scale,
  /// mel(f) = 2595·log₁₀(1 + f/700).
  private static func setMelWeights(_ call: inout ReferenceCall) throws {
    let type = try call.elementType(named: "output_datatype", fallback: .float32)
    guard let bands = try call.optionalInts(0)?.first, let length = try call.optionalInts(1)?.first,
      let rate = try call.optionalInts(2)?.first, let low = try call.tensor(3).doubles().first,
      let high = try call.tensor(4).doubles().first, bands >= 0, length >= 0, rate > 0, low >= 0, high >= low
    else { throw call.failure("needs sizes, a sample rate and two edges in order, none of them negative") }
    let bins = length / 2 + 1
    var weights = Array(repeating: 0.0, count: try call.checkedCount(of: [bins, bands]))
    let mel = { (frequency: Double) in 2595 * .log(onePlus: frequency / 700) / .log(10.0) }
    let step = (mel(high) - mel(low)) / Double(bands + 2)
    let points = try (0..<(bands + 2)).map { band in
      let frequency = 700 * Double.expMinusOne((Double(band) * step + mel(low)) / 2595 * .log(10.0))
      let point = (Double(length + 1) * frequency / Double(rate)).rounded(.down)
      guard point < Double(bins) else {
        throw call.failure("\(high) Hz is above half the sample rate of \(rate) Hz")
      }
      return Int(point)
    }
    for band in 0..<bands {
      let (left, center, right) = (points[band], points[band + 1], points[band + 2])
      weights[center * bands + band] = 1
      for bin in left..<center { weights[bin * bands + band] = Double(bin - left) / Double(center - left) }
      for bin in center..<right {
        weights[bin * bands + band] = Double(right - bin) / Double(right - center)
      }
    }
    call.set(0, try Tensor(numbers: weights, as: type, shape: [bins, bands]))
  }
}
