import Graph
import Numerics

extension Kernel {
  static let signal = [Kernel("DFT", "mixed-radix-fft") { try transform(&$0) }]

  /// Complex signals `[…, N, …, 2]`, whole spectra.
  private static func transform(_ call: inout ReferenceCall) throws -> Bool {
    guard let input = call.singles(1)?.first, input.rank >= 2, input.shape.last == 2, input.count > 0,
      call.node.int("onesided") != 1
    else { return false }
    let axis = try call.normalizedAxis(try call.optionalInts(2)?.first ?? -2, rank: input.rank)
    guard axis < input.rank - 1 else { return false }
    let extent = input.shape[axis]
    let length = try call.optionalInts(1)?.first ?? extent
    guard length > 0 else { return false }
    var shape = input.shape
    shape[axis] = length
    _ = try call.checkedCount(of: shape)
    let transform = MixedRadixTransform(length: length, inverse: call.node.int("inverse") == 1)
    let inner = input.shape[(axis + 1)..<(input.rank - 1)].reduce(1, *)
    let outer = input.shape[..<axis].reduce(1, *)
    var output = try Tensor(uninitialized: .float32, shape: shape)
    try input.withElements(of: Float.self) { source in
      try output.withMutableElements(of: Float.self) { target in
        for lane in 0..<outer * inner {
          let (block, rest) = (lane / inner, lane % inner)
          var samples = Array(repeating: Complex<Float>(0, 0), count: length)
          for step in 0..<min(extent, length) {
            let place = 2 * ((block * extent + step) * inner + rest)
            samples[step] = Complex(source[place], source[place + 1])
          }
          for (bin, value) in transform(samples).enumerated() {
            let place = 2 * ((block * length + bin) * inner + rest)
            (target[place], target[place + 1]) = (value.real, value.imaginary)
          }
        }
      }
    }
    call.set(0, output)
    return true
  }
}

/// The fast Fourier transform of one length in single precision: one pass for each prime factor, each result written
/// where the next pass reads it (Stockham), so that nothing is reordered in the end.
///
/// Source: Swarztrauber, Vectorizing the FFTs, in: Parallel Computations, 1982.
struct MixedRadixTransform {
  private let length: Int
  private let isInverse: Bool
  private let radices: [Int]
  /// `exp(∓2πi·m/N)`, rounded once from double precision.
  private let factors: [Complex<Float>]

  init(length: Int, inverse: Bool) {
    self.length = length
    isInverse = inverse
    var (rest, radices, divisor) = (length, [Int](), 2)
    while divisor * divisor <= rest {
      while rest % divisor == 0 {
        radices.append(divisor)
        rest /= divisor
      }
      divisor += divisor == 2 ? 1 : 2
    }
    if rest > 1 { radices.append(rest) }
    self.radices = radices
    let step = (inverse ? 2 : -2) * Double.pi / Double(length)
    factors = (0..<length).map { index in
      let factor = Complex<Double>(length: 1, phase: step * Double(index))
      return Complex(Float(factor.real), Float(factor.imaginary))
    }
  }

  /// The transform of `length` samples; the inverse divides by their number.
  func callAsFunction(_ samples: [Complex<Float>]) -> [Complex<Float>] {
    var source = samples
    var target = samples
    var done = 1
    for radix in radices {
      pass(radix, done: done, source, &target)
      swap(&source, &target)
      done *= radix
    }
    guard isInverse else { return source }
    let scale = 1 / Float(length)
    return source.map { Complex($0.real * scale, $0.imaginary * scale) }
  }

  /// Joins `radix` transforms, each as long as `done`, into one.
  private func pass(_ radix: Int, done: Int, _ source: [Complex<Float>], _ target: inout [Complex<Float>]) {
    let width = length / (done * radix)
    var inputs = Array(repeating: Complex<Float>(0, 0), count: radix)
    var outputs = inputs
    for group in 0..<done {
      for index in 0..<width {
        for part in 0..<radix { inputs[part] = source[index + width * (part + radix * group)] }
        butterfly(inputs, &outputs)
        for part in 0..<radix {
          let value = outputs[part]
          let place = index + width * (group + done * part)
          if part == 0 || index == 0 {
            target[place] = value
          } else {
            let factor = factors[part * done * index]
            target[place] = Complex(
              value.real * factor.real - value.imaginary * factor.imaginary,
              value.real * factor.imaginary + value.imaginary * factor.real)
          }
        }
      }
    }
  }

  /// The transform of as many inputs as the radix; for odd ones by sums and differences of the pairs that mirror
  /// each other.
  private func butterfly(_ inputs: [Complex<Float>], _ outputs: inout [Complex<Float>]) {
    let radix = inputs.count
    if radix == 2 {
      outputs[0] = inputs[0] + inputs[1]
      outputs[1] = inputs[0] - inputs[1]
      return
    }
    let half = radix / 2
    outputs[0] = (1..<radix / 2 + 1).reduce(inputs[0]) { $0 + (inputs[$1] + inputs[radix - $1]) }
    let step = length / radix
    for bin in 1...half {
      var even = inputs[0]
      var odd = Complex<Float>(0, 0)
      for pair in 1...half {
        let (one, other) = (inputs[pair], inputs[radix - pair])
        let factor = factors[pair * bin % radix * step]
        even += Complex(
          (one.real + other.real) * factor.real, (one.imaginary + other.imaginary) * factor.real)
        odd += Complex(
          (one.real - other.real) * factor.imaginary, (one.imaginary - other.imaginary) * factor.imaginary)
      }
      outputs[bin] = Complex(even.real - odd.imaginary, even.imaginary + odd.real)
      outputs[radix - bin] = Complex(even.real + odd.imaginary, even.imaginary - odd.real)
    }
  }
}
