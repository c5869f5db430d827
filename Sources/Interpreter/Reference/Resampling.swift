import Graph

extension ReferenceFamily {
  /// Operators that read a tensor between its elements.
  static let resampling = ReferenceFamily(
    "Resampling",
    [
      ReferenceOperator("Resize") { call in try resize(&call) },
      ReferenceOperator("GridSample") { call in try sampleGrid(&call) },
      ReferenceOperator("AffineGrid") { call in try affineGrid(&call) },
    ])

  /// One axis after another, each output element a weighted sum along the axis (ONNX Resize-19, with
  /// `tf_half_pixel_for_nn` of version 11).
  private static func resize(_ call: inout ReferenceCall) throws {
    let input = try call.tensor(0)
    let axes = try ResizedAxis.all(call, input.shape)
    var shape = input.shape
    for axis in axes { shape[axis.axis] = axis.outputSize }
    _ = try call.checkedCount(of: shape)
    guard !shape.contains(0) else { return call.set(0, try Tensor(zeros: input.elementType, shape: shape)) }
    guard !input.shape.contains(0) else { throw call.failure("can't make \(shape) of \(input.shape)") }
    let mode = call.node.string("mode") ?? "nearest"
    if mode == "nearest" {
      let rounding = try NearestRounding(call)
      var places = input.shape.map { Array(0..<$0) }
      for axis in axes {
        places[axis.axis] = axis.coordinates.map { coordinate in
          coordinate.map { Int(rounding($0).clamped(to: 0...Double(axis.inputSize - 1))) } ?? -1
        }
      }
      let strides = Strides.rowMajor(input.shape)
      let offsets = Strides.crossing(
        places.enumerated().map { axis, own in own.map { $0 < 0 ? -1 : $0 * strides[axis] } })
      return call.set(0, try input.gathering(offsets, shape: shape, fill: try extrapolation(call, input)))
    }
    let kernel = try ResizeKernel(call, mode: mode)
    guard input.elementType != .string else {
      throw call.failure("a weighted sum of strings is not defined; mode 'nearest' takes strings")
    }
    let result = try input.mappingLinearly(shape: shape) {
      resampled($0, input.shape, axes, kernel)
    } rounded: {
      try Tensor(nearest: $0, as: input.elementType, shape: shape)
    }
    call.set(0, result)
  }

  /// What `tf_crop_and_resize` writes outside the input.
  private static func extrapolation(_ call: ReferenceCall, _ input: Tensor) throws -> Tensor? {
    guard let value = call.node.float("extrapolation_value"), value != 0, input.elementType != .string,
      !input.elementType.isComplex
    else { return nil }
    return try Tensor(nearest: [Double(value)], as: input.elementType, shape: [])
  }

  private static func resampled(
    _ values: [Double], _ shape: [Int], _ axes: [ResizedAxis], _ kernel: ResizeKernel
  ) -> [Double] {
    var (values, shape) = (values, shape)
    for axis in axes {
      let taps = axis.coordinates.map { $0.map { kernel.taps($0, scale: axis.scale, size: axis.inputSize) } }
      let inner = shape[(axis.axis + 1)...].reduce(1, *)
      let outer = shape[..<axis.axis].reduce(1, *)
      var result = Array(repeating: 0.0, count: outer * taps.count * inner)
      for block in 0..<outer {
        for (position, taps) in taps.enumerated() {
          let target = (block * axis.outputSize + position) * inner
          guard let taps else {
            for index in 0..<inner { result[target + index] = kernel.extrapolation }
            continue
          }
          for tap in taps {
            let source = (block * axis.inputSize + tap.offset) * inner
            for index in 0..<inner { result[target + index] += tap.weight * values[source + index] }
          }
        }
      }
      values = result
      shape[axis.axis] = axis.outputSize
    }
    return values
  }

  /// Positions of an image's elements between -1 and 1, moved by a matrix for each image: theta `[N, 2, 3]` or
  /// `[N, 3, 4]` (ONNX AffineGrid-20).
  private static func affineGrid(_ call: inout ReferenceCall) throws {
    let theta = try call.tensor(0)
    guard let size = try call.optionalInts(1), size.count == 4 || size.count == 5,
      theta.shape == [size[0], size.count - 2, size.count - 1]
    else { throw call.failure("theta \(theta.shape) does not fit the size") }
    let spatial = Array(size[2...])
    let shape = [size[0]] + spatial + [spatial.count]
    let count = try call.checkedCount(of: shape)
    let isAligned = call.node.int("align_corners") ?? 0 != 0
    // A single element stands in the middle, as in PyTorch; the standard leaves it open.
    let axes = spatial.map { extent in
      (0..<extent).map { index -> Double in
        if !isAligned { return (2 * Double(index) + 1) / Double(extent) - 1 }
        return extent == 1 ? 0 : 2 * Double(index) / Double(extent - 1) - 1
      }
    }
    let matrix = try theta.doubles()
    let (rank, strides) = (spatial.count, Strides.rowMajor(spatial))
    var result: [Double] = []
    result.reserveCapacity(count)
    for image in 0..<size[0] {
      for place in 0..<spatial.reduce(1, *) {
        // The innermost axis comes first in coordinates.
        let point = (0..<rank).reversed().map { axes[$0][place / strides[$0] % spatial[$0]] } + [1]
        for row in 0..<rank {
          let start = (image * rank + row) * (rank + 1)
          result.append((0...rank).reduce(0) { $0 + matrix[start + $1] * point[$1] })
        }
      }
    }
    call.set(0, try Tensor(doubles: result, as: theta.elementType, shape: shape))
  }
}

extension Tensor {
  /// A tensor of any real type: integers rounded to nearest, ties to even, and kept within their type's bounds.
  init(nearest values: [Double], as type: ElementType, shape: [Int]) throws {
    guard type.isInteger else {
      try self.init(numbers: values, as: type, shape: shape)
      return
    }
    let rounded = values.map { $0.rounded(.toNearestOrEven) }
    if type == .uint64 {
      try self.init(rounded.map(UInt64.init(truncating:)), shape: shape)
      return
    }
    let (low, high) = (Double(type.smallest.integer), Double(type.largest.integer))
    try self.init(
      integers: rounded.map { Int64(truncating: min(max($0, low), high)) }, as: type, shape: shape)
  }
}
