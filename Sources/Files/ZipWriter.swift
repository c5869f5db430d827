/// Writes a zip archive of stored entries, front to back (PKWARE APPNOTE 6.3).
///
/// The same entries give the same bytes: every entry is dated 1 January 1980. Data begin at multiples of 64
/// bytes, so that readers that map the file can use them where they lie. ZIP64 records are written where sizes
/// need them.
public struct ZipWriter {
  private let file: AtomicFile
  private var directory: [UInt8] = []
  private var entryCount = 0
  /// The smallest size or offset that is written in ZIP64's form.
  private let zip64Threshold: Int

  private static let alignment = 64
  /// The extra field that pads an entry's header (as Android's zipalign does).
  private static let paddingTag: UInt16 = 0xD935
  /// 1 January 1980 in MS-DOS format.
  private static let date: UInt16 = 1 << 5 | 1
  private static let storedMethod: UInt16 = 0
  private static let unicodeName: UInt16 = 1 << 11

  /// Starts an archive that will replace the file at `path` when finished.
  ///
  /// - Throws: `FileError` where the folder can't be written to, or `path` is a folder.
  public init(path: String) throws(FileError) { try self.init(path: path, zip64Threshold: Int(UInt32.max)) }

  init(path: String, zip64Threshold: Int) throws(FileError) {
    file = try AtomicFile(path: path)
    self.zip64Threshold = zip64Threshold
  }

  /// Adds an entry of `size` bytes whose CRC-32 is `crc32`; `write` must write just these bytes.
  ///
  /// - Throws: What `write` throws; `FileError` where the system refuses.
  public mutating func add(
    name: String, size: Int, crc32: UInt32, write: (AtomicFile) throws -> Void
  ) throws {
    let nameBytes = Array(name.utf8.prefix(Int(UInt16.max)))
    let offset = file.count
    let needsZIP64 = size >= zip64Threshold
    var header = little(UInt32(0x0403_4B50))
    header += versionAndFlags(name, needsZIP64: needsZIP64 || offset >= zip64Threshold)
    let common = little(Self.storedMethod) + little(UInt16(0)) + little(Self.date) + little(crc32)
    header += common + little(short(size)) + little(short(size)) + little(UInt16(nameBytes.count))
    var extra = needsZIP64 ? record(1, little(UInt64(size)) + little(UInt64(size))) : []
    let unpadded = offset + header.count + 2 + nameBytes.count + extra.count
    let padding = (Self.alignment - unpadded % Self.alignment) % Self.alignment
    // The padding's own tag and length take four bytes.
    extra += padding == 0 ? [] : pad(padding >= 4 ? padding : padding + Self.alignment)
    try file.write(header + little(UInt16(extra.count)) + nameBytes + extra)
    let start = file.count
    try write(file)
    assert(file.count - start == size, "an entry must have the size that was announced")

    let wide =
      (needsZIP64 ? little(UInt64(size)) + little(UInt64(size)) : [])
      + (offset >= zip64Threshold ? little(UInt64(offset)) : [])
    let central = wide.isEmpty ? [] : record(1, wide)
    directory += little(UInt32(0x0201_4B50)) + little(UInt16(45))
    directory += versionAndFlags(name, needsZIP64: !wide.isEmpty) + common
    directory += little(short(size)) + little(short(size)) + little(UInt16(nameBytes.count))
    // No comment, first disk, no attributes.
    directory += little(UInt16(central.count)) + [UInt8](repeating: 0, count: 10)
    directory += little(short(offset)) + nameBytes + central
    entryCount += 1
  }

  /// Writes the directory and puts the archive in its place.
  ///
  /// - Throws: `FileError` where the system refuses.
  public consuming func finish() throws(FileError) {
    let offset = file.count
    try file.write(directory)
    let mostEntries = min(zip64Threshold, Int(UInt16.max))
    if entryCount >= mostEntries || directory.count >= zip64Threshold || offset >= zip64Threshold {
      let end = file.count
      var record = little(UInt32(0x0606_4B50)) + little(UInt64(44)) + little(UInt16(45)) + little(UInt16(45))
      record +=
        little(UInt32(0)) + little(UInt32(0)) + little(UInt64(entryCount)) + little(UInt64(entryCount))
      record += little(UInt64(directory.count)) + little(UInt64(offset))
      record += little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(UInt64(end)) + little(UInt32(1))
      try file.write(record)
    }
    let count = little(UInt16(entryCount >= mostEntries ? Int(UInt16.max) : entryCount))
    try file.write(
      little(UInt32(0x0605_4B50)) + little(UInt32(0)) + count + count + little(short(directory.count))
        + little(short(offset)) + little(UInt16(0)))
    try file.commit()
  }

  private func versionAndFlags(_ name: String, needsZIP64: Bool) -> [UInt8] {
    little(UInt16(needsZIP64 ? 45 : 20)) + little(name.utf8.allSatisfy { $0 < 0x80 } ? 0 : Self.unicodeName)
  }

  /// The 32-bit form: all ones where ZIP64's form counts.
  private func short(_ value: Int) -> UInt32 {
    value >= zip64Threshold ? UInt32.max : UInt32(truncatingIfNeeded: value)
  }

  private func record(_ tag: UInt16, _ body: [UInt8]) -> [UInt8] {
    little(tag) + little(UInt16(body.count)) + body
  }

  private func pad(_ count: Int) -> [UInt8] {
    record(Self.paddingTag, [UInt8](repeating: 0, count: count - 4))
  }

  private func little<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
