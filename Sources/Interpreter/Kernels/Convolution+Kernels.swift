import Graph

extension Kernel {
  static let convolution = [Kernel("Conv", "im2col+sgemm") { call in try im2colConvolution(&call) }]

  /// X `[N, C, H, W]` as columns `[C / group · kH · kW, oH · oW]`, multiplied by W `[M / group, C / group · kH · kW]`.
  private static func im2colConvolution(_ call: inout ReferenceCall) throws -> Bool {
    guard let operands = call.singles(call.value(2) == nil ? 2 : 3), let blas = OpenBLAS.shared else {
      return false
    }
    let (input, weights) = (operands[0], operands[1])
    let groups = call.node.int("group") ?? 1
    guard input.rank == 4, weights.rank == 4, groups > 0, input.shape[1] == weights.shape[1] * groups,
      weights.shape[0] % groups == 0, input.count > 0, weights.count > 0
    else { return false }
    let kernel = Array(weights.shape[2...])
    if let declared = call.node.ints("kernel_shape"), declared != kernel { return false }
    let (height, width) = (input.shape[2], input.shape[3])
    let window = try Window(node: call.node, kernel: kernel, spatial: [height, width])
    let (rows, columns) = (window.outputExtent(0, size: height), window.outputExtent(1, size: width))
    let (filters, depth) = (weights.shape[0], weights.shape[1])
    var output = try Tensor(uninitialized: .float32, shape: [input.shape[0], filters, rows, columns])
    guard output.count > 0 else {
      call.set(0, output)
      return true
    }
    let area = rows * columns
    let taps = depth * kernel[0] * kernel[1]
    guard let limit = Int32(exactly: max(area, taps)), limit < Int32.max else { return false }
    var scratch = try Tensor(uninitialized: .float32, shape: [taps, area])
    try input.withElements(of: Float.self) { x in
      try weights.withElements(of: Float.self) { w in
        try output.withMutableElements(of: Float.self) { y in
          try scratch.withMutableElements(of: Float.self) { columnsOf in
            for image in 0..<input.shape[0] {
              for group in 0..<groups {
                let planes = UnsafeBufferPointer(
                  rebasing: x[((image * groups + group) * depth * height * width)...])
                unroll(
                  planes, depth: depth, height: height, width: width, window, rows, columns, into: columnsOf)
                let perGroup = filters / groups
                let target = (image * filters + group * perGroup) * area
                guard let a = w.baseAddress, let b = columnsOf.baseAddress, let c = y.baseAddress else {
                  return
                }
                blas.multiply(
                  rows: perGroup, columns: area, depth: taps,
                  OpenBLAS.Operand(elements: a + group * perGroup * taps, rowLength: taps),
                  OpenBLAS.Operand(elements: b, rowLength: area), into: c + target)
              }
            }
          }
          if operands.count == 3 {
            try operands[2].withElements(of: Float.self) { bias in
              guard bias.count == filters else {
                throw call.failure("\(filters) filters, but \(bias.count) biases")
              }
              for plane in 0..<(input.shape[0] * filters) {
                let value = bias[plane % filters]
                for index in (plane * area)..<((plane + 1) * area) { y[index] += value }
              }
            }
          }
        }
      }
    }
    call.set(0, output)
    return true
  }

  private static func unroll(
    _ planes: UnsafeBufferPointer<Float>, depth: Int, height: Int, width: Int, _ window: Window, _ rows: Int,
    _ columns: Int, into target: UnsafeMutableBufferPointer<Float>
  ) {
    var position = 0
    for channel in 0..<depth {
      for tapRow in 0..<window.kernel[0] {
        for tapColumn in 0..<window.kernel[1] {
          for row in 0..<rows {
            let y = row * window.strides[0] - window.padsBegin[0] + tapRow * window.dilations[0]
            let base = (channel * height + y) * width
            for column in 0..<columns {
              let x = column * window.strides[1] - window.padsBegin[1] + tapColumn * window.dilations[1]
              target[position] = y >= 0 && y < height && x >= 0 && x < width ? planes[base + x] : 0
              position += 1
            }
          }
        }
      }
    }
  }
}
