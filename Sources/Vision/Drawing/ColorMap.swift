/// Colours for numbers from 0 to 1.
public struct ColorMap: Sendable {
  private let stops: [Picture.Color]

  /// Viridis (S. van der Walt and N. Smith, 2015, CC0): equal steps of value look like equal steps of colour, in
  /// print and to colour-blind people too. Ten colours at equal distances, straight lines between.
  public static let viridis = ColorMap(
    stops: [
      Picture.Color(red: 0x44, green: 0x01, blue: 0x54), Picture.Color(red: 0x48, green: 0x28, blue: 0x78),
      Picture.Color(red: 0x3E, green: 0x4A, blue: 0x89), Picture.Color(red: 0x31, green: 0x68, blue: 0x8E),
      Picture.Color(red: 0x26, green: 0x82, blue: 0x8E), Picture.Color(red: 0x1F, green: 0x9E, blue: 0x89),
      Picture.Color(red: 0x35, green: 0xB7, blue: 0x79), Picture.Color(red: 0x6D, green: 0xCD, blue: 0x59),
      Picture.Color(red: 0xB4, green: 0xDE, blue: 0x2C), Picture.Color(red: 0xFD, green: 0xE7, blue: 0x25),
    ])

  /// The colour of `value`; below 0 as 0, above 1 as 1, NaN as 0.
  public func color(_ value: Float) -> Picture.Color {
    let position = (value.isNaN ? 0 : min(max(value, 0), 1)) * Float(stops.count - 1)
    let index = min(Int(position), stops.count - 2)
    return stops[index].mixed(with: stops[index + 1], share: position - Float(index))
  }
}

extension Picture.Color {
  /// `share` of `other` and the rest of this colour, rounded; `share` from 0 to 1.
  func mixed(with other: Picture.Color, share: Float) -> Picture.Color {
    func mix(_ from: UInt8, _ to: UInt8) -> UInt8 {
      UInt8((Float(from) + (Float(to) - Float(from)) * share).rounded())
    }
    return Picture.Color(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}
