import CPNGShim

/// Reads PNG files (W3C Portable Network Graphics, third edition) of every colour type, depth and interlacing.
struct PNGDecoder {
  let bytes: UnsafeRawBufferPointer

  /// Bytes before the first chunk.
  private static let signatureSize = 8
  /// Bytes of the header chunk's data.
  private static let headerSize = 13

  func decode(_ options: DecodingOptions) throws(PictureError) -> Picture {
    let header = Self.signatureSize + 8
    guard bytes.count >= header + Self.headerSize, bytes.bigEndian(at: 8, size: 4) == Self.headerSize,
      bytes[12..<16].elementsEqual("IHDR".utf8)
    else { throw damaged("it has no header (IHDR)") }
    let width = bytes.bigEndian(at: header, size: 4)
    let height = bytes.bigEndian(at: header + 4, size: 4)
    try options.check(width: width, height: height)
    try checkLength(area: width * height, bitDepth: Int(bytes[header + 8]))

    var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
    var succeeded = false
    let samples = [UInt8](unsafeUninitializedCapacity: width * height * 4) { buffer, count in
      succeeded =
        cpng_read_rgba(
          bytes.baseAddress, bytes.count, UInt32(width), UInt32(height), buffer.baseAddress, &message) == 1
      count = succeeded ? width * height * 4 : 0
    }
    guard succeeded else { throw damaged(Self.text(message)) }
    let picture = Picture(
      trustedWidth: width, height: height, pixels: Self.compose(samples, on: options.background))
    return picture.oriented(exifOrientation())
  }

  private func damaged(_ detail: String) -> PictureError { PictureError(.damaged(.png, detail)) }

  /// What libpng said.
  static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Deflate makes at most 1,032 bytes of one, so a short file can't hold many pixels.
  private func checkLength(area: Int, bitDepth: Int) throws(PictureError) {
    let leastBytes = area / 8 * max(1, min(bitDepth, 16))
    if leastBytes / 1032 > bytes.count { throw damaged("the file is too short for its pixels") }
  }

  /// Lays R, G, B, A samples over `background`: `(a · c + (255 − a) · background) ÷ 255`, rounded.
  private static func compose(_ samples: [UInt8], on background: Picture.Color) -> [UInt8] {
    let behind = [UInt32(background.red), UInt32(background.green), UInt32(background.blue)]
    return samples.withUnsafeBufferPointer { source in
      let area = source.count / 4
      return Array(unsafeUninitializedCapacity: area * 3) { target, count in
        for index in 0..<area {
          let alpha = UInt32(source[4 * index + 3])
          for channel in 0..<3 {
            let color = UInt32(source[4 * index + channel])
            let sum = alpha &* color &+ (255 &- alpha) &* behind[channel]
            target[3 * index + channel] = UInt8(truncatingIfNeeded: (sum &+ 127) / 255)
          }
        }
        count = area * 3
      }
    }
  }

  /// What the `eXIf` chunk says, which may stand before or after the pixels.
  private func exifOrientation() -> Orientation {
    var position = Self.signatureSize
    while position + 12 <= bytes.count {
      let length = bytes.bigEndian(at: position, size: 4)
      guard length <= bytes.count - position - 12 else { break }
      if bytes[position + 4..<position + 8].elementsEqual("eXIf".utf8) {
        let data = bytes[position + 8..<position + 8 + length]
        return Exif(UnsafeRawBufferPointer(rebasing: data)).orientation ?? .upright
      }
      position += 12 + length
    }
    return .upright
  }
}
