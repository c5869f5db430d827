import Files

/// Opens the bytes as a zip archive and unpacks every entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = FileBytes(copying: UnsafeBufferPointer(start: data, count: count))
  guard let archive = try? ZipArchive(bytes: bytes, path: "input", names: .paths) else { return 0 }
  for entry in archive.entries {
    _ = try? archive.contents(of: entry, limit: 1 << 22)
    try? archive.checkCRC(of: entry, limit: 1 << 22)
  }
  return 0
}
