import Files
import Glibc
import Graph
import TestSupport
import Testing

/// Bytes of a mapped file that nobody needs for now leave memory, and come back when they are read.
@Suite struct MappedPagesTests {
  @Test func wholePagesInsideLeave() throws {
    let folder = try ScratchFolder()
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let contents = (0..<29 * page + 100).map { UInt8(truncatingIfNeeded: $0 / page + $0) }
    try writeFile(folder.file("weights"), contents)
    let file = try MappedFile(path: folder.file("weights"))
    #expect(Array(file.bytes) == contents)
    #expect(try presentPages(file.bytes).allSatisfy { $0 })
    // From the middle of the second page to the middle of the 26th: whole ones between.
    let part = UnsafeRawBufferPointer(rebasing: file.bytes[page + 100..<25 * page + 100])
    let tensor = try Tensor(viewing: part, owner: file, elementType: .uint8, shape: [part.count])
    tensor.giveUpMemory()
    let left = try presentPages(file.bytes)
    #expect(left.enumerated().filter { !$0.element }.map(\.offset) == Array(2...24))
    #expect(try tensor.elements(of: UInt8.self) == Array(contents[page + 100..<25 * page + 100]))
    #expect(Array(file.bytes) == contents)
  }

  /// The last page belongs to the mapping even where the file ends in its middle.
  @Test func theLastPageLeavesToo() throws {
    let folder = try ScratchFolder()
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let contents = (0..<20 * page + 7).map { UInt8(truncatingIfNeeded: $0) }
    try writeFile(folder.file("weights"), contents)
    let file = try MappedFile(path: folder.file("weights"))
    #expect(Array(file.bytes) == contents)
    file.giveUpMemory(of: UnsafeRawBufferPointer(rebasing: file.bytes[page...]))
    #expect(try presentPages(file.bytes) == [true] + [Bool](repeating: false, count: 20))
    #expect(Array(file.bytes) == contents)
  }

  /// Tensors of a checkpoint are often smaller than what is dropped at a time, and lie close together.
  @Test func smallPartsLeaveTogether() throws {
    let folder = try ScratchFolder()
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let contents = (0..<64 * page).map { UInt8(truncatingIfNeeded: $0 / page + $0) }
    try writeFile(folder.file("weights"), contents)
    let file = try MappedFile(path: folder.file("weights"))
    #expect(Array(file.bytes) == contents)
    // Ten parts of three and a half pages, half a page between them, from the second page on.
    for part in 0..<10 {
      let start = page + part * 4 * page
      file.giveUpMemory(of: UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + 7 * page / 2]))
    }
    // What lies far behind doesn't go on from there.
    file.giveUpMemory(of: UnsafeRawBufferPointer(rebasing: file.bytes[62 * page..<63 * page]))
    let left = try presentPages(file.bytes).enumerated().filter { !$0.element }.map(\.offset)
    #expect(left.first == 1 && left.count >= 32 && left == Array(1...(left.last ?? 0)), "\(left)")
    #expect((left.last ?? 0) < 41)
    #expect(Array(file.bytes) == contents)
  }

  /// Memory of one's own would be lost.
  @Test func ownedMemoryStays() throws {
    let tensor = try Tensor([Float](repeating: 3, count: 100_000), shape: [100_000])
    tensor.giveUpMemory()
    #expect(try tensor.elements(of: Float.self).allSatisfy { $0 == 3 })
  }
}
