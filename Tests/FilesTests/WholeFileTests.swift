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
}
