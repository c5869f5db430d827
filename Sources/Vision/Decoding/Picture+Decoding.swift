import Files

/// How a file becomes a picture.
public struct DecodingOptions: Sendable, Equatable {
  /// What shows through where a picture is transparent.
  public var background: Picture.Color
  /// The most pixels a picture may have; memory for them is taken only below.
  public var maximumPixels: Int

  /// Transparent parts on `background`, and at most `maximumPixels`.
  public init(background: Picture.Color = .black, maximumPixels: Int = 1 << 27) {
    self.background = background
    self.maximumPixels = maximumPixels
  }

  /// - Throws: `PictureError.Reason.size` where there are no pixels or too many.
  func check(width: Int, height: Int) throws(PictureError) {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, area <= maximumPixels else {
      throw PictureError(.size(width: width, height: height, limit: maximumPixels))
    }
  }
}

extension Picture {
  /// Reads the PNG or JPEG file at `path`.
  ///
  /// Samples of 16 bits give their high byte, and transparent parts show the background. Gamma and colour
  /// profiles are ignored, as training pipelines ignore them. The orientation that EXIF data ask for is
  /// applied.
  ///
  /// - Throws: `FileError` where the file can't be read, `PictureError` where it is no whole picture or too
  ///   large.
  public init(path: String, options: DecodingOptions = DecodingOptions()) throws {
    let file = try MappedFile(path: path)
    do {
      self = try withExtendedLifetime(file) { try Picture(decoding: file.bytes, options: options) }
    } catch var error as PictureError {
      error.path = path
      throw error
    }
  }

  /// Reads PNG or JPEG bytes; see `init(path:options:)`.
  ///
  /// - Throws: `PictureError` where the bytes are no whole picture, or too large a one.
  public init(
    decoding bytes: UnsafeRawBufferPointer, options: DecodingOptions = DecodingOptions()
  ) throws(PictureError) {
    switch PictureFormat(bytes) {
    case .png: self = try PNGDecoder(bytes: bytes).decode(options)
    case .jpeg: self = try JPEGDecoder(bytes: bytes).decode(options)
    default: throw PictureError(.notAPicture(looksLike: PictureFormat.guess(bytes)))
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The big-endian number of `size` bytes at `offset`, which must lie within.
  func bigEndian(at offset: Int, size: Int) -> Int {
    self[offset..<offset + size].reduce(0) { $0 << 8 | Int($1) }
  }
}
