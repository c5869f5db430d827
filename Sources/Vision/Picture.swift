/// A picture of 8-bit red, green and blue samples.
public struct Picture: Sendable, Equatable {
  /// Columns, at least one.
  public let width: Int
  /// Rows, at least one.
  public let height: Int
  /// Red, green, blue of each pixel, row by row from the top: `[height, width, 3]`.
  public internal(set) var pixels: [UInt8]

  /// One pixel's colour.
  public struct Color: Sendable, Hashable, LosslessStringConvertible {
    /// Red, 0…255.
    public var red: UInt8
    /// Green, 0…255.
    public var green: UInt8
    /// Blue, 0…255.
    public var blue: UInt8

    /// A colour of these samples.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }

    /// Black.
    public static let black = Color(red: 0, green: 0, blue: 0)
    /// White.
    public static let white = Color(red: 255, green: 255, blue: 255)

    /// Reads six hexadecimal digits, `RRGGBB`, with or without `#` before them; `nil` for anything else.
    public init?(_ text: String) {
      let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
      guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16)
      else { return nil }
      self.init(
        red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
        blue: UInt8(truncatingIfNeeded: value))
    }

    /// Six hexadecimal digits.
    public var description: String {
      [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// A picture of these samples, `[height, width, 3]`.
  ///
  /// - Throws: `PictureError.Reason.size` where a side is below one or the count of `pixels` differs.
  public init(width: Int, height: Int, pixels: [UInt8]) throws {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, pixels.count % 3 == 0, pixels.count / 3 == area else {
      throw PictureError(.size(width: width, height: height, limit: pixels.count / 3))
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture whose every pixel is `color`.
  ///
  /// - Throws: `PictureError.Reason.size` where a side is below one or the area can't be addressed.
  public init(width: Int, height: Int, color: Color) throws {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, area <= Int.max / 4 else {
      throw PictureError(.size(width: width, height: height, limit: Int.max / 4))
    }
    self.width = width
    self.height = height
    pixels = Array(unsafeUninitializedCapacity: area * 3) { buffer, count in
      for index in 0..<area {
        buffer[3 * index] = color.red
        buffer[3 * index + 1] = color.green
        buffer[3 * index + 2] = color.blue
      }
      count = area * 3
    }
  }

  /// For callers whose sides and samples fit by construction.
  init(trustedWidth width: Int, height: Int, pixels: [UInt8]) {
    assert(width > 0 && height > 0 && pixels.count == width * height * 3)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The pixel in column `x` and row `y`, which must lie within the picture.
  public subscript(x: Int, y: Int) -> Color {
    get {
      let start = (y * width + x) * 3
      return Color(red: pixels[start], green: pixels[start + 1], blue: pixels[start + 2])
    }
    set {
      let start = (y * width + x) * 3
      pixels[start] = newValue.red
      pixels[start + 1] = newValue.green
      pixels[start + 2] = newValue.blue
    }
  }
}
