import Graph

/// A convolution as its definition says, in `Double`, for every operator that is one: X `[N, C, …]`,
/// W `[M, C / group, …]`, Y `[N, M, …]`.
struct PlainConvolution {
  /// Extents of the result.
  let outputShape: [Int]
  private let batch: Int
  private let channels: Int
  private let filters: Int
  private let depth: Int
  private let groups: Int
  private let inputPlane: Int
  private let kernelPlane: Int
  private let windows: WindowRuns

  /// The convolution that `call`'s attributes describe.
  ///
  /// - Throws: `InterpreterError` or `GraphError` where shapes and attributes don't fit.
  init(_ call: ReferenceCall, input: [Int], weights: [Int]) throws {
    guard input.count >= 3, weights.count == input.count else {
      throw call.failure(
        "needs an input [N, C, …] and weights of the same rank, found \(input), \(weights)")
    }
    groups = call.node.int("group") ?? 1
    (batch, channels) = (input[0], input[1])
    (filters, depth) = (weights[0], weights[1])
    guard groups > 0, channels == depth * groups, filters % groups == 0 else {
      throw call.failure(
        "\(channels) input channels and \(filters) filters of \(depth) don't fit \(groups) groups")
    }
    let kernel = Array(weights[2...])
    if let declared = call.node.ints("kernel_shape"), declared != kernel {
      throw call.failure("kernel_shape \(declared) differs from the weights' \(kernel)")
    }
    let spatial = Array(input[2...])
    let window = try Window(node: call.node, kernel: kernel, spatial: spatial)
    let positions = spatial.indices.map { window.outputExtent($0, size: spatial[$0]) }
    outputShape = [batch, filters] + positions
    _ = try call.checkedCount(of: outputShape)
    kernelPlane = try call.checkedCount(of: kernel)
    windows = WindowRuns(window, spatial: spatial, positions: positions)
    inputPlane = spatial.reduce(1, *)
  }

  /// The result for the elements of X and W, started at each filter's bias.
  func callAsFunction(_ input: [Double], _ weights: [Double], bias: [Double]?) -> [Double] {
    let plane = windows.count
    var result = Array(repeating: 0.0, count: batch * filters * plane)
    guard !result.isEmpty else { return result }
    result.withUnsafeMutableBufferPointer { y in
      input.withUnsafeBufferPointer { x in
        weights.withUnsafeBufferPointer { w in
          for image in 0..<batch {
            for filter in 0..<filters {
              let target = UnsafeMutableBufferPointer(
                rebasing: y[((image * filters + filter) * plane)..<((image * filters + filter + 1) * plane)])
              if let bias { target.update(repeating: bias[filter]) }
              let first = image * channels + filter / (filters / groups) * depth
              for channel in 0..<depth {
                accumulate(
                  UnsafeBufferPointer(
                    rebasing: x[((first + channel) * inputPlane)..<((first + channel + 1) * inputPlane)]),
                  UnsafeBufferPointer(
                    rebasing: w[
                      ((filter * depth + channel) * kernelPlane)..<((filter * depth + channel + 1)
                        * kernelPlane)]), into: target)
              }
            }
          }
        }
      }
    }
    return result
  }

  /// Adds what one channel contributes to one filter's plane.
  private func accumulate(
    _ plane: UnsafeBufferPointer<Double>, _ kernel: UnsafeBufferPointer<Double>,
    into target: UnsafeMutableBufferPointer<Double>
  ) {
    guard let base = plane.baseAddress, let output = target.baseAddress else { return }
    let step = windows.step
    for run in windows.runs {
      let weight = kernel[run.tap]
      let (source, sums) = (base + run.input, output + run.output)
      if step == 1 {
        for index in 0..<run.count { sums[index] += weight * source[index] }
      } else {
        for index in 0..<run.count { sums[index] += weight * source[index &* step] }
      }
    }
  }
}
