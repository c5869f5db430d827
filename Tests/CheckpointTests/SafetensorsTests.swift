import Files
import Testing

@testable import Checkpoint

/// The format's rules, each broken once.
@Suite struct SafetensorsTests {
  private func message(_ header: String, data: Int, length: UInt64? = nil) -> String? {
    let text = Array(header.utf8)
    let size = length ?? UInt64(text.count)
    let bytes =
      withUnsafeBytes(of: size.littleEndian) { Array($0) } + text + [UInt8](repeating: 0, count: data)
    do {
      _ = try CheckpointFile.open(bytes: FileBytes(copying: bytes), path: "x")
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func tensor(_ name: String, _ range: String, shape: String = "[2]", dtype: String = "F32") -> String
  {
    "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(range)]}"
  }

  @Test func theRulesAreEnforced() {
    let a = tensor("a", "0,8")
    #expect(message("{\(a)}", data: 8) == nil)
    #expect(message("{\(a),\(tensor("b", "8,16"))}  ", data: 16) == nil)
    #expect(message("{\"__metadata__\":{\"k\":\"v\"},\(a)}", data: 8) == nil)
    let damaged = "x: damaged checkpoint: "
    #expect(message("{\(a),\(tensor("b", "4,12"))}", data: 12) == damaged + "tensors 'a' and 'b' overlap")
    #expect(
      message("{\(a),\(tensor("b", "12,20"))}", data: 20)
        == damaged + "there is a gap between 'a' and tensor 'b'")
    #expect(
      message("{\(tensor("a", "8,16"))}", data: 16)
        == damaged + "there is a gap between 'the header' and tensor 'a'")
    #expect(message("{\(a)}", data: 9) == damaged + "1 bytes follow the last tensor")
    #expect(message("{\(a)}", data: 7) == "x: the file is cut short in tensor 'a'")
    #expect(
      message("{\(tensor("a", "0,8", shape: "[3]"))}", data: 8)
        == damaged + "tensor 'a' of type F32 and shape [3] doesn't fill its 8 bytes")
    #expect(
      message("{\(tensor("a", "0,8", shape: "[9007199254740992,9007199254740992,4]"))}", data: 8)?
        .contains("doesn't fill") == true)
    #expect(
      message("{\(tensor("a", "0,8", dtype: "F99"))}", data: 8)
        == damaged + "tensor 'a' has the unknown type 'F99'")
    #expect(message("{\(a),\(a)}", data: 8)?.contains("the name 'a' is there twice") == true)
    #expect(
      message("{\(tensor("a", "8,0"))}", data: 8)?.contains("lacks dtype, shape or data_offsets") == true)
    #expect(message("{\(tensor("a", "-8,0"))}", data: 8)?.contains("lacks dtype") == true)
    #expect(message("{\"a\":{\"dtype\":\"F32\"}}", data: 0)?.contains("lacks dtype") == true)
    #expect(message("{\"__metadata__\":{\"k\":1}}", data: 0)?.contains("is no string") == true)
    #expect(message("{\(a)", data: 0)?.contains("its header is no JSON") == true)
    #expect(message("{\(a)}", data: 8, length: 100_000_001)?.contains("100 MB") == true)
    #expect(message("{\(a)}", data: 8, length: 5000) == "x: the file is cut short in its header")
    #expect(message("{\"a\":" + String(repeating: "[", count: 500), data: 0)?.contains("too deep") == true)
  }

  @Test func anIndexMayNotLeaveItsFolder() throws {
    for name in ["../secret.bin", "/etc/passwd", "..", "", "a/b"] {
      let json = "{\"weight_map\": {\"w\": \"\(name)\"}}"
      #expect(
        throws: CheckpointError.malformed(
          path: "x", detail: "tensor 'w' is said to be in a file outside this folder")
      ) { try CheckpointFile.open(bytes: FileBytes(copying: Array(json.utf8)), path: "x") }
    }
  }
}
