import Graph

extension Kernel {
  static let elementwise = [
    Kernel("Add", "add") { call in try call.combineSingles(+) },
    Kernel("Sub", "sub") { call in try call.combineSingles(-) },
    Kernel("Mul", "mul") { call in try call.combineSingles(*) },
  ]
}

extension ReferenceCall {
  /// Sets output 0 to the broadcast combination of two float32 inputs, in runs along the last axes, on which
  /// each operand either steps or stands still.
  mutating func combineSingles(_ function: (Float, Float) -> Float) throws -> Bool {
    guard let operands = singles(2) else { return false }
    let (left, right) = (operands[0], operands[1])
    guard let shape = Broadcasting.shape([left.shape, right.shape]) else {
      throw failure("shapes \(left.shape) and \(right.shape) don't broadcast")
    }
    var result = try Tensor(uninitialized: .float32, shape: shape)
    let strides = [left, right].map { Broadcasting.strides(of: $0.shape, in: shape) }
    // Trailing axes over which each operand either steps through its elements or stands still form one run.
    let last = shape.lastIndex { $0 > 1 } ?? 0
    let isStepping = strides.map { $0.isEmpty || $0[last] != 0 }
    var axis = shape.count
    var run = 1
    while axis > 0,
      shape[axis - 1] == 1
        || strides.indices.allSatisfy({ strides[$0][axis - 1] == (isStepping[$0] ? run : 0) })
    {
      run *= shape[axis - 1]
      axis -= 1
    }
    if run == 0 || result.count == 0 {
      set(0, result)
      return true
    }
    let outer = Array(shape[..<axis])
    let offsets = strides.map { Strides.offsets(shape: outer, strides: Array($0[..<axis])) }
    let steps = isStepping.map { $0 ? 1 : 0 }
    try left.withElements(of: Float.self) { a in
      try right.withElements(of: Float.self) { b in
        try result.withMutableElements(of: Float.self) { c in
          for block in offsets[0].indices {
            let (x, y, z) = (offsets[0][block], offsets[1][block], block * run)
            switch (steps[0], steps[1]) {
            case (1, 1): for index in 0..<run { c[z + index] = function(a[x + index], b[y + index]) }
            case (1, 0):
              let value = b[y]
              for index in 0..<run { c[z + index] = function(a[x + index], value) }
            default:
              for index in 0..<run {
                c[z + index] = function(a[x + index * steps[0]], b[y + index * steps[1]])
              }
            }
          }
        }
      }
    }
    set(0, result)
    return true
  }
}
