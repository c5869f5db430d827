/// The formats that pictures are read from: PNG and JPEG wherever a picture is wanted, the others where the ONNX
/// operator `ImageDecoder` asks for them (`Picture.init(decodingAnyFormat:options:)`).
public enum PictureFormat: String, Sendable, Equatable {
  case png = "PNG"
  case jpeg = "JPEG"
  case bitmap = "BMP"
  case anymap = "PBM, PGM or PPM"
  case tiff = "TIFF"
  case webp = "WebP"
  case jpeg2000 = "JPEG 2000"

  /// PNG or JPEG, whose signature `bytes` start with.
  init?(_ bytes: UnsafeRawBufferPointer) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else {
      return nil
    }
  }

  /// What `bytes` that are neither PNG nor JPEG seem to be, with the article; `nil` where nothing is known.
  static func guess(_ bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.isEmpty { return "an empty file" }
    for (offset, signature, name) in signatures where bytes.count >= offset + signature.utf8.count {
      if bytes[offset...].starts(with: signature.unicodeScalars.map { UInt8($0.value) }) { return name }
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      return "a PNG that was changed as text when it was copied"
    }
    return nil
  }

  /// Offset, bytes (one scalar each) and name.
  private static let signatures: [(Int, String, String)] = [
    (0, "GIF8", "a GIF"),
    (8, "WEBP", "a WebP"),
    (0, "BM", "a BMP"),
    (0, "II*\0", "a TIFF"),
    (0, "MM\0*", "a TIFF"),
    (4, "ftypavif", "an AVIF"),
    (4, "ftypheic", "a HEIC"),
    (4, "ftypmif1", "a HEIF"),
    (0, "\0\0\0\u{C}JXL ", "a JPEG XL"),
    (0, "\u{FF}\n", "a JPEG XL"),
    (0, "\0\0\0\u{C}jP  ", "a JPEG 2000"),
    (0, "\u{FF}O\u{FF}Q", "a JPEG 2000"),
    (0, "\0\0\u{1}\0", "an icon (ICO)"),
    (0, "8BPS", "a Photoshop document"),
    (0, "%PDF", "a PDF"),
    (0, "<svg", "an SVG"),
    (0, "<?xml", "an XML document"),
    (0, "<!DOCTYPE", "an HTML page"),
    (0, "<html", "an HTML page"),
    (0, "P6\n", "a PPM"),
    (0, "P5\n", "a PGM"),
    (0, "PK\u{3}\u{4}", "a zip archive"),
    (0, "\u{93}NUMPY", "a NumPy array (give it with --inputs)"),
    (0, "version https://git-lfs", "a Git LFS pointer whose file was not fetched"),
  ]
}
