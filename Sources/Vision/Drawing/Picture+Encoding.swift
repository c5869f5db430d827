import CPNGShim
import Files
import Glibc

extension Picture {
  /// The picture as a PNG file's bytes, 8-bit RGB; the same picture always gives the same bytes.
  ///
  /// - Throws: `PictureError.Reason.encoding` where libpng can't.
  public func encodedPNG() throws(PictureError) -> [UInt8] {
    try Self.encodePNG(samples: pixels, width: width, height: height, channels: 3)
  }

  /// Writes the picture as a PNG file, which appears whole or not at all.
  ///
  /// - Throws: `PictureError` where libpng can't encode it, `FileError` where the file can't be written.
  public func writePNG(path: String) throws {
    try Self.write(try encodedPNG(), path: path)
  }

  /// Writes 8-bit grey samples, `[height, width]`, as a PNG file, which appears whole or not at all.
  ///
  /// - Throws: `PictureError` where the counts don't fit or libpng can't encode them, `FileError` where the
  ///   file can't be written.
  public static func writeGrayPNG(samples: [UInt8], width: Int, height: Int, path: String) throws {
    try write(try encodePNG(samples: samples, width: width, height: height, channels: 1), path: path)
  }

  private static func write(_ bytes: [UInt8], path: String) throws {
    let file = try AtomicFile(path: path)
    try bytes.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  private static func encodePNG(
    samples: [UInt8], width: Int, height: Int, channels: Int
  ) throws(PictureError) -> [UInt8] {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, width > 0, height > 0, samples.count % channels == 0, samples.count / channels == area,
      let columns = UInt32(exactly: width), let rows = UInt32(exactly: height)
    else { throw PictureError(.size(width: width, height: height, limit: samples.count / channels)) }
    var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
    var file: UnsafeMutablePointer<UInt8>?
    var count = 0
    guard cpng_write(samples, columns, rows, Int32(channels), &file, &count, &message) == 1 else {
      throw PictureError(.encoding("libpng can't write the picture: \(PNGDecoder.text(message))"))
    }
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: count))
  }
}
