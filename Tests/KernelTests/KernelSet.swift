import CKernels
import TestSupport

/// One instruction set that this machine can run.
struct KernelSet: Sendable, CustomStringConvertible {
  let description: String
  let feature: UInt32
  let conv: ck_f32_conv_kernels
  let ops: ck_f32_ops_kernels
  /// Floats in a vector, channels in a block.
  var width: Int { Int(ops.width) }

  static let all: [KernelSet] = {
    let names: [(String, Int)] = [
      ("portable", CKERNELS_CPU_PORTABLE), ("neon", CKERNELS_CPU_NEON), ("avx2", CKERNELS_CPU_AVX2_FMA),
      ("avx512", CKERNELS_CPU_AVX512),
    ]
    return names.compactMap { name, bit in
      let feature = UInt32(bit)
      guard ckernels_cpu_features() & feature != 0, let conv = ck_f32_conv_kernels_of(feature),
        let ops = ck_f32_ops_kernels_of(feature)
      else { return nil }
      return KernelSet(description: name, feature: feature, conv: conv.pointee, ops: ops.pointee)
    }
  }()
}

/// γ_k = k u / (1 - k u) for single precision (Higham, Accuracy and Stability of Numerical Algorithms, ch. 3).
func gamma(_ k: Int) -> Double {
  let ku = Double(k) * 0x1p-24
  return ku / (1 - ku)
}

/// `[channels][pixels]` to `[blocks][pixels][width]`, missing channels zero.
func blocked(_ plain: [Float], channels: Int, pixels: Int, width: Int) -> [Float] {
  let planes = (channels + width - 1) / width
  var result = [Float](repeating: 0, count: planes * pixels * width)
  for channel in 0..<channels {
    for pixel in 0..<pixels {
      result[(channel / width * pixels + pixel) * width + channel % width] = plain[channel * pixels + pixel]
    }
  }
  return result
}

/// The way back.
func plain(_ blocks: [Float], channels: Int, pixels: Int, width: Int) -> [Float] {
  var result = [Float](repeating: 0, count: channels * pixels)
  for channel in 0..<channels {
    for pixel in 0..<pixels {
      result[channel * pixels + pixel] = blocks[(channel / width * pixels + pixel) * width + channel % width]
    }
  }
  return result
}
