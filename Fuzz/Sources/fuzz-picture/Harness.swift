import Vision

/// Decodes the bytes as a PNG or JPEG picture.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  _ = try? Picture(decoding: UnsafeRawBufferPointer(start: data, count: count))
  return 0
}
