import Graph

/// A number for each place of a picture, such as a spatial attention map.
public struct HeatMap: Sendable, Equatable {
  /// Columns, at least one.
  public let width: Int
  /// Rows, at least one.
  public let height: Int
  /// Finite numbers, `[height, width]`.
  public let values: [Float]

  /// A map of these values.
  ///
  /// - Throws: `PictureError` where the count differs, there are none, or one is not finite.
  public init(width: Int, height: Int, values: [Float]) throws(PictureError) {
    guard width > 0, height > 0, width.multipliedReportingOverflow(by: height) == (values.count, false) else {
      throw PictureError(.size(width: width, height: height, limit: values.count))
    }
    guard values.allSatisfy(\.isFinite) else {
      throw PictureError(.preparation("a map with infinite or undefined values can't be drawn"))
    }
    self.width = width
    self.height = height
    self.values = values
  }

  /// The smallest and the largest value.
  public var range: ClosedRange<Float> { (values.min() ?? 0)...(values.max() ?? 0) }

  /// Which two cells of a line of `cells` a pixel of a line of `count` lies between, and how near the second:
  /// bilinear between the centres of cells, constant beyond the outermost.
  private func line(at position: Int, of count: Int, cells: Int) -> (first: Int, second: Int, share: Float) {
    let place = (Float(position) + 0.5) * Float(cells) / Float(count) - 0.5
    let clamped = min(max(place, 0), Float(cells - 1))
    let first = Int(clamped)
    return (first, min(first + 1, cells - 1), clamped - Float(first))
  }

  /// The map's colours laid over `picture`, whatever the sizes of both.
  ///
  /// - Parameters:
  ///   - range: the values that get the first and the last colour; the map's own smallest and largest by
  ///     default. A map of one value gets the middle colour.
  ///   - opacity: how much of the map is seen, from 0 to 1.
  public func overlaid(
    on picture: Picture, range: ClosedRange<Float>? = nil, colors: ColorMap = .viridis, opacity: Float = 0.6
  ) -> Picture {
    let range = range ?? self.range
    let extent = range.upperBound - range.lowerBound
    let share = min(max(opacity, 0), 1)
    var result = picture
    for y in 0..<picture.height {
      let row = line(at: y, of: picture.height, cells: height)
      for x in 0..<picture.width {
        let column = line(at: x, of: picture.width, cells: width)
        func between(_ row: Int) -> Float {
          let (left, right) = (values[row * width + column.first], values[row * width + column.second])
          return left + (right - left) * column.share
        }
        let (top, bottom) = (between(row.first), between(row.second))
        let value = top + (bottom - top) * row.share
        let color = colors.color(extent > 0 ? (value - range.lowerBound) / extent : 0.5)
        result[x, y] = picture[x, y].mixed(with: color, share: share)
      }
    }
    return result
  }
}

extension Picture {
  /// The picture with each pixel as a square of pixels, so that its shorter side has at least `side`; itself
  /// where it has already.
  public func magnified(toAtLeast side: Int) -> Picture {
    let factor = (side + min(width, height) - 1) / min(width, height)
    guard factor > 1, (width * height).multipliedReportingOverflow(by: factor * factor).overflow == false,
      width * height * factor * factor <= DecodingOptions().maximumPixels
    else { return self }
    var samples: [UInt8] = []
    samples.reserveCapacity(pixels.count * factor * factor)
    for y in 0..<height {
      var row: [UInt8] = []
      for x in 0..<width {
        let start = (y * width + x) * 3
        for _ in 0..<factor { row += pixels[start..<start + 3] }
      }
      for _ in 0..<factor { samples += row }
    }
    return Picture(trustedWidth: width * factor, height: height * factor, pixels: samples)
  }
}
