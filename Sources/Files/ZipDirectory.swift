/// Reads a zip archive's directory and checks it against the entries' own headers (PKWARE APPNOTE 6.3).
///
/// This is not left to minizip, which takes ZIP64 sizes for 4,294,967,295 on 64-bit systems (1.1, Debian 12),
/// takes a directory's end that is cut off for a whole one, and doesn't say where an entry's header is.
struct ZipDirectory {
  let bytes: FileBytes
  let path: String
  let names: ZipArchive.Names

  private struct Span {
    var entryCount: UInt64
    var size: UInt64
    var offset: UInt64
  }

  /// Every file of the archive in the directory's order, checked against its own header and the others.
  func entries() throws(ZipError) -> [ZipArchive.Entry] {
    let span = try span()
    guard let start = Int(exactly: span.offset), let size = Int(exactly: span.size),
      let directory = bytes.slice(offset: start, length: size)
    else { throw .badDirectory(path: path, detail: "its directory is not where its end says") }
    var entries: [ZipArchive.Entry] = []
    var position = 0
    var remaining = span.entryCount
    while remaining > 0 {
      let entry = try centralEntry(directory, &position)
      try checkLocalHeader(entry, directoryStart: start)
      if !entry.name.hasSuffix("/") { entries.append(entry) }
      remaining -= 1
    }
    guard position == size else {
      throw .badDirectory(path: path, detail: "its directory holds more than the \(span.entryCount) entries")
    }
    try checkOverlap(entries)
    return entries
  }

  // MARK: The directory's end

  private func span() throws(ZipError) -> Span {
    guard let end = endRecord(), let disk = bytes.integer(at: end + 4, as: UInt32.self),
      let count = bytes.integer(at: end + 10, as: UInt16.self),
      let size = bytes.integer(at: end + 12, as: UInt32.self),
      let offset = bytes.integer(at: end + 16, as: UInt32.self)
    else { throw bytes.holds("PK\u{3}\u{4}") ? .truncated(path: path) : .notAZip(path: path) }
    guard disk == 0 || disk == UInt32.max else {
      throw .badDirectory(path: path, detail: "it is one part of several")
    }
    let short = Span(entryCount: UInt64(count), size: UInt64(size), offset: UInt64(offset))
    let locator = end - 20
    guard bytes.holds("PK\u{6}\u{7}", at: locator) else { return short }
    guard let place = bytes.integer(at: locator + 8, as: UInt64.self).flatMap(Int.init(exactly:)),
      bytes.holds("PK\u{6}\u{6}", at: place), place <= locator - 56,
      let longCount = bytes.integer(at: place + 32, as: UInt64.self),
      let longSize = bytes.integer(at: place + 40, as: UInt64.self),
      let longOffset = bytes.integer(at: place + 48, as: UInt64.self)
    else { throw .badDirectory(path: path, detail: "its ZIP64 end record is not where it should be") }
    // Readers differ in which record they believe, so both must say the same where both can.
    guard count == UInt16.max || short.entryCount == longCount, size == UInt32.max || short.size == longSize,
      offset == UInt32.max || short.offset == longOffset
    else { throw .badDirectory(path: path, detail: "its two end records differ") }
    return Span(entryCount: longCount, size: longSize, offset: longOffset)
  }

  /// Where the last whole end-of-directory record begins (APPNOTE 4.3.16).
  private func endRecord() -> Int? {
    let size = 22
    let first = max(0, bytes.count - size - Int(UInt16.max))
    guard let tail = bytes.slice(offset: first, length: bytes.count - first) else { return nil }
    var last: Int?
    var from = 0
    while let start = tail.firstIndex(of: UInt8(ascii: "P"), from: from) {
      if tail.holds("PK\u{5}\u{6}", at: start),
        let comment = tail.integer(at: start + 20, as: UInt16.self),
        Int(comment) <= tail.count - start - size
      {
        last = first + start
      }
      from = start + 1
    }
    return last
  }

  // MARK: One entry

  private func centralEntry(_ directory: FileBytes, _ position: inout Int) throws(ZipError)
    -> ZipArchive.Entry
  {
    let start = position
    guard directory.holds("PK\u{1}\u{2}", at: start),
      let flags = directory.integer(at: start + 8, as: UInt16.self),
      let method = directory.integer(at: start + 10, as: UInt16.self),
      let crc = directory.integer(at: start + 16, as: UInt32.self),
      let nameLength = directory.integer(at: start + 28, as: UInt16.self),
      let extraLength = directory.integer(at: start + 30, as: UInt16.self),
      let commentLength = directory.integer(at: start + 32, as: UInt16.self),
      let nameBytes = directory.slice(offset: start + 46, length: Int(nameLength)),
      let extra = directory.slice(offset: start + 46 + Int(nameLength), length: Int(extraLength))
    else { throw .badDirectory(path: path, detail: "its directory's entry at byte \(start) is no entry") }
    position = start + 46 + Int(nameLength) + Int(extraLength) + Int(commentLength)
    let name = try checkedName(nameBytes)
    let short = [24, 20, 42].map { directory.integer(at: start + $0, as: UInt32.self) }
    let long = wide(short, extra)
    guard let unpacked = long[0], let packed = long[1], let header = long[2] else {
      throw .badDirectory(path: path, detail: "entry '\(name)' lacks its ZIP64 record")
    }
    guard let unpackedSize = Int(exactly: unpacked), let packedSize = Int(exactly: packed),
      let headerOffset = Int(exactly: header), headerOffset <= bytes.count,
      let localNameLength = bytes.integer(at: headerOffset + 26, as: UInt16.self),
      let localExtraLength = bytes.integer(at: headerOffset + 28, as: UInt16.self)
    else { throw .entryOutOfBounds(path: path, entry: name) }
    let isEncrypted = flags & 1 != 0
    if method == 0, packedSize != unpackedSize, !isEncrypted {
      throw .badDirectory(path: path, detail: "entry '\(name)' is stored, but its two sizes differ")
    }
    return ZipArchive.Entry(
      name: name, method: ZipArchive.Method(number: method), compressedSize: packedSize,
      uncompressedSize: unpackedSize, crc32: crc, isEncrypted: isEncrypted, headerOffset: headerOffset,
      dataOffset: headerOffset + 30 + Int(localNameLength) + Int(localExtraLength))
  }

  private func checkedName(_ bytes: FileBytes) throws(ZipError) -> String {
    let name = bytes.withBytes { bytes, _ in String(decoding: bytes, as: UTF8.self) }
    if names == .keys { return name }
    var parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    if parts.count > 1, parts.last == "" { parts.removeLast() }  // a folder
    let isUnsafe = parts.contains { $0.isEmpty || $0 == ".." || $0 == "." || $0.contains("\0") }
    if isUnsafe || name.utf8.dropFirst().first == UInt8(ascii: ":") {
      throw .unsafeName(path: path, entry: name)
    }
    return name
  }

  /// An entry is described twice; a reader that believes the one and a checker that believes the other
  /// would see different archives.
  private func checkLocalHeader(_ entry: ZipArchive.Entry, directoryStart: Int) throws(ZipError) {
    let start = entry.headerOffset
    guard bytes.holds("PK\u{3}\u{4}", at: start) else {
      throw .badDirectory(path: path, detail: "no entry begins where '\(entry.name)' should")
    }
    let (end, overflow) = entry.dataOffset.addingReportingOverflow(entry.compressedSize)
    guard !overflow, end <= directoryStart, let flags = bytes.integer(at: start + 6, as: UInt16.self),
      let method = bytes.integer(at: start + 8, as: UInt16.self),
      let crc = bytes.integer(at: start + 14, as: UInt32.self),
      let nameLength = bytes.integer(at: start + 26, as: UInt16.self),
      let name = bytes.slice(offset: start + 30, length: Int(nameLength)),
      let extra = bytes.slice(
        offset: start + 30 + name.count, length: entry.dataOffset - start - 30 - name.count)
    else { throw .entryOutOfBounds(path: path, entry: entry.name) }
    func refuse(_ field: String) -> ZipError {
      .headerMismatch(path: path, entry: entry.name, field: field)
    }
    guard name.withBytes({ bytes, _ in String(decoding: bytes, as: UTF8.self) == entry.name }) else {
      throw refuse("its name")
    }
    guard ZipArchive.Method(number: method) == entry.method else { throw refuse("the compression method") }
    guard (flags & 1 != 0) == entry.isEncrypted else { throw refuse("whether it is encrypted") }
    // With flag bit 3, sizes and CRC follow the data; the header may hold zeros in their place.
    let isDeferred = flags & 8 != 0
    guard crc == entry.crc32 || isDeferred && crc == 0 else { throw refuse("the checksum") }
    let sizes = wide([22, 18].map { bytes.integer(at: start + $0, as: UInt32.self) }, extra)
    let expected = [entry.uncompressedSize, entry.compressedSize]
    for (size, expected) in zip(sizes, expected) where size != UInt64(expected) {
      guard isDeferred, size == 0 else { throw refuse("the size") }
    }
  }

  /// Each 32-bit field, or its 64-bit form from the ZIP64 extra field where it is all ones (APPNOTE 4.5.3);
  /// `nil` where that is missing.
  private func wide(_ short: [UInt32?], _ extra: FileBytes) -> [UInt64?] {
    let record = extraField(1, in: extra)
    var position = 0
    return short.map { field in
      guard field == UInt32.max else { return field.map(UInt64.init) }
      defer { position += 8 }
      return record?.integer(at: position, as: UInt64.self)
    }
  }

  /// The body of the first extra field with this tag (APPNOTE 4.5).
  private func extraField(_ tag: UInt16, in extra: FileBytes) -> FileBytes? {
    var position = 0
    while let found = extra.integer(at: position, as: UInt16.self),
      let length = extra.integer(at: position + 2, as: UInt16.self)
    {
      if found == tag { return extra.slice(offset: position + 4, length: Int(length)) }
      position += 4 + Int(length)
    }
    return nil
  }

  // MARK: All entries

  private func checkOverlap(_ entries: [ZipArchive.Entry]) throws(ZipError) {
    let ordered = entries.sorted { $0.headerOffset < $1.headerOffset }
    for (one, next) in zip(ordered, ordered.dropFirst())
    where one.dataOffset + one.compressedSize > next.headerOffset {
      // Two directory lines for one entry are best called what they are.
      if one.name == next.name { throw .duplicateName(path: path, entry: one.name) }
      throw .overlap(path: path, entry: one.name, other: next.name)
    }
  }
}

extension ZipArchive.Method {
  /// The method of this number (APPNOTE 4.4.5).
  fileprivate init(number: UInt16) {
    switch number {
    case 0: self = .stored
    case 8: self = .deflated
    default: self = .unknown(Int(number))
    }
  }
}
