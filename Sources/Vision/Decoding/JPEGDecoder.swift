import CJPEG
import Glibc

/// Reads JPEG files (ITU-T T.81): grey, YCbCr, RGB, CMYK and YCCK; sequential and progressive; 8 bits.
struct JPEGDecoder {
  let bytes: UnsafeRawBufferPointer

  func decode(_ options: DecodingOptions) throws(PictureError) -> Picture {
    let header = try JPEGHeader(bytes)
    try options.check(width: header.width, height: header.height)
    guard header.bitDepth == 8 else { throw unsupported("\(header.bitDepth) bits a sample") }
    guard [1, 3, 4].contains(header.components) else { throw unsupported("\(header.components) components") }

    let isCMYK = header.components == 4
    var pixels = try decompress(header, format: isCMYK ? TJPF_CMYK : TJPF_RGB, samples: isCMYK ? 4 : 3)
    if isCMYK { pixels = Self.convertCMYK(pixels) }
    let picture = Picture(trustedWidth: header.width, height: header.height, pixels: pixels)
    return picture.oriented(header.exif.flatMap { Exif($0).orientation } ?? .upright)
  }

  private func damaged(_ detail: String) -> PictureError { PictureError(.damaged(.jpeg, detail)) }
  private func unsupported(_ detail: String) -> PictureError { PictureError(.unsupported(.jpeg, detail)) }

  /// The samples row by row, `[height, width, samples]`.
  private func decompress(
    _ header: JPEGHeader, format: TJPF, samples: Int
  ) throws(PictureError) -> [UInt8] {
    guard let decoder = tjInitDecompress() else { throw damaged("libturbojpeg can't start") }
    defer { tjDestroy(decoder) }
    guard let length = UInt(exactly: bytes.count) else { throw damaged("the file is too long") }
    let total = header.width * header.height * samples
    var failure: String?
    let pixels = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      let status = tjDecompress2(
        decoder, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), length, buffer.baseAddress,
        Int32(header.width), Int32(header.width * samples), Int32(header.height), Int32(format.rawValue),
        TJFLAG_LIMITSCANS)
      if status != 0 {
        let message = tjGetErrorStr2(decoder)
        // Bytes that an encoder left between segments don't touch the picture; all other warnings mean that
        // pixels were made up.
        let isHarmless =
          tjGetErrorCode(decoder) == TJERR_WARNING.rawValue
          && message.map { strstr($0, "extraneous bytes before") != nil } ?? false
        if !isHarmless { failure = message.map { String(cString: $0) } ?? "an unknown error" }
      }
      count = failure == nil ? total : 0
    }
    if let failure { throw damaged(failure) }
    return pixels
  }

  /// Adobe's inverted C, M, Y, K to R, G, B: each is `k − k·(1 − c)`, as Pillow converts.
  private static func convertCMYK(_ samples: [UInt8]) -> [UInt8] {
    samples.withUnsafeBufferPointer { source in
      let area = source.count / 4
      return Array(unsafeUninitializedCapacity: area * 3) { target, count in
        for index in 0..<area {
          let key = UInt32(source[4 * index + 3])
          for channel in 0..<3 {
            let product = (255 &- UInt32(source[4 * index + channel])) &* key
            target[3 * index + channel] = UInt8(truncatingIfNeeded: key &- (product &+ 127) / 255)
          }
        }
        count = area * 3
      }
    }
  }
}

/// What the segments before the first scan say.
struct JPEGHeader {
  var width = 0
  var height = 0
  var bitDepth = 0
  var components = 0
  /// The TIFF structure of the first EXIF segment.
  var exif: UnsafeRawBufferPointer?

  /// - Throws: `PictureError` where segments don't fit the file or the frame header is missing.
  init(_ bytes: UnsafeRawBufferPointer) throws(PictureError) {
    func damaged(_ detail: String) -> PictureError { PictureError(.damaged(.jpeg, detail)) }
    var position = 2
    while true {
      guard position + 4 <= bytes.count else { throw damaged("the file ends before its pixels") }
      let marker = bytes[position + 1]
      // Anything may stand before a marker only by mistake, but libjpeg skips it, and so 0xFF fill bytes.
      if bytes[position] != 0xFF || marker == 0xFF || marker == 0 {
        position += 1
        continue
      }
      position += 2
      if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }
      let length = bytes.bigEndian(at: position, size: 2)
      guard marker != 0xD9, marker != 0xDA else { throw damaged("no frame header before the pixels") }
      guard length >= 2, length <= bytes.count - position else {
        throw damaged("the file ends before its pixels")
      }
      let segment = UnsafeRawBufferPointer(rebasing: bytes[position + 2..<position + length])
      position += length
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        guard segment.count >= 6 else { throw damaged("the frame header is too short") }
        bitDepth = Int(segment[0])
        height = segment.bigEndian(at: 1, size: 2)
        width = segment.bigEndian(at: 3, size: 2)
        components = Int(segment[5])
        return
      }
      if marker == 0xE1, exif == nil, segment.starts(with: Array("Exif\0\0".utf8)) {
        exif = UnsafeRawBufferPointer(rebasing: segment[6...])
      }
    }
  }
}
