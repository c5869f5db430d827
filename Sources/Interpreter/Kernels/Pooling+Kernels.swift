import Graph

extension Kernel {
  static let pooling = [
    Kernel("MaxPool", "max-pool") { call in try maxPool(&call) },
    Kernel("GlobalAveragePool", "global-average") { call in
      try globalPool(&call) { plane in
        // Four running sums keep the error near that of pairwise summation at no cost.
        var sums = SIMD4<Double>.zero
        for index in plane.indices { sums[index & 3] += Double(plane[index]) }
        return Float(sums.sum() / Double(plane.count))
      }
    },
    Kernel("GlobalMaxPool", "global-max") { call in
      try globalPool(&call) { plane in
        var result = -Float.infinity
        for value in plane { result = value > result || value.isNaN ? value : result }
        return result
      }
    },
  ]

  private static func globalPool(
    _ call: inout ReferenceCall, _ function: (UnsafeBufferPointer<Float>) -> Float
  ) throws -> Bool {
    guard let input = call.singles(1)?.first, input.rank >= 2, input.count > 0 else { return false }
    let size = input.shape[2...].reduce(1, *)
    let planes = input.shape[0] * input.shape[1]
    let results = try input.withElements(of: Float.self) { values in
      (0..<planes).map { function(UnsafeBufferPointer(rebasing: values[($0 * size)..<(($0 + 1) * size)])) }
    }
    let shape = Array(input.shape[..<2]) + Array(repeating: 1, count: input.rank - 2)
    call.set(0, try Tensor(results, shape: shape))
    return true
  }

  private static func maxPool(_ call: inout ReferenceCall) throws -> Bool {
    guard let input = call.singles(1)?.first, input.rank == 4, input.count > 0, call.node.output(1) == nil,
      let kernel = call.node.ints("kernel_shape"), kernel.count == 2
    else { return false }
    let (height, width) = (input.shape[2], input.shape[3])
    let window = try Window(node: call.node, kernel: kernel, spatial: [height, width])
    let (rows, columns) = (window.outputExtent(0, size: height), window.outputExtent(1, size: width))
    var output = try Tensor(uninitialized: .float32, shape: [input.shape[0], input.shape[1], rows, columns])
    try input.withElements(of: Float.self) { x in
      try output.withMutableElements(of: Float.self) { y in
        for plane in 0..<(input.shape[0] * input.shape[1]) {
          for row in 0..<rows {
            for column in 0..<columns {
              var result = -Float.infinity
              for tapRow in 0..<kernel[0] {
                let i = row * window.strides[0] - window.padsBegin[0] + tapRow * window.dilations[0]
                if i < 0 || i >= height { continue }
                for tapColumn in 0..<kernel[1] {
                  let j = column * window.strides[1] - window.padsBegin[1] + tapColumn * window.dilations[1]
                  if j < 0 || j >= width { continue }
                  let value = x[(plane * height + i) * width + j]
                  result = value > result || value.isNaN ? value : result
                }
              }
              y[(plane * rows + row) * columns + column] = result
            }
          }
        }
      }
    }
    call.set(0, output)
    return true
  }
}
