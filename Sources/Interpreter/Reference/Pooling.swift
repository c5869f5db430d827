import Graph

extension ReferenceFamily {
  /// Operators that reduce windows, or whole maps, to one value.
  static let pooling = ReferenceFamily(
    "Pooling",
    [
      ReferenceOperator("MaxPool") { call in try maxPool(&call) },
      ReferenceOperator("GlobalAveragePool") { call in
        try globalPool(&call) { $0.reduce(0, +) / Double($0.count) }
      },
      ReferenceOperator("GlobalMaxPool") { call in
        try globalPool(&call) { $0.reduce(-Double.infinity) { $1.isNaN || $1 > $0 ? $1 : $0 } }
      },
    ])

  private static func globalPool(_ call: inout ReferenceCall, _ function: (ArraySlice<Double>) -> Double)
    throws
  {
    let input = try call.tensor(0)
    guard input.rank >= 2 else { throw call.failure("needs an input [N, C, …], found \(input.shape)") }
    let planes = input.shape[0] * input.shape[1]
    let size = input.shape[2...].reduce(1, *)
    let values = try input.doubles()
    let result = (0..<planes).map { function(values[($0 * size)..<(($0 + 1) * size)]) }
    let shape = Array(input.shape[..<2]) + Array(repeating: 1, count: input.rank - 2)
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: shape))
  }

  /// X `[N, C, …]`; padding never wins (ONNX MaxPool-22).
  private static func maxPool(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let kernel = call.node.ints("kernel_shape") ?? []
    guard input.rank >= 3, kernel.count == input.rank - 2 else {
      throw call.failure("kernel_shape \(kernel) does not fit input \(input.shape)")
    }
    let spatial = Array(input.shape[2...])
    let window = try Window(node: call.node, kernel: kernel, spatial: spatial)
    let taps = WindowTaps(window, spatial: spatial)
    let planes = input.shape[0] * input.shape[1]
    let size = spatial.reduce(1, *)
    let indices = (0..<planes).flatMap { plane in
      taps.taps.map { $0.map { plane * size + $0.offset } }
    }
    let values = try input.elementType.isFloatingPoint ? input.doubles() : input.integers().map(Double.init)
    let winners = indices.map { window in
      window.dropFirst().reduce(window.first ?? -1) { values[$1].isNaN || values[$1] > values[$0] ? $1 : $0 }
    }
    let shape = Array(input.shape[..<2]) + taps.outputShape
    call.set(0, try input.gathering(winners, shape: shape))
    if call.node.output(1) != nil {
      let positions = call.node.int("storage_order") == 1 ? columnMajor(winners, spatial: spatial) : winners
      call.set(1, try Tensor(positions.map(Int64.init), shape: shape))
    }
  }

  /// Row-major indices renumbered with the first spatial axis fastest.
  private static func columnMajor(_ indices: [Int], spatial: [Int]) -> [Int] {
    let size = spatial.reduce(1, *)
    let strides = Strides.rowMajor(spatial)
    return indices.map { index in
      let plane = index / size
      var rest = index % size
      var result = 0
      var step = 1
      for axis in spatial.indices {
        result += rest / strides[axis] * step
        rest %= strides[axis]
        step *= spatial[axis]
      }
      return plane * size + result
    }
  }
}
