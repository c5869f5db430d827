import Graph

/// An axis that is resized: which coordinate of the input each output element stands for.
struct ResizedAxis {
  let axis: Int
  let inputSize: Int
  let outputSize: Int
  /// The output's size over the input's, as it is asked for.
  let scale: Double
  /// For each output element the input's coordinate; `nil` outside the region of `tf_crop_and_resize`.
  let coordinates: [Double?]

  /// The axes that the inputs `roi`, `scales` and `sizes` ask to be resized.
  static func all(_ call: ReferenceCall, _ shape: [Int]) throws -> [ResizedAxis] {
    let axes =
      try call.node.ints("axes")?.map { try call.normalizedAxis($0, rank: shape.count) }
      ?? Array(shape.indices)
    let mode = call.node.string("coordinate_transformation_mode") ?? "half_pixel"
    let isCropping = mode == "tf_crop_and_resize"
    let regions = isCropping ? try call.optionalTensor(1)?.doubles() ?? [] : []
    if isCropping, regions.count != 2 * axes.count {
      throw call.failure("roi has \(regions.count) elements, needs \(2 * axes.count)")
    }
    let scales = try call.optionalTensor(2)?.elements(of: Float.self) ?? []
    let sizes = try call.optionalInts(3) ?? []
    let extents = axes.map { shape[$0] }
    let targets: [(size: Int, scale: Double)]
    if !sizes.isEmpty {
      guard scales.isEmpty, sizes.count == axes.count, sizes.allSatisfy({ $0 >= 0 }) else {
        throw call.failure("sizes \(sizes) don't fit \(axes.count) axes")
      }
      targets = try fitted(call, sizes: sizes, extents: extents)
    } else {
      guard scales.count == axes.count, scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw call.failure("scales \(scales) don't fit \(axes.count) axes")
      }
      targets = try axes.indices.map { index in
        let share = isCropping ? Float(regions[axes.count + index] - regions[index]) : 1
        guard let size = Resizing.extent(extents[index], scale: scales[index], share: share) else {
          throw call.failure("a scale of \(scales[index]) makes \(extents[index]) elements too many")
        }
        return (size, Double(scales[index]))
      }
    }
    return try axes.indices.map { index in
      let (size, scale) = targets[index]
      guard size <= ReferenceCall.elementLimit else { throw TensorError.tooLarge([size]) }
      let region = isCropping ? (regions[index], regions[axes.count + index]) : (0, 1)
      return try ResizedAxis(
        call, axis: axes[index], inputSize: extents[index], outputSize: size, scale: scale, region: region,
        mode: mode)
    }
  }

  /// Output sizes and scales for `sizes` under `keep_aspect_ratio_policy`.
  private static func fitted(
    _ call: ReferenceCall, sizes: [Int], extents: [Int]
  ) throws -> [(size: Int, scale: Double)] {
    let policy = call.node.string("keep_aspect_ratio_policy") ?? "stretch"
    guard let adjusted = Resizing.sizes(sizes, extents: extents, policy: policy) else {
      throw call.failure("keep_aspect_ratio_policy '\(policy)' is not known, or can't be met")
    }
    return adjusted
  }

  private init(
    _ call: ReferenceCall, axis: Int, inputSize: Int, outputSize: Int, scale: Double,
    region: (Double, Double), mode: String
  ) throws {
    (self.axis, self.inputSize, self.outputSize, self.scale) = (axis, inputSize, outputSize, scale)
    let last = Double(inputSize - 1)
    // What the scale asks for, which may be no whole number.
    let width = scale * Double(inputSize)
    let original: (Double) -> Double
    switch mode {
    case "half_pixel": original = { ($0 + 0.5) / scale - 0.5 }
    case "half_pixel_symmetric":
      let offset = Double(inputSize) / 2 * (1 - Double(outputSize) / width)
      original = { offset + ($0 + 0.5) / scale - 0.5 }
    case "pytorch_half_pixel": original = { outputSize > 1 ? ($0 + 0.5) / scale - 0.5 : 0 }
    case "align_corners": original = { width == 1 ? 0 : $0 * last / (width - 1) }
    case "asymmetric": original = { $0 / scale }
    case "tf_half_pixel_for_nn": original = { ($0 + 0.5) / scale }
    case "tf_crop_and_resize":
      let (start, end) = region
      original = { place in
        outputSize > 1
          ? start * last + place * (end - start) * last / Double(outputSize - 1) : 0.5 * (start + end) * last
      }
    default: throw call.failure("coordinate_transformation_mode '\(mode)' is not known")
    }
    let isCropping = mode == "tf_crop_and_resize"
    coordinates = try (0..<outputSize).map { place in
      let coordinate = original(Double(place))
      guard coordinate.isFinite, coordinate.magnitude < 0x1p40 else {
        throw call.failure("element \(place) of axis \(axis) stands for no coordinate")
      }
      return isCropping && !(0...max(0, last)).contains(coordinate) ? nil : coordinate
    }
  }
}

/// How `nearest` chooses between two elements.
struct NearestRounding {
  private let mode: String

  init(_ call: ReferenceCall) throws {
    mode = call.node.string("nearest_mode") ?? "round_prefer_floor"
    guard ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].contains(mode) else {
      throw call.failure("nearest_mode '\(mode)' is not known")
    }
  }

  func callAsFunction(_ coordinate: Double) -> Double {
    switch mode {
    case "floor": coordinate.rounded(.down)
    case "ceil": coordinate.rounded(.up)
    case "round_prefer_ceil": (coordinate + 0.5).rounded(.down)
    default: (coordinate - 0.5).rounded(.up)
    }
  }
}

/// The weights of `linear` and `cubic`.
struct ResizeKernel {
  /// What stands outside the region of `tf_crop_and_resize`.
  let extrapolation: Double
  private let isCubic: Bool
  private let sharpness: Double
  private let isAntialiased: Bool
  private let excludesOutside: Bool

  init(_ call: ReferenceCall, mode: String) throws {
    guard mode == "linear" || mode == "cubic" else {
      throw call.failure("mode is '\(mode)', needs 'nearest', 'linear' or 'cubic'")
    }
    isCubic = mode == "cubic"
    sharpness = call.number("cubic_coeff_a", -0.75)
    isAntialiased = call.node.int("antialias") ?? 0 != 0
    excludesOutside = call.node.int("exclude_outside") ?? 0 != 0
    extrapolation = call.number("extrapolation_value", 0)
  }

  /// The elements around `coordinate` with their shares; beyond the ends the last element is repeated.
  func taps(_ coordinate: Double, scale: Double, size: Int) -> [Interpolation.Share] {
    // Downwards, the kernel is stretched over more elements.
    let stretch = isAntialiased ? max(1 / scale, 1) : 1
    let reach = (isCubic ? 2 : 1) * stretch
    let first = Int((coordinate - reach).rounded(.down)) + 1
    let last = max(first, Int((coordinate + reach).rounded(.up)) - 1)
    var taps: [Interpolation.Share] = []
    for place in first...last {
      let weight = Interpolation.weight(
        (Double(place) - coordinate) / stretch, cubic: isCubic ? sharpness : nil)
      if excludesOutside, place < 0 || place >= size { continue }
      taps.append(Interpolation.Share(offset: place.clamped(to: 0...(size - 1)), weight: weight))
    }
    guard isAntialiased || excludesOutside else { return taps }
    let total = taps.reduce(0) { $0 + $1.weight }
    guard total != 0 else { return taps }
    return taps.map { Interpolation.Share(offset: $0.offset, weight: $0.weight / total) }
  }
}
