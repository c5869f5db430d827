import Graph

/// The convolution run backwards: each input element spreads the kernel over the output.
extension ReferenceFamily {
  /// X `[N, C, …]`, W `[C, M / group, …]`, B `[M]` (ONNX ConvTranspose-22).
  static func convolveTransposed(_ call: inout ReferenceCall) throws {
    let (input, weights) = (try call.tensor(0), try call.tensor(1))
    guard input.rank >= 3, weights.rank == input.rank else {
      throw call.failure(
        "needs an input [N, C, …] and weights of the same rank, found \(input.shape), \(weights.shape)")
    }
    let groups = call.node.int("group") ?? 1
    let (batch, channels, perGroup) = (input.shape[0], input.shape[1], weights.shape[1])
    guard groups > 0, weights.shape[0] == channels, channels % groups == 0 else {
      throw call.failure("\(channels) input channels don't fit weights \(weights.shape) in \(groups) groups")
    }
    let filters = perGroup * groups
    let bias = try call.bias(2, filters: filters)
    let kernel = Array(weights.shape[2...])
    if let declared = call.node.ints("kernel_shape"), declared != kernel {
      throw call.failure("kernel_shape \(declared) differs from the weights' \(kernel)")
    }
    let spatial = Array(input.shape[2...])
    let transposed = try TransposedWindow(node: call.node, kernel: kernel, spatial: spatial)
    let extents = transposed.outputExtents.compactMap { $0 }
    let shape = [batch, filters] + extents
    var result = Array(repeating: 0.0, count: try call.checkedCount(of: shape))
    // Seen from the output, the input's elements are the windows.
    let windows = WindowRuns(transposed.window, spatial: extents, positions: spatial)
    let (inputPlane, outputPlane) = (spatial.reduce(1, *), extents.reduce(1, *))
    let kernelPlane = try call.checkedCount(of: kernel)
    let (x, w) = (try input.doubles(), try weights.doubles())
    for image in 0..<batch {
      for filter in 0..<filters {
        let target = (image * filters + filter) * outputPlane
        if let bias { for index in target..<(target + outputPlane) { result[index] = bias[filter] } }
        let (group, own) = (filter / perGroup, filter % perGroup)
        for channel in (group * (channels / groups))..<((group + 1) * (channels / groups)) {
          let source = (image * channels + channel) * inputPlane
          let taps = (channel * perGroup + own) * kernelPlane
          for run in windows.runs {
            let weight = w[taps + run.tap]
            for index in 0..<run.count {
              result[target + run.input + index * windows.step] += weight * x[source + run.output + index]
            }
          }
        }
      }
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: shape))
  }
}
