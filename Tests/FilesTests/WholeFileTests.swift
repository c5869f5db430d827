import Files
import Glibc
import TestSupport
import Testing

/// Files appear whole or not at all, and only plain ones are read.
@Suite struct WholeFileTests {
  @Test func nothingIsSeenBeforeTheCommit() throws {
    let folder = try ScratchFolder()
    let path = folder.file("a")
    try writeFile(path, [1, 2, 3])
    do {
      let file = try AtomicFile(path: path)
      try file.write(Array(repeating: UInt8(7), count: 1_000_000))
      #expect(folder.names == ["a"], "what is written has no name yet")
    }
    #expect(folder.names == ["a"])
    #expect(try readFile(path) == [1, 2, 3])
    let file = try AtomicFile(path: path)
    try file.write([4] as [UInt8])
    try file.write(Array(repeating: UInt8(7), count: 1_000_000))
    try file.commit()
    #expect(folder.names == ["a"])
    #expect(try readFile(path) == [4] + Array(repeating: 7, count: 1_000_000))
  }

  @Test func permissionsAreTheUsers() throws {
    let folder = try ScratchFolder()
    try AtomicFile(path: folder.file("ours")).commit()
    try writeFile(folder.file("plain"), [])
    var (ours, plain) = (stat(), stat())
    #expect(stat(folder.file("ours"), &ours) == 0 && stat(folder.file("plain"), &plain) == 0)
    #expect(ours.st_mode == plain.st_mode)
  }

  /// Opening a pipe that nobody writes to would wait for ever.
  @Test func pipesAreRefusedAtOnce() throws {
    let folder = try ScratchFolder()
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    #expect(throws: FileError.notAFile(path: folder.file("pipe"))) {
      _ = try MappedFile(path: folder.file("pipe"))
    }
    #expect(throws: FileError.notAFile(path: folder.file("pipe"))) {
      _ = try AtomicFile(path: folder.file("pipe"))
    }
  }

  /// Pieces of every size beside those of the buffers, which another thread writes.
  @Test(arguments: [0, 1, 3, (1 << 19) - 1, 1 << 19, (1 << 19) + 1, 5_000_001])
  func piecesArriveInOrder(_ size: Int) throws {
    let folder = try ScratchFolder()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    // Room is found for fewer, for as many, and for more than come.
    for expected in [0, 2 << 20, 12 << 20] {
      let file = try AtomicFile(path: folder.file("a"), byteCount: expected)
      try file.write(bytes)
      try file.write([1, 2, 3] as [UInt8])
      try file.write(count: size / 4 * 4, unit: 4) { range, target in
        #expect(Int(bitPattern: target) % 4 == 0 && range.count % 4 == 0)
        for index in range {
          target.storeBytes(of: ~bytes[index], toByteOffset: index - range.lowerBound, as: UInt8.self)
        }
      }
      try file.write(bytes)
      #expect(file.count == 2 * size + size / 4 * 4 + 3)
      try file.commit()
      #expect(
        try readFile(folder.file("a")) == bytes + [1, 2, 3] + bytes.prefix(size / 4 * 4).map { ~$0 } + bytes)
    }
    #expect(folder.names == ["a"])
  }

  @Test func roomThatNoDiskHasIsRefusedAtOnce() throws {
    let folder = try ScratchFolder()
    #expect(throws: FileError.self) { _ = try AtomicFile(path: folder.file("a"), byteCount: 1 << 60) }
    #expect(folder.names.isEmpty)
  }
}
