/// Reads WebP files through libwebp (its simple API, decode.h).
struct WebPDecoder {
  private let file: CheckedBytes

  init(bytes: UnsafeRawBufferPointer) { file = CheckedBytes(bytes: bytes, format: .webp) }

  private typealias GetInfo =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?
    ) -> Int32
  private typealias DecodeInto =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, Int, Int32
    ) -> UnsafeMutablePointer<UInt8>?

  private static let library = SystemLibrary("libwebp.so.7")

  func decode(_ options: DecodingOptions) throws(PictureError) -> Picture {
    guard let info = Self.library?.function("WebPGetInfo", as: GetInfo.self),
      let decode = Self.library?.function("WebPDecodeRGBInto", as: DecodeInto.self)
    else { throw file.unsupported("no libwebp (libwebp.so.7) installed") }
    let source = file.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    var (width, height): (Int32, Int32) = (0, 0)
    guard info(source, file.count, &width, &height) != 0 else {
      throw file.damaged("its header can't be read")
    }
    let (columns, rows) = (Int(width), Int(height))
    try options.check(width: columns, height: rows)
    let total = columns * rows * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      count = decode(source, file.count, buffer.baseAddress, total, width * 3) == nil ? 0 : total
    }
    guard pixels.count == total else { throw file.damaged("its pixels can't be read") }
    return Picture(trustedWidth: columns, height: rows, pixels: pixels)
  }
}
