import Graph
import Numerics

extension ReferenceFamily {
  /// Operators that reduce windows, whole maps or regions to one value.
  static let pooling = ReferenceFamily(
    "Pooling",
    [
      ReferenceOperator("MaxPool") { call in try maxPool(&call) },
      ReferenceOperator("AveragePool") { call in try averagePool(&call) },
      ReferenceOperator("LpPool") { call in try lpPool(&call) },
      ReferenceOperator("GlobalAveragePool") { call in
        try globalPool(&call) { $0.reduce(0, +) / Double($0.count) }
      },
      ReferenceOperator("GlobalMaxPool") { call in
        try globalPool(&call) { $0.reduce(-Double.infinity) { $1.isNaN || $1 > $0 ? $1 : $0 } }
      },
      ReferenceOperator("GlobalLpPool") { call in
        let norm = try Norm(call)
        try globalPool(&call) { norm.root($0.reduce(0) { $0 + norm.power($1) }) }
      },
      ReferenceOperator("MaxUnpool") { call in try maxUnpool(&call) },
      ReferenceOperator("MaxRoiPool") { call in try maxRegionPool(&call) },
      ReferenceOperator("RoiAlign") { call in try alignRegions(&call) },
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
    let pooling = try PlainPooling(call)
    let (input, size) = (pooling.input, pooling.spatial.reduce(1, *))
    let values = try input.elementType.isFloatingPoint ? input.doubles() : input.integers().map(Double.init)
    let winners = pooling.map(initial: -1) { winner, index in
      if winner < 0 || values[index].isNaN || values[index] > values[winner] { winner = index }
    }
    let least =
      input.elementType.isFloatingPoint
      ? try Tensor(doubles: [-.infinity], as: input.elementType, shape: [])
      : try Tensor(integers: [input.elementType.smallest.integer], as: input.elementType, shape: [])
    call.set(0, try input.gathering(winners, shape: pooling.outputShape, fill: least))
    if call.node.output(1) != nil {
      let isColumnMajor = call.node.int("storage_order") == 1
      let positions = isColumnMajor ? columnMajor(winners, spatial: pooling.spatial, size: size) : winners
      call.set(1, try Tensor(positions.map(Int64.init), shape: pooling.outputShape))
    }
  }

  /// Row-major indices renumbered with the first spatial axis fastest.
  private static func columnMajor(_ indices: [Int], spatial: [Int], size: Int) -> [Int] {
    let strides = Strides.rowMajor(spatial)
    return indices.map { index in
      if index < 0 { return index }
      var rest = index % size
      var result = index - rest
      var step = 1
      for axis in spatial.indices {
        result += rest / strides[axis] * step
        rest %= strides[axis]
        step *= spatial[axis]
      }
      return result
    }
  }

  /// Padding counts as zeros with `count_include_pad`, otherwise not at all; what a last window of `ceil_mode` has
  /// beyond the padding never counts (ONNX AveragePool-22).
  private static func averagePool(_ call: inout ReferenceCall) throws {
    let pooling = try PlainPooling(call)
    let values = try pooling.input.doubles()
    let sums = pooling.map(initial: 0.0) { $0 += values[$1] }
    let counts = pooling.tapCounts(includingPadding: call.node.int("count_include_pad") == 1)
    let means = sums.indices.map { sums[$0] / counts[$0 % counts.count] }
    call.set(0, try Tensor(doubles: means, as: pooling.input.elementType, shape: pooling.outputShape))
  }

  /// `(Σ |x|ᵖ)^(1/p)` (ONNX LpPool-22).
  private static func lpPool(_ call: inout ReferenceCall) throws {
    let norm = try Norm(call)
    let pooling = try PlainPooling(call)
    let powers = try pooling.input.doubles().map(norm.power)
    let norms = pooling.map(initial: 0.0) { $0 += powers[$1] }.map(norm.root)
    call.set(0, try Tensor(doubles: norms, as: pooling.input.elementType, shape: pooling.outputShape))
  }

  /// Each element put where its maximum stood, zeros elsewhere: X and I `[N, C, …]` (ONNX MaxUnpool-22). Indices
  /// count in the tensor that was pooled, also where `output_shape` asks for a larger one.
  private static func maxUnpool(_ call: inout ReferenceCall) throws {
    let (input, indices) = (try call.tensor(0), try call.tensor(1))
    guard input.rank >= 3, indices.shape == input.shape else {
      throw call.failure("X \(input.shape) and I \(indices.shape) differ")
    }
    let kernel = call.node.ints("kernel_shape") ?? []
    let spatial = Array(input.shape[2...])
    guard kernel.count == spatial.count else {
      throw call.failure("kernel_shape \(kernel) does not fit input \(input.shape)")
    }
    let pooled = try TransposedWindow(node: call.node, kernel: kernel, spatial: spatial)
      .outputExtents.compactMap { $0 }
    let own = Array(input.shape[..<2]) + pooled
    let shape = try call.optionalInts(2) ?? own
    guard shape.count == own.count else { throw call.failure("output_shape \(shape) does not fit \(own)") }
    let (count, total) = (try call.checkedCount(of: own), try call.checkedCount(of: shape))
    var sources = Array(repeating: -1, count: total)
    // Where each element of the pooled tensor stands in the larger one.
    let places = Strides.rowMajor(own)
    let strides = Strides.rowMajor(shape)
    for (source, index) in try indices.integers().enumerated() {
      guard index >= 0, index < count else { throw call.failure("index \(index) is out of range for \(own)") }
      var rest = Int(index)
      var target = 0
      var isInside = true
      for axis in own.indices {
        isInside = isInside && rest / places[axis] < shape[axis]
        target += rest / places[axis] * strides[axis]
        rest %= places[axis]
      }
      if isInside { sources[target] = source }
    }
    call.set(0, try input.gathering(sources, shape: shape))
  }
}

/// The norm that attribute `p` names.
private struct Norm {
  private let p: Int

  init(_ call: ReferenceCall) throws {
    p = call.node.int("p") ?? 2
    guard p > 0 else { throw call.failure("p is \(p), needs a positive number") }
  }

  func power(_ value: Double) -> Double {
    p == 1 ? value.magnitude : p == 2 ? value * value : .pow(value.magnitude, Double(p))
  }

  func root(_ sum: Double) -> Double {
    p == 1 ? sum : p == 2 ? sum.squareRoot() : .pow(sum, 1 / Double(p))
  }
}

/// A pooling over windows of input 0, X `[N, C, …]`.
private struct PlainPooling {
  let input: Tensor
  let spatial: [Int]
  let outputShape: [Int]
  private let window: Window
  private let windows: WindowRuns

  init(_ call: ReferenceCall) throws {
    input = try call.tensor(0)
    let kernel = call.node.ints("kernel_shape") ?? []
    guard input.rank >= 3, kernel.count == input.rank - 2 else {
      throw call.failure("kernel_shape \(kernel) does not fit input \(input.shape)")
    }
    spatial = Array(input.shape[2...])
    window = try Window(node: call.node, kernel: kernel, spatial: spatial)
    _ = try call.checkedCount(of: kernel)
    windows = WindowRuns(window, spatial: spatial)
    outputShape = Array(input.shape[..<2]) + windows.positions
    _ = try call.checkedCount(of: outputShape)
  }

  /// For each window, `initial` after `step` has seen the index of every element in it.
  func map<Value>(initial: Value, _ step: (inout Value, Int) -> Void) -> [Value] {
    let (plane, count) = (spatial.reduce(1, *), windows.count)
    var result = Array(repeating: initial, count: outputShape.reduce(1, *))
    guard !result.isEmpty else { return result }
    for channel in 0..<(input.shape[0] * input.shape[1]) {
      for run in windows.runs {
        var index = channel * plane + run.input
        for target in (channel * count + run.output)..<(channel * count + run.output + run.count) {
          step(&result[target], index)
          index += windows.step
        }
      }
    }
    return result
  }

  /// For each window of one channel, how many taps it has inside the input, or inside it and its padding.
  func tapCounts(includingPadding: Bool) -> [Double] {
    spatial.indices.reduce([1]) { before, axis in
      let own = window.tapCounts(
        axis: axis, size: spatial[axis], count: windows.positions[axis], includingPadding: includingPadding)
      return before.flatMap { one in own.map { one * Double($0) } }
    }
  }
}
