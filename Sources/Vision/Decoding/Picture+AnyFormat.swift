extension Picture {
  /// Reads a picture of any format that ONNX's `ImageDecoder`-20 names: PNG, JPEG, BMP, PBM, PGM, PPM and TIFF, and,
  /// where the system has libwebp and OpenJPEG, WebP and JPEG 2000.
  ///
  /// - Throws: `PictureError` where the bytes are no whole picture, too large a one, or of a kind that can't be
  ///   read here.
  public init(
    decodingAnyFormat bytes: UnsafeRawBufferPointer, options: DecodingOptions = DecodingOptions()
  ) throws(PictureError) {
    if PictureFormat(bytes) != nil {
      self = try Picture(decoding: bytes, options: options)
    } else if bytes.starts(with: "BM".utf8) {
      self = try BitmapDecoder(bytes: bytes).decode(options)
    } else if bytes.starts(with: "II*\0".utf8) || bytes.starts(with: "MM\0*".utf8) {
      self = try TIFFDecoder(bytes: bytes).decode(options)
    } else if bytes.count >= 2, bytes[0] == UInt8(ascii: "P"), (0x31...0x36).contains(bytes[1]) {
      var decoder = AnymapDecoder(bytes: bytes)
      self = try decoder.decode(options)
    } else if bytes.count >= 12, bytes.starts(with: "RIFF".utf8), bytes[8...].starts(with: "WEBP".utf8) {
      self = try WebPDecoder(bytes: bytes).decode(options)
    } else if bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51])
      || bytes.starts(with: [0, 0, 0, 12, 0x6A, 0x50, 32, 32])
    {
      self = try JPEG2000Decoder(bytes: bytes).decode(options)
    } else {
      throw PictureError(.notAPicture(looksLike: PictureFormat.guess(bytes)))
    }
  }
}

extension Picture {
  /// The picture in `bytes`, or `nil` where they are damaged or no picture, for which `ImageDecoder` wants an image
  /// without pixels.
  ///
  /// - Throws: `PictureError` where the bytes may be a good picture, of a kind or size that isn't read.
  public static func decodingIfWhole(_ bytes: UnsafeRawBufferPointer) throws(PictureError) -> Picture? {
    do {
      return try Picture(decodingAnyFormat: bytes)
    } catch {
      switch error.reason {
      case .damaged, .notAPicture: return nil
      default: throw error
      }
    }
  }
}

/// Bytes that are asked for by position, none of which need exist.
struct CheckedBytes {
  let bytes: UnsafeRawBufferPointer
  let format: PictureFormat
  var isLittleEndian = true

  var count: Int { bytes.count }

  func damaged(_ detail: String) -> PictureError { PictureError(.damaged(format, detail)) }
  func unsupported(_ detail: String) -> PictureError { PictureError(.unsupported(format, detail)) }

  /// The number of `size` bytes, at most 4, at `offset`.
  func number(at offset: Int, size: Int) throws(PictureError) -> Int {
    let field = try slice(at: offset, count: size)
    return isLittleEndian
      ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : field.reduce(0) { $0 << 8 | Int($1) }
  }

  /// `count` bytes from `offset` on.
  func slice(at offset: Int, count: Int) throws(PictureError) -> UnsafeRawBufferPointer {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
      throw damaged("the file ends before its pixels")
    }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }
}
