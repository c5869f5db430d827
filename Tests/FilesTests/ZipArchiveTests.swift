import Files
import Testing

@Suite struct ZipArchiveTests {
  /// 1,000 zeros, as zlib's level 9 deflates them.
  static let zeros: [UInt8] = [99, 96, 24, 5, 163, 96, 20, 12, 119, 0, 0]
  static let zerosCRC = ZipArchive.crc32(of: FileBytes(copying: [UInt8](repeating: 0, count: 1000)))

  @Test(arguments: [false, true]) func storedEntriesAreSlicesOfTheFile(usesZIP64: Bool) throws {
    var builder = ZipBuilder()
    builder.items = [
      .init(name: "a/one", data: [1, 2, 3], localExtra: [0x46, 0x42, 2, 0, 9, 9], usesZIP64: usesZIP64),
      .init(name: "a/empty", data: [], usesZIP64: usesZIP64),
      .init(name: "a/", data: []),
    ]
    builder.comment = Array("PK no end".utf8)
    let bytes = FileBytes(copying: builder.build())
    let archive = try ZipArchive(bytes: bytes, path: "x.zip")
    #expect(archive.entries.map(\.name) == ["a/one", "a/empty"])
    let entry = try #require(archive["a/one"])
    #expect(entry.method == .stored)
    let contents = try archive.contents(of: entry)
    #expect(contents.array == [1, 2, 3])
    let expected = bytes.withBytes { bytes, _ in bytes.baseAddress.map { $0 + entry.dataOffset } }
    #expect(contents.withBytes { bytes, _ in bytes.baseAddress } == expected)
    #expect(try archive.contents(of: "a/empty").count == 0)
    #expect(throws: ZipError.missingEntry(path: "x.zip", entry: "b")) { try archive.contents(of: "b") }
  }

  @Test func anEmptyArchiveHasNoEntries() throws {
    #expect(try ZipArchive(ZipBuilder().build()).entries.isEmpty)
  }

  @Test func deflatedEntriesUnpackToTheAnnouncedSize() throws {
    let item = ZipBuilder.Item(
      name: "z", data: Self.zeros, method: 8, unpackedSize: 1000, crc: Self.zerosCRC)
    let archive = try ZipArchive(item)
    #expect(try archive.contents(of: "z").array == [UInt8](repeating: 0, count: 1000))
    #expect(throws: ZipError.tooLarge(path: "x.zip", entry: "z", announced: 1000, limit: 999)) {
      try archive.contents(of: "z", limit: 999)
    }
    var wrong = item
    for size in [0, 999, 1001] {
      wrong.unpackedSize = size
      let archive = try ZipArchive(wrong)
      #expect(throws: ZipError.corruptData(path: "x.zip", entry: "z")) { try archive.contents(of: "z") }
    }
    wrong = item
    wrong.data.removeLast(2)
    let cut = try ZipArchive(wrong)
    #expect(throws: ZipError.corruptData(path: "x.zip", entry: "z")) { try cut.contents(of: "z") }
    wrong = item
    wrong.crc = 1
    let corrupt = try ZipArchive(wrong)
    #expect(throws: ZipError.checksum(path: "x.zip", entry: "z")) { try corrupt.contents(of: "z") }
  }

  @Test func aBombIsRefusedBeforeMemoryIsTaken() throws {
    let archive = try ZipArchive(
      .init(name: "z", data: Self.zeros, method: 8, unpackedSize: 4_000_000_000))
    let allowed = UInt64(1032 * (Self.zeros.count + 1))
    #expect(throws: ZipError.tooLarge(path: "x.zip", entry: "z", announced: 4_000_000_000, limit: allowed)) {
      try archive.contents(of: "z")
    }
  }

  @Test func storedChecksumsAreCheckedOnDemand() throws {
    let archive = try ZipArchive(
      .init(name: "good", data: [1, 2]), .init(name: "bad", data: [1, 2], crc: 7),
      .init(name: "none", data: [1, 2], crc: 0))
    try archive.checkCRC(of: #require(archive["good"]))
    try archive.checkCRC(of: #require(archive["none"]))
    #expect(throws: ZipError.checksum(path: "x.zip", entry: "bad")) {
      try archive.checkCRC(of: #require(archive["bad"]))
    }
    #expect(try archive.contents(of: "bad").array == [1, 2])
  }

  @Test(arguments: ["../a", "a/../b", "/a", "a//b", "..", "", "a\\..\\b", "C:\\a", "./a", "a\u{0}b"])
  func namesThatLeadOutAreRefused(name: String) {
    #expect(throws: ZipError.unsafeName(path: "x.zip", entry: name)) {
      try ZipArchive(.init(name: name, data: [1]))
    }
  }

  @Test func duplicateNamesAreRefused() {
    #expect(throws: ZipError.duplicateName(path: "x.zip", entry: "a")) {
      try ZipArchive(.init(name: "a", data: [1]), .init(name: "b", data: [2]), .init(name: "a", data: [3]))
    }
    #expect(throws: ZipError.duplicateName(path: "x.zip", entry: "a")) {
      try ZipArchive(.init(name: "a", data: [1]), .init(name: "a", data: [1], headerOffset: 0))
    }
  }

  @Test func overlapsAreRefused() {
    // The second entry's header lies inside the first one's data.
    let inner = ZipBuilder(items: [.init(name: "b", data: [7])]).build()
    let outer = ZipBuilder.Item(name: "a", data: Array(inner.prefix(32)))
    #expect(throws: ZipError.overlap(path: "x.zip", entry: "a", other: "b")) {
      try ZipArchive(outer, .init(name: "b", data: [7], headerOffset: 31))
    }
  }

  @Test func theEntrysOwnHeaderMustAgree() {
    func field(_ item: ZipBuilder.Item) -> String? {
      do {
        _ = try ZipArchive(item)
        return nil
      } catch ZipError.headerMismatch(_, _, let field) {
        return field
      } catch {
        return "\(error)"
      }
    }
    #expect(field(.init(name: "a", data: [1, 2], localName: "b")) == "its name")
    #expect(field(.init(name: "a", data: [1, 2], localMethod: 8)) == "the compression method")
    #expect(field(.init(name: "a", data: [1, 2], localSize: 1)) == "the size")
    #expect(field(.init(name: "a", data: [1, 2], flags: 8, localSize: 0)) == nil)
  }

  @Test func encryptedAndUnknownEntriesAreNamedWhenRead() throws {
    let archive = try ZipArchive(
      .init(name: "secret", data: [1, 2], flags: 1), .init(name: "lzma", data: [1, 2], method: 14))
    #expect(throws: ZipError.unsupported(path: "x.zip", entry: "secret", feature: "encrypted")) {
      try archive.contents(of: "secret")
    }
    #expect(throws: ZipError.unsupported(path: "x.zip", entry: "lzma", feature: "compressed by method 14")) {
      try archive.contents(of: "lzma")
    }
  }

  @Test func damageIsAnErrorWhereverItIs() throws {
    let whole = ZipBuilder(items: [
      .init(name: "a", data: [1, 2, 3]),
      .init(name: "z", data: Self.zeros, method: 8, unpackedSize: 1000, crc: Self.zerosCRC),
      .init(name: "big", data: [4], usesZIP64: true),
    ]).build()
    #expect(throws: ZipError.notAZip(path: "x.zip")) { try ZipArchive([UInt8]()) }
    #expect(throws: ZipError.notAZip(path: "x.zip")) { try ZipArchive(Array("no zip archive at all".utf8)) }
    for length in 4..<whole.count {
      #expect(throws: ZipError.truncated(path: "x.zip"), "first \(length) bytes") {
        try ZipArchive(Array(whole.prefix(length)))
      }
    }
    // Whatever one byte says, reading ends in contents or in an error.
    for position in whole.indices {
      for value in [0, 1, 0x7F, 0x80, 0xFE, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[position] = value
        guard let archive = try? ZipArchive(bytes) else { continue }
        for entry in archive.entries { _ = try? archive.contents(of: entry) }
      }
    }
  }

  @Test func aPrefixIsRefused() {
    var builder = ZipBuilder(items: [.init(name: "a", data: [1, 2, 3])])
    let plain = builder.build()
    builder.prefix = [9]
    #expect(throws: Never.self) { try ZipArchive(builder.build()) }  // offsets count it
    #expect(throws: ZipError.self) { try ZipArchive([9] + plain) }
  }
}
