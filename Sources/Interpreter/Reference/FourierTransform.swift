import Numerics

/// The discrete Fourier transform of one length, by its definition: `y[k] = Σₙ x[n]·exp(∓2πi·kn/N)`.
struct FourierTransform {
  /// The number of samples, and of bins.
  let length: Int
  private let isInverse: Bool
  /// `exp(∓2πi·m/N)` for each m, so that every product of k and n finds its factor unrounded.
  private let factors: [Complex<Double>]

  /// A transform of `length` samples; the inverse divides by their number.
  init(length: Int, inverse: Bool) {
    self.length = length
    isInverse = inverse
    let step = (inverse ? 2 : -2) * Double.pi / Double(max(1, length))
    factors = (0..<length).map { Complex(length: 1, phase: step * Double($0)) }
  }

  /// The first `bins` values of the transform of `samples`, which are cut or filled up with zeros to the length.
  func callAsFunction(_ samples: [Complex<Double>], bins: Int? = nil) -> [Complex<Double>] {
    let used = samples.prefix(length)
    let scale = isInverse ? 1 / Double(max(1, length)) : 1
    return (0..<(bins ?? length)).map { bin in
      var (real, imaginary) = (0.0, 0.0)
      var phase = 0
      for sample in used {
        let factor = factors[phase]
        real += sample.real * factor.real - sample.imaginary * factor.imaginary
        imaginary += sample.real * factor.imaginary + sample.imaginary * factor.real
        phase += bin
        if phase >= length { phase -= length }
      }
      return Complex(real * scale, imaginary * scale)
    }
  }

  /// The whole spectrum of a real signal from its first half: the rest mirrors it. The parts that a real signal
  /// can't have are dropped.
  func completing(half: [Complex<Double>]) -> [Complex<Double>] {
    (0..<length).map { bin in
      let mirrored = length - bin
      let isOwnMirror = bin == 0 || bin == mirrored
      if bin <= length / 2 {
        guard bin < half.count else { return 0 }
        return isOwnMirror ? Complex(half[bin].real, 0) : half[bin]
      }
      return mirrored < half.count ? half[mirrored].conjugate : 0
    }
  }
}
