import Graph

/// Pooling of regions of interest.
extension ReferenceFamily {
  /// X `[N, C, H, W]`, regions `[R, 5]` of image, x₁, y₁, x₂, y₂, both ends included; each is cut into
  /// `pooled_shape` bins on whole elements, empty ones being 0 (ONNX MaxRoiPool-22, after R. Girshick, Fast R-CNN,
  /// 2015, section 2.1).
  static func maxRegionPool(_ call: inout ReferenceCall) throws {
    let (input, regions) = (try call.tensor(0), try call.tensor(1))
    guard input.rank == 4, regions.rank == 2, regions.shape[1] == 5 else {
      throw call.failure("needs X [N, C, H, W] and regions [R, 5], found \(input.shape), \(regions.shape)")
    }
    guard let bins = call.node.ints("pooled_shape"), bins.count == 2, bins.allSatisfy({ $0 > 0 }) else {
      throw call.failure("pooled_shape needs two positive numbers")
    }
    let scale = call.number("spatial_scale", 1)
    let (batch, channels) = (input.shape[0], input.shape[1])
    let extents = Array(input.shape[2...])
    let shape = [regions.shape[0], channels] + bins
    _ = try call.checkedCount(of: shape)
    let (values, boxes) = (try input.doubles(), try regions.doubles())
    var winners: [Int] = []
    for region in 0..<regions.shape[0] {
      let box = boxes[(region * 5)..<(region * 5 + 5)].map { Double($0) }
      guard box.allSatisfy(\.isFinite), let image = Int(exactly: box[0]), image >= 0, image < batch else {
        throw call.failure("region \(region) is \(box), in \(batch) images")
      }
      // Rows, then columns; the box says x before y.
      let ranges = [1, 0].map { axis -> [Range<Int>] in
        let side = 1 - axis
        let first = (box[1 + axis] * scale).rounded(.toNearestOrAwayFromZero)
        let last = (box[3 + axis] * scale).rounded(.toNearestOrAwayFromZero)
        let size = max(last - first + 1, 1) / Double(bins[side])
        let limit = Double(extents[side])
        return (0..<bins[side]).map { bin in
          let start = (first + (Double(bin) * size).rounded(.down)).clamped(to: 0...limit)
          let end = (first + (Double(bin + 1) * size).rounded(.up)).clamped(to: 0...limit)
          return Int(start)..<max(Int(start), Int(end))
        }
      }
      for channel in 0..<channels {
        let plane = (image * channels + channel) * extents[0] * extents[1]
        for rows in ranges[0] {
          for columns in ranges[1] {
            var winner = -1
            for row in rows {
              for index in columns.map({ plane + row * extents[1] + $0 })
              where winner < 0 || values[index].isNaN || values[index] > values[winner] { winner = index }
            }
            winners.append(winner)
          }
        }
      }
    }
    call.set(0, try input.gathering(winners, shape: shape))
  }

  /// X `[N, C, H, W]`, regions `[R, 4]` of x₁, y₁, x₂, y₂ in the images that `batch_indices` names; the average or
  /// maximum of points of a regular grid in each bin (ONNX RoiAlign-22, K. He et al., Mask R-CNN, 2017).
  static func alignRegions(_ call: inout ReferenceCall) throws {
    let (input, regions, images) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    guard input.rank == 4, regions.rank == 2, regions.shape[1] == 4, images.shape == [regions.shape[0]] else {
      throw call.failure(
        "needs X [N, C, H, W], regions [R, 4] and indices [R], found \(input.shape), \(regions.shape), "
          + "\(images.shape)")
    }
    let bins = [call.node.int("output_height") ?? 1, call.node.int("output_width") ?? 1]
    let ratio = call.node.int("sampling_ratio") ?? 0
    let mode = call.node.string("mode") ?? "avg"
    guard mode == "avg" || mode == "max" else {
      throw call.failure("mode is '\(mode)', needs 'avg' or 'max'")
    }
    let isHalfPixel = call.node.string("coordinate_transformation_mode") != "output_half_pixel"
    guard bins.allSatisfy({ $0 > 0 }), ratio >= 0 else {
      throw call.failure("bins are \(bins) of \(ratio) points")
    }
    let scale = call.number("spatial_scale", 1)
    let (batch, channels) = (input.shape[0], input.shape[1])
    let extents = Array(input.shape[2...])
    let shape = [regions.shape[0], channels] + bins
    let perRegion = try call.checkedCount(of: [channels] + bins)
    var result: [Double] = []
    result.reserveCapacity(try call.checkedCount(of: shape))
    let (values, boxes) = (try input.doubles(), try regions.doubles())
    for (region, image) in try images.integers().enumerated() {
      guard image >= 0, image < batch else {
        throw call.failure("image \(image) is out of range for \(batch)")
      }
      let box = boxes[(region * 4)..<(region * 4 + 4)].map { $0 * scale - (isHalfPixel ? 0.5 : 0) }
      guard box.allSatisfy(\.isFinite) else { throw call.failure("region \(region) is no box") }
      let rows = try points(call, from: box[1], to: box[3], bins: bins[0], ratio: ratio, isHalfPixel)
      let columns = try points(call, from: box[0], to: box[2], bins: bins[1], ratio: ratio, isHalfPixel)
      var own = Array(repeating: 0.0, count: perRegion)
      for (row, ys) in rows.enumerated() {
        for (column, xs) in columns.enumerated() {
          let samples = ys.flatMap { y in xs.map { x in neighbours(y, x, extents) } }
          for channel in 0..<channels {
            let plane = (Int(image) * channels + channel) * extents[0] * extents[1]
            let terms = samples.joined().map { $0.weight * values[plane + $0.offset] }
            let place = (channel * bins[0] + row) * bins[1] + column
            if mode == "avg" {
              own[place] = terms.reduce(0, +) / Double(max(1, samples.count))
            } else {
              // The standard takes the largest weighted corner, not the largest interpolated value.
              own[place] = terms.max() ?? 0
            }
          }
        }
      }
      result += own
    }
    call.set(0, try Tensor(doubles: result, as: input.elementType, shape: shape))
  }

  /// The coordinates of the sampling points of each bin between two sides of a region.
  private static func points(
    _ call: ReferenceCall, from start: Double, to end: Double, bins: Int, ratio: Int, _ isHalfPixel: Bool
  ) throws -> [[Double]] {
    let length = isHalfPixel ? end - start : max(end - start, 1)
    let size = length / Double(bins)
    let wanted = ratio > 0 ? Double(ratio) : size.rounded(.up)
    guard wanted < 0x1p16 else { throw call.failure("a region has bins of \(size) elements") }
    let count = max(0, Int(wanted))
    return (0..<bins).map { bin in
      (0..<count).map { step -> Double in
        let place = (Double(step) + 0.5) / Double(count)
        return start + (Double(bin) + place) * size
      }
    }
  }

  /// The four elements around a point, each with its share; points up to one element outside are moved to the border,
  /// those further out are zero.
  private static func neighbours(_ y: Double, _ x: Double, _ extents: [Int]) -> [Interpolation.Share] {
    let (height, width) = (Double(extents[0]), Double(extents[1]))
    if extents.contains(0) { return [] }
    guard y >= -1, y <= height, x >= -1, x <= width else {
      return [Interpolation.Share(offset: 0, weight: 0)]
    }
    let rows = Interpolation.pair(around: y, size: extents[0])
    let columns = Interpolation.pair(around: x, size: extents[1])
    return rows.flatMap { row -> [Interpolation.Share] in
      columns.map { column in
        Interpolation.Share(
          offset: row.offset * extents[1] + column.offset, weight: row.weight * column.weight)
      }
    }
  }
}

extension Comparable {
  /// The nearest value within `range`.
  func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
