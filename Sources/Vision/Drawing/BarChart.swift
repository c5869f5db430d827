/// Numbers from 0 to 1 as bars side by side, such as the weights of a channel attention.
public struct BarChart: Sendable {
  /// One bar's value each; drawn within 0…1.
  public let values: [Float]

  /// A chart of these values.
  ///
  /// - Throws: `PictureError` where there are none, too many to draw, or one is not finite.
  public init(values: [Float]) throws(PictureError) {
    guard !values.isEmpty, values.count <= 1 << 14, values.allSatisfy(\.isFinite) else {
      throw PictureError(.preparation("a chart needs 1 to \(1 << 14) finite values, found \(values.count)"))
    }
    self.values = values
  }

  private static let paper = Picture.Color.white
  private static let grid = Picture.Color(red: 200, green: 200, blue: 200)

  /// A picture of at least `width` columns: bars from left to right in order, coloured by their value, with lines
  /// at 0, ¼, ½, ¾ and 1.
  public func drawn(width: Int = 512, height: Int = 160, colors: ColorMap = .viridis) throws -> Picture {
    let step = max(1, width / values.count)
    let (bars, plotHeight) = (step * values.count, max(4, height))
    var picture = try Picture(width: bars, height: plotHeight + 1, color: Self.paper)
    for quarter in 0...4 {
      let y = plotHeight - plotHeight * quarter / 4
      for x in 0..<bars { picture[x, y] = Self.grid }
    }
    for (index, value) in values.enumerated() {
      let share = min(max(value, 0), 1)
      let top = plotHeight - Int((share * Float(plotHeight)).rounded())
      let color = colors.color(share)
      // A gap between bars, where they are wide enough for one.
      for x in index * step..<(index + 1) * step - (step > 3 ? 1 : 0) {
        for y in top..<plotHeight { picture[x, y] = color }
      }
    }
    return picture
  }
}
