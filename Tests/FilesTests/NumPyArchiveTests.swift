import Graph
import OrderedCollections
import TestSupport
import Testing

@testable import Files

@Suite struct NumPyArchiveTests {
  private func tensors() throws -> OrderedDictionary<String, Tensor> {
    [
      "x": try Tensor((0..<6).map { Float($0) / 4 }, shape: [2, 3]),
      "/layer1/conv/Conv_output_0": try Tensor((0..<4).map { Int64($0) }, shape: [4]),
      "../up//é": try Tensor([true, false], shape: [2]),
      "": try Tensor([1.5], shape: []),
      "text": try Tensor(strings: ["a", "bc"], shape: [2]),
      "large": try Tensor((0..<70_000).map { UInt16(truncatingIfNeeded: $0) }, shape: [7, 10_000]),
    ]
  }

  private func write(_ tensors: OrderedDictionary<String, Tensor>, to path: String) throws {
    var writer = try NumPyArchiveWriter(path: path)
    for (name, tensor) in tensors { try writer.add(name, tensor) }
    try writer.finish()
  }

  @Test func archivesTravelBothWays() throws {
    let folder = try ScratchFolder()
    let tensors = try tensors()
    try write(tensors, to: folder.file("ours.npz"))
    let seen = try Peer.run(
      """
      import sys; import zipfile; import numpy as np
      ours = np.load(sys.argv[1] + "/ours.npz")
      assert zipfile.ZipFile(sys.argv[1] + "/ours.npz").testzip() is None
      assert ours["/layer1/conv/Conv_output_0"].tolist() == [0, 1, 2, 3]
      assert (ours["large"] == np.arange(70000).astype("u2").reshape(7, 10000)).all()
      np.savez(sys.argv[1] + "/stored.npz", **ours)
      np.savez_compressed(sys.argv[1] + "/deflated.npz", **ours)
      print([ascii(name) for name in ours.files])
      """, [folder.path])
    #expect(
      seen
        == #"["'x'", "'/layer1/conv/Conv_output_0'", "'../up//\\xe9'", "''", "'text'", "'large'"]"# + "\n")
    for name in ["ours.npz", "stored.npz", "deflated.npz"] {
      let file = try NumPyFile(path: folder.file(name))
      #expect(file.single == nil && Array(file.arrays.keys) == Array(tensors.keys), "\(name)")
      for (key, tensor) in tensors {
        #expect(try file.array(named: key).tensor() == tensor, "\(name): \(key)")
      }
      #expect(throws: NumPyError.missing(path: folder.file(name), name: "y", known: Array(tensors.keys))) {
        try file.array(named: "y")
      }
    }
  }

  @Test func theSameTensorsGiveTheSameBytes() throws {
    let folder = try ScratchFolder()
    try write(try tensors(), to: folder.file("a.npz"))
    try write(try tensors(), to: folder.file("b.npz"))
    #expect(try readFile(folder.file("a.npz")) == readFile(folder.file("b.npz")))
    #expect(folder.names == ["a.npz", "b.npz"])
  }

  @Test func dataBeginAtMultiplesOf64() throws {
    let folder = try ScratchFolder()
    try write(try tensors(), to: folder.file("a.npz"))
    let archive = try ZipArchive(MappedFile(path: folder.file("a.npz")), names: .keys)
    #expect(archive.entries.allSatisfy { $0.dataOffset % 64 == 0 })
    #expect(throws: ZipError.self) { try ZipArchive(MappedFile(path: folder.file("a.npz"))) }
  }

  @Test func takenNamesAreRefusedAndNothingIsLeft() throws {
    let folder = try ScratchFolder()
    #expect(throws: NumPyError.self) {
      var writer = try NumPyArchiveWriter(path: folder.file("a.npz"))
      try writer.add("x", Tensor([1.0], shape: [1]))
      try writer.add("x", Tensor([1.0], shape: [1]))
    }
    #expect(folder.names.isEmpty)
  }

  /// ZIP64's records at small sizes, and at their own size where the number of entries needs them.
  @Test(arguments: [(3, 0), (3, 100), (70_000, Int(UInt32.max))])
  func zip64IsReadByOthers(entries: Int, threshold: Int) throws {
    let folder = try ScratchFolder()
    let path = folder.file("x.zip")
    var writer = try ZipWriter(path: path, zip64Threshold: threshold)
    for index in 0..<entries {
      let bytes = Array("entry \(index)".utf8) + [UInt8](repeating: 7, count: index % 3 * 100)
      try writer.add(
        name: "\(index)", size: bytes.count, crc32: ZipArchive.crc32(of: FileBytes(copying: bytes))
      ) { try $0.write(bytes) }
    }
    try writer.finish()
    let archive = try ZipArchive(MappedFile(path: path))
    #expect(archive.entries.count == entries)
    for entry in archive.entries {
      try archive.checkCRC(of: entry)
      #expect(try archive.contents(of: entry).array.starts(with: Array("entry \(entry.name)".utf8)))
    }
    try Peer.run(
      """
      import sys; import zipfile
      archive = zipfile.ZipFile(sys.argv[1])
      assert archive.testzip() is None
      assert archive.namelist() == [str(index) for index in range(\(entries))]
      assert archive.read("2") == b"entry 2" + bytes([7] * 200)
      """, [path])
  }
}
