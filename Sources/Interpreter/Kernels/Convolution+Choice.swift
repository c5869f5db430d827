import Graph

extension PlanBuilder {
  /// The algorithm of a convolution whose groups don't settle it.
  func algorithm(of convolution: Convolution) -> ConvolutionAlgorithm {
    let candidates = candidates(for: convolution)
    switch choice {
    case .forced(let algorithm): return candidates.contains(algorithm) ? algorithm : .direct
    case .cost(let measured):
      if let known = measured.algorithms[layer(convolution)], candidates.contains(known) { return known }
      let costs = candidates.map { ($0, cost(of: convolution, by: $0)) }
      return costs.min { $0.1 < $1.1 }?.0 ?? .direct
    }
  }

  /// What a step says of its convolution where it had a choice.
  func tunable(
    _ convolution: Convolution, _ algorithm: ConvolutionAlgorithm
  ) -> (layer: String, algorithm: ConvolutionAlgorithm)? {
    candidates(for: convolution).count > 1 ? (layer(convolution), algorithm) : nil
  }

  /// Algorithms that can compute it within the error budget.
  private func candidates(for convolution: Convolution) -> [ConvolutionAlgorithm] {
    let g = convolution.geometry
    guard convolution.groups == 1, g.dilation == (1, 1), g.outHeight >= 2, g.outWidth >= 2,
      let taps = g.halfTaps ?? (g.kernel == (3, 3) && g.stride == (1, 1) ? 3 : nil)
    else { return [.direct] }
    // Of what was quantized, sums are exact and often lie in the middle between two steps of the next quantization:
    // Winograd's transforms would decide by their rounding to which one they go.
    if dequantized.contains(convolution.node.inputs[0]) { return [.direct] }
    let tiles = WinogradTile.all.filter { $0.taps == taps && $0.error <= errorBudget }.map(\.size)
    if readsPlain(convolution) {
      let isFit = g.channels <= 4 && convolution.node.residual == nil && (g.halfTaps == nil || g.pool == 1)
      let size = 7 - taps
      return isFit && tiles.contains(size) ? [.direct, .winograd(size)] : [.direct]
    }
    guard g.halfTaps == nil else { return [.direct] }
    return [.direct] + (g.channels >= width / 2 ? tiles.map { .winograd($0) } : [])
  }

  /// Whether the map is taken as the caller gave it: too few channels to fill a block.
  func readsPlain(_ convolution: Convolution) -> Bool {
    convolution.groups == 1 && convolution.geometry.channels < width / 2
      && !isBlocked(convolution.node.inputs[0])
  }

  /// What tunings call a convolution like this one.
  private func layer(_ convolution: Convolution) -> String {
    let g = convolution.geometry
    return
      "conv \(g.images)x\(g.channels)x\(g.height)x\(g.width) to \(g.filters)x\(g.outHeight)x\(g.outWidth)"
      + " kernel \(g.kernel.h)x\(g.kernel.w) pool \(g.pool) \(kernels.name)"
  }

  /// Seconds that one worker takes, about; what counts is which is less. Workers share the work evenly and the
  /// memory unevenly, but their number must not change what is computed.
  private func cost(of convolution: Convolution, by algorithm: ConvolutionAlgorithm) -> Double {
    let g = convolution.geometry
    let isPlain = readsPlain(convolution)
    let (ins, outs) = (isPlain ? g.channels : planes(g.channels) * width, planes(g.filters) * width)
    func seconds(multiplyAdds: Int, weightBytes: Int) -> Double {
      let compute = Double(multiplyAdds) / Machine.multiplyAdds(lanes: width)
      let reading = Double(weightBytes) / Machine.bandwidth(layer: weightBytes, network: constantBytes)
      return max(compute, reading) + Machine.overlap * min(compute, reading)
    }
    switch algorithm {
    case .direct:
      return seconds(
        multiplyAdds: g.images * g.outHeight * g.outWidth * g.taps * ins * outs,
        weightBytes: g.taps * ins * outs * 4)
    case .winograd(let m):
      let tiles = g.images * ((g.outHeight + m - 1) / m) * ((g.outWidth + m - 1) / m)
      let extent = m + (g.halfTaps ?? 3) - 1
      let points = extent * extent
      // With stride 2 each parity of rows and of columns counts as a channel.
      let ins = g.halfTaps == nil ? ins : 4 * ins
      return seconds(multiplyAdds: points * tiles * ins * outs, weightBytes: points * ins * outs * 4)
        + Double(tiles * points * (ins + outs) / width)
        * (isPlain ? Machine.plainTransform : Machine.transform)
    }
  }
}
