import Graph

/// The convolution whose taps are moved by offsets that another layer computes.
extension ReferenceFamily {
  /// X `[N, C, …]`, W `[M, C / group, …]`, offset `[N, offset_group · taps · n, …]`, B `[M]`,
  /// mask `[N, offset_group · taps, …]`; between elements X is interpolated linearly, outside it is zero
  /// (ONNX DeformConv-22).
  static func convolveDeformed(_ call: inout ReferenceCall) throws {
    let (input, weights, offset) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    let mask = try call.optionalTensor(4)
    let convolution = try PlainConvolution(call, input: input.shape, weights: weights.shape)
    let window = try Window(
      node: call.node, kernel: Array(weights.shape[2...]), spatial: Array(input.shape[2...]))
    let (batch, channels) = (input.shape[0], input.shape[1])
    let (filters, depth) = (weights.shape[0], weights.shape[1])
    let positions = Array(convolution.outputShape[2...])
    let offsetGroups = call.node.int("offset_group") ?? 1
    let (taps, axes) = (window.kernel.reduce(1, *), window.kernel.count)
    guard offsetGroups > 0, channels % offsetGroups == 0,
      offset.shape == [batch, offsetGroups * taps * axes] + positions
    else {
      throw call.failure(
        "offsets \(offset.shape) don't fit \(offsetGroups) groups of \(taps) taps at \(positions) places")
    }
    if let mask, mask.shape != [batch, offsetGroups * taps] + positions {
      throw call.failure("the mask \(mask.shape) does not fit the offsets \(offset.shape)")
    }
    let bias = try call.bias(3, filters: filters)
    let (x, w, moves, shares) = (
      try input.doubles(), try weights.doubles(), try offset.doubles(), try mask?.doubles()
    )
    let spatial = Array(input.shape[2...])
    let (inputPlane, outputPlane) = (spatial.reduce(1, *), positions.reduce(1, *))
    let places = Self.places(positions)
    let tapPlaces = Self.places(window.kernel)
    var result = Array(repeating: 0.0, count: batch * filters * outputPlane)
    if let bias {
      for index in result.indices { result[index] = bias[index / outputPlane % filters] }
    }
    let own = channels / offsetGroups
    let perGroup = filters / (channels / max(1, depth))
    for image in 0..<batch {
      for tap in 0..<taps {
        for position in 0..<outputPlane {
          for offsetGroup in 0..<offsetGroups {
            let group = image * offsetGroups + offsetGroup
            let point = (0..<axes).map { axis -> Double in
              let start = places[position][axis] * window.strides[axis] - window.padsBegin[axis]
              let move = moves[((group * taps + tap) * axes + axis) * outputPlane + position]
              return Double(start + tapPlaces[tap][axis] * window.dilations[axis]) + move
            }
            let corners = Interpolation.corners(of: point, in: spatial)
            let share = shares?[(group * taps + tap) * outputPlane + position] ?? 1
            for channel in (offsetGroup * own)..<((offsetGroup + 1) * own) {
              let plane = (image * channels + channel) * inputPlane
              let value = corners.reduce(0) { $0 + $1.weight * x[plane + $1.offset] } * share
              let first = channel / depth * perGroup
              for filter in first..<(first + perGroup) {
                result[(image * filters + filter) * outputPlane + position] +=
                  value * w[(filter * depth + channel % depth) * taps + tap]
              }
            }
          }
        }
      }
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: convolution.outputShape))
  }

  /// Every position of `shape`, as one index an axis.
  private static func places(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { before, extent in
      before.flatMap { one in (0..<extent).map { one + [$0] } }
    }
  }
}
