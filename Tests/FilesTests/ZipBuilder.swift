import Files

/// Writes small zip archives byte by byte, so that tests can make every field wrong.
struct ZipBuilder {
  struct Item {
    var name: String
    var data: [UInt8]
    var method: UInt16 = 0
    var unpackedSize: Int?
    var crc: UInt32?
    var flags: UInt16 = 0
    var localName: String?
    var localMethod: UInt16?
    var localSize: UInt32?
    var localExtra: [UInt8] = []
    var headerOffset: Int?
    var usesZIP64 = false
  }

  var items: [Item] = []
  var comment: [UInt8] = []
  var prefix: [UInt8] = []

  func build() -> [UInt8] {
    var bytes = prefix
    var directory: [UInt8] = []
    for item in items {
      let offset = item.headerOffset ?? bytes.count
      let crc = item.crc ?? ZipArchive.crc32(of: FileBytes(copying: item.data))
      let unpacked = item.unpackedSize ?? item.data.count
      let name = Array(item.name.utf8)
      let localName = Array((item.localName ?? item.name).utf8)
      let large = UInt32.max
      if item.headerOffset == nil {
        bytes += [0x50, 0x4B, 3, 4] + le(UInt16(45)) + le(item.flags) + le(item.localMethod ?? item.method)
        bytes += le(UInt32(0)) + le(crc)
        bytes += le(item.usesZIP64 ? large : item.localSize ?? UInt32(item.data.count))
        bytes += le(item.usesZIP64 ? large : UInt32(unpacked))
        let extra = (item.usesZIP64 ? zip64([unpacked, item.data.count]) : []) + item.localExtra
        bytes += le(UInt16(localName.count)) + le(UInt16(extra.count)) + localName + extra + item.data
      }
      let extra = item.usesZIP64 ? zip64([unpacked, item.data.count, offset]) : []
      directory += [0x50, 0x4B, 1, 2] + le(UInt16(45)) + le(UInt16(45)) + le(item.flags) + le(item.method)
      directory += le(UInt32(0)) + le(crc)
      directory += le(item.usesZIP64 ? large : UInt32(item.data.count))
      directory += le(item.usesZIP64 ? large : UInt32(truncatingIfNeeded: unpacked))
      directory += le(UInt16(name.count)) + le(UInt16(extra.count)) + [UInt8](repeating: 0, count: 10)
      directory += le(item.usesZIP64 ? large : UInt32(offset)) + name + extra
    }
    let start = bytes.count
    bytes += directory
    bytes += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + le(UInt16(items.count)) + le(UInt16(items.count))
    bytes += le(UInt32(directory.count)) + le(UInt32(start)) + le(UInt16(comment.count)) + comment
    return bytes
  }

  private func zip64(_ values: [Int]) -> [UInt8] {
    le(UInt16(1)) + le(UInt16(8 * values.count)) + values.flatMap { le(UInt64($0)) }
  }

  private func le(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

extension ZipArchive {
  init(_ bytes: [UInt8]) throws(ZipError) { try self.init(bytes: FileBytes(copying: bytes), path: "x.zip") }
  init(_ items: ZipBuilder.Item...) throws(ZipError) { try self.init(ZipBuilder(items: items).build()) }
}
