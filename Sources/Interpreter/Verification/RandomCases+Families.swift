import Graph
import OrderedCollections

extension CaseBuilder {
  /// What Winograd's algorithm does, with what may be fused around it.
  mutating func squareConvolution() throws {
    let (channels, filters) = (int(1...40), int(1...40))
    let shape = [int(1...2), channels, int(2...14), int(2...14)]
    let pad = int(0...1)
    guard shape[2] + 2 * pad >= 3, shape[3] + 2 * pad >= 3 else { return try pooling() }
    let x = try input("x", shape)
    let y = try convolved(
      x, filters: filters, weights: [filters, channels, 3, 3],
      ["pads": Self.ints([pad, pad, pad, pad]), "kernel_shape": Self.ints([3, 3])])
    try finish(y, [shape[0], filters, shape[2] + 2 * pad - 2, shape[3] + 2 * pad - 2])
  }

  /// Few channels, a large kernel and stride 2, as networks for pictures begin.
  mutating func firstConvolution() throws {
    let (channels, filters) = (int(1...4), int(1...40))
    let kernel = pick([[5, 5], [5, 6], [6, 6], [7, 7], [7, 7], [8, 7]])
    let shape = [int(1...2), channels, kernel[0] + int(1...12), kernel[1] + int(1...12)]
    let pad = int(0...3)
    let x = try input("x", shape)
    let y = try convolved(
      x, filters: filters, weights: [filters, channels] + kernel,
      ["pads": Self.ints([pad, pad, pad, pad]), "strides": Self.ints([2, 2])])
    try finish(y, [shape[0], filters] + (0..<2).map { (shape[2 + $0] + 2 * pad - kernel[$0]) / 2 + 1 })
  }

  /// Any window, stride, dilation and grouping.
  mutating func convolution() throws {
    let groups = pick([1, 1, 2, 4])
    let depth = int(1...12)
    let isDepthwise = once(in: 4)
    let channels = isDepthwise ? int(1...40) : depth * groups
    let filters = isDepthwise ? channels : groups * int(1...12)
    let kernel = [int(1...7), int(1...5)]
    let (stride, dilation, pad) = (int(1...3), int(1...2), int(0...3))
    let shape = [
      int(1...2), channels, int(1...8) + (kernel[0] - 1) * dilation, int(1...8) + (kernel[1] - 1) * dilation,
    ]
    let x = try input("x", shape)
    let y = try convolved(
      x, filters: filters, weights: [filters, isDepthwise ? 1 : depth] + kernel,
      [
        "group": .int(Int64(isDepthwise ? channels : groups)), "strides": Self.ints([stride, stride]),
        "dilations": Self.ints([dilation, dilation]), "pads": Self.ints([pad, pad, pad, pad]),
      ])
    let extents = (0..<2).map { (shape[2 + $0] + 2 * pad - (kernel[$0] - 1) * dilation - 1) / stride + 1 }
    try finish(y, [shape[0], filters] + extents)
  }

  private mutating func convolved(
    _ x: String, filters: Int, weights: [Int], _ attributes: OrderedDictionary<String, Attribute>
  ) throws -> String {
    var operands = [x, try weight("w", weights)]
    if !once(in: 3) { operands.append(try weight("b", [filters])) }
    return add("Conv", operands, attributes)
  }

  /// What follows a convolution: normalization, a residual, an activation, a pooling.
  private mutating func finish(_ map: String, _ shape: [Int]) throws {
    var y = map
    if once(in: 3) { y = add("BatchNormalization", [y] + (try statistics(shape[1]))) }
    if once(in: 3) { y = add("Add", once(in: 2) ? [y, try input("r", shape)] : [try input("r", shape), y]) }
    if once(in: 2) { y = add("Relu", [y]) }
    if shape[2] >= 2, shape[3] >= 2, once(in: 4) {
      add("MaxPool", [y], ["kernel_shape": Self.ints([2, 2]), "strides": Self.ints([2, 2])])
    }
  }

  private mutating func statistics(_ channels: Int) throws -> [String] {
    [
      try weight("scale", [channels]), try weight("shift", [channels]), try weight("mean", [channels]),
      try weight("variance", [channels], positive: true),
    ]
  }

  mutating func dense() throws {
    let (rows, inner, columns) = (int(1...6), int(1...300), int(1...40))
    let x = try input("x", [rows, inner])
    switch int(0...2) {
    case 0:
      var y = add("MatMul", [x, try weight("w", [inner, columns])])
      if once(in: 2) { y = add("Add", [y, try weight("b", [columns])]) }
      if once(in: 2) { add("Relu", [y]) }
    case 1:
      let y = add(
        "Gemm", [x, try weight("w", [columns, inner]), try weight("b", [columns])], ["transB": .int(1)])
      if once(in: 2) { add("Relu", [y]) }
    default:
      add(
        "Gemm", [x, try weight("w", [inner, columns]), try weight("b", [rows, columns])],
        ["alpha": .float(-0.3), "beta": .float(2)])
    }
  }

  mutating func pooling() throws {
    let shape = [int(1...2), int(1...20), int(3...12), int(3...12)]
    let x = try input("x", shape)
    let name = pick(["MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool"])
    if name.hasPrefix("Global") {
      add(name, [x])
    } else {
      let (kernel, stride, pad) = (int(2...3), int(1...3), int(0...1))
      var attributes: OrderedDictionary<String, Attribute> = [
        "kernel_shape": Self.ints([kernel, kernel]), "strides": Self.ints([stride, stride]),
        "pads": Self.ints([pad, pad, pad, pad]), "ceil_mode": .int(Int64(int(0...1))),
      ]
      if name == "AveragePool" { attributes["count_include_pad"] = .int(Int64(int(0...1))) }
      add(name, [x], attributes)
    }
  }

  mutating func elementwise() throws {
    let shape = [int(1...3), int(1...20), int(1...6), int(1...6)]
    let other = pick([
      shape, [], [1, shape[1], 1, 1], [shape[0], shape[1], 1, 1], [shape[0], 1, shape[2], shape[3]],
    ])
    let pair = [try input("x", shape), once(in: 3) ? try weight("y", other) : try input("y", other)]
    let name = pick(["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"])
    let y = add(name, once(in: 2) ? pair : pair.reversed())
    if once(in: 3) { add("Relu", [y]) }
  }

  mutating func activation() throws {
    let name = pick([
      "Relu", "Sigmoid", "LeakyRelu", "HardSigmoid", "HardSwish", "Elu", "Tanh", "Exp", "Sqrt", "Abs", "Neg",
      "Erf",
      "Gelu", "Softplus", "Softsign", "Mish", "Selu", "Celu", "Log", "Reciprocal", "Sin", "Cos",
    ])
    let x = try input("x", [int(1...2), int(1...40), int(1...6)], modest: once(in: 2))
    add(name, [x])
  }

  mutating func softmax() throws {
    let shape = [int(1...4), int(1...40), int(1...5)]
    add(
      pick(["Softmax", "LogSoftmax"]), [try input("x", shape, modest: !once(in: 4))],
      ["axis": .int(Int64(int(0...2)))])
  }

  mutating func reduction() throws {
    let x = try input("x", [int(1...3), int(1...40), int(1...8), int(1...8)])
    let axes = try constant("axes", pick([[1], [2, 3], [0], [-1], [1, 2, 3]]))
    let name = pick([
      "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare",
    ])
    add(name, [x, axes], ["keepdims": .int(Int64(int(0...1)))])
  }

  mutating func normalization() throws {
    let channels = int(1...40)
    let x = try input("x", [int(1...2), channels, int(1...8), int(1...8)])
    add("BatchNormalization", [x] + (try statistics(channels)))
  }

  /// A whole CBAM block (Woo et al., 2018), which runs fused.
  mutating func attention() throws {
    let (channels, hidden) = (int(1...40), int(1...5))
    let side = once(in: 10) ? 40 : 9
    let shape = [int(1...2), channels, int(1...side), int(1...side)]
    let isModest = !once(in: 4)
    // Behind a convolution, which then takes the sums.
    let k = once(in: 2) ? pick([1, 3]) : 0
    let depth = k == 0 ? channels : int(1...20)
    var x = try input("x", [shape[0], depth, shape[2], shape[3]], modest: isModest)
    if k > 0 {
      x = add(
        "Conv", [x, try weight("filters", [channels, depth, k, k])],
        ["pads": Self.ints([Int](repeating: k / 2, count: 4))])
    }
    let layers = [try weight("w1", [hidden, channels, 1, 1]), try weight("w2", [channels, hidden, 1, 1])]
    let branches = ["GlobalAveragePool", "GlobalMaxPool"].map { pool in
      add("Conv", [add("Relu", [add("Conv", [add(pool, [x]), layers[0]])]), layers[1]])
    }
    let refined = add("Mul", [x, add("Sigmoid", [add("Add", branches)])])
    let axes = try constant("axes", [1])
    let maps = ["ReduceMean", "ReduceMax"].map { add($0, [refined, axes], ["keepdims": .int(1)]) }
    let kernel = pick([3, 7])
    let sum = add(
      "Conv", [add("Concat", maps, ["axis": .int(1)]), try weight("k", [1, 2, kernel, kernel])],
      ["pads": Self.ints([kernel / 2, kernel / 2, kernel / 2, kernel / 2])])
    var y = add("Mul", [refined, add("Sigmoid", [sum])])
    if once(in: 3) { y = add("Add", [y, try input("r", shape)]) }
    if once(in: 3) { add("Relu", [y]) }
  }

  mutating func movement() throws {
    let shape = [int(1...2), int(1...20), int(1...6), int(1...6)]
    let x = try input("x", shape)
    switch int(0...3) {
    case 0: add("Transpose", [x], ["perm": Self.ints(pick([[0, 2, 3, 1], [3, 2, 1, 0], [1, 0, 2, 3]]))])
    case 1: add("Concat", [x, try input("y", shape)], ["axis": .int(Int64(int(0...3)))])
    case 2: add("Reshape", [add("Relu", [x]), try constant("shape", [Int64(shape[0]), -1])])
    default: add("Flatten", [x], ["axis": .int(Int64(int(0...4)))])
    }
  }
}
