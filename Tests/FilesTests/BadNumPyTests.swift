import Files
import Graph
import TestSupport
import Testing

@Suite struct BadNumPyTests {
  private func npy(_ header: String, data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
    let length = header.utf8.count
    let size =
      version == 1
      ? [UInt8(length & 255), UInt8(length >> 8)] : [UInt8(length & 255), UInt8(length >> 8), 0, 0]
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(header.utf8) + data
  }

  private func sentence(_ bytes: [UInt8]) -> String {
    do {
      let array = try NumPyArray(npy: FileBytes(copying: bytes), label: "x.npy")
      return "read \(try array.tensor().shape)"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", "read [1]"),
    ("{\"shape\":(1L,),\"fortran_order\":True,\"descr\":\"=i4\"}", "read [1]"),
    ("{'descr': '|V4', 'fortran_order': False, 'shape': (1,), }", "'|V4' can't be read"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "astype('U')"),
    ("{'descr': '<M8[D]', 'fortran_order': False, 'shape': (1,), }", "'<M8[D]' can't be read"),
    ("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", "'<f16' can't be read"),
    ("{'descr': '<i3', 'fortran_order': False, 'shape': (1,), }", "'<i3' can't be read"),
    ("{'descr': '<U99999999999999999999', 'fortran_order': False, 'shape': (1,), }", "can't be read"),
    ("{'descr': [('a', '<i4'), ('b]', '<f4')], 'fortran_order': False, 'shape': (1,), }", "save each field"),
    ("{'descr': '<f4', 'fortran_order': False}", "its keys are descr, fortran_order"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': True}", "its keys are"),
    ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': 'no', 'shape': (1,)}", "neither True nor False"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}", "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': '1'}", "shape is no tuple"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "announces 8 bytes of data, the file has 4"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", "no dictionary"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "announces 0 bytes of data, the file has 4"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", "the file has 4"),
    ("__import__('os').system('true')", "no dictionary"),
    ("{'descr': '<f4", "no dictionary"),
    ("", "no dictionary"),
  ])
  func headersAreTakenAtTheirWord(header: String, expected: String) {
    for version in [1, 2, 3] as [UInt8] {
      let found = sentence(npy(header, data: [0, 0, 128, 63], version: version))
      #expect(found.contains(expected), "\(header): \(found)")
      #expect(!found.contains("\n"))
    }
  }

  @Test func emptyTextsHaveALimit() {
    func header(_ shape: String) -> [UInt8] {
      npy("{'descr': '<U0', 'fortran_order': True, 'shape': \(shape), }")
    }
    #expect(sentence(header("(2, 3)")) == "read [2, 3]")
    #expect(sentence(header("(1048577,)")).contains("empty texts"))
    #expect(sentence(header("(4294967296, 4294967296)")).contains("empty texts"))
    #expect(
      sentence(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (4294967296, 4294967296, 0), }"))
        == "read [4294967296, 4294967296, 0]")
  }

  @Test func damageIsAnErrorWhereverItIs() throws {
    let whole = npy(
      "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }\n", data: [UInt8](repeating: 1, count: 16))
    #expect(sentence(whole) == "read [2, 2]")
    for length in whole.indices {
      #expect(!sentence(Array(whole[..<length])).hasPrefix("read"), "\(length)")
    }
    #expect(!sentence(whole + [0]).hasPrefix("read"))
    for position in whole.indices {
      for value in [0, 0x20, 0x27, 0x28, 0x39, 0x7F, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[position] = value
        _ = sentence(bytes)
      }
    }
    #expect(sentence([0x93] + Array("NUMPY".utf8) + [4, 0, 0, 0]).contains("version 4.0"))
    #expect(sentence([0x93] + Array("NUMPY".utf8) + [2, 0, 0, 0, 0, 1]).contains("16777216 bytes long"))
  }

  @Test func filesThatAreNeither() throws {
    let folder = try ScratchFolder()
    let path = folder.file("x.npz")
    try writeFile(path, Array("hello".utf8))
    #expect(throws: NumPyError.notNumPy(path: path)) { try NumPyFile(path: path) }
    try writeFile(path, [])
    #expect(throws: NumPyError.notNumPy(path: path)) { try NumPyFile(path: path) }
    try Peer.run(
      """
      import sys; import zipfile
      with zipfile.ZipFile(sys.argv[1], "w") as archive: archive.writestr("readme.txt", "x")
      """, [path])
    #expect(throws: NumPyError.notNumPy(path: "\(path): 'readme.txt'")) { try NumPyFile(path: path) }
    var writer = try NumPyArchiveWriter(path: path)
    try writer.add("x", Tensor([1.0, 2.0], shape: [2]))
    try writer.finish()
    var bytes = try readFile(path)
    bytes[64 + 128 + 3] ^= 1  // in the data
    try writeFile(path, bytes)
    #expect(throws: ZipError.checksum(path: path, entry: "x.npy")) { try NumPyFile(path: path) }
  }
}
