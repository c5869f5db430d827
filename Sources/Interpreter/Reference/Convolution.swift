import Graph

extension ReferenceFamily {
  /// Convolutions.
  static let convolution = ReferenceFamily(
    "Convolution",
    [
      ReferenceOperator("Conv") { call in try convolution(&call) }
    ])

  /// X `[N, C, …]`, W `[M, C / group, …]`, B `[M]` (ONNX Conv-22).
  private static func convolution(_ call: inout ReferenceCall) throws {
    let (input, weights) = (try call.tensor(0), try call.tensor(1))
    guard input.rank >= 3, weights.rank == input.rank else {
      throw call.failure(
        "needs an input [N, C, …] and weights of the same rank, found \(input.shape), \(weights.shape)")
    }
    let groups = call.node.int("group") ?? 1
    let (batch, channels) = (input.shape[0], input.shape[1])
    let (filters, depth) = (weights.shape[0], weights.shape[1])
    guard groups > 0, channels == depth * groups, filters % groups == 0 else {
      throw call.failure(
        "\(channels) input channels and \(filters) filters of \(depth) don't fit \(groups) groups")
    }
    let kernel = Array(weights.shape[2...])
    if let declared = call.node.ints("kernel_shape"), declared != kernel {
      throw call.failure("kernel_shape \(declared) differs from the weights' \(kernel)")
    }
    let spatial = Array(input.shape[2...])
    let window = try Window(node: call.node, kernel: kernel, spatial: spatial)
    let taps = WindowTaps(window, spatial: spatial)
    let (x, w) = (try input.doubles(), try weights.doubles())
    let bias = try call.optionalTensor(2)?.doubles()
    if let bias, bias.count != filters { throw call.failure("\(filters) filters, but \(bias.count) biases") }
    let inputPlane = spatial.reduce(1, *)
    let kernelPlane = kernel.reduce(1, *)
    let outputPlane = taps.outputShape.reduce(1, *)
    var result = Array(repeating: 0.0, count: batch * filters * outputPlane)
    for image in 0..<batch {
      for filter in 0..<filters {
        let group = filter / (filters / groups)
        for position in 0..<outputPlane {
          var sum = bias?[filter] ?? 0
          for channel in 0..<depth {
            let plane = (image * channels + group * depth + channel) * inputPlane
            let taken = (filter * depth + channel) * kernelPlane
            for tap in taps.taps[position] { sum += x[plane + tap.offset] * w[taken + tap.tap] }
          }
          result[(image * filters + filter) * outputPlane + position] = sum
        }
      }
    }
    call.set(
      0, try Tensor(doubles: result, as: input.elementType, shape: [batch, filters] + taps.outputShape))
  }
}
