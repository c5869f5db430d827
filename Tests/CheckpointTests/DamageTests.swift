import Files
import Graph
import OrderedCollections
import Testing

@testable import Checkpoint

/// Files that are cut, changed or made to do harm end in an error or in values, never in a crash.
@Suite struct DamageTests {
  /// One file of each format.
  static let files = [
    "newest/state_dict.pt", "newest/deflated.pt", "newest/zip64.pt", "newest/legacy_views.pt",
    "newest/tar.pth",
    "newest/types.safetensors", "newest/tensors.pkl", "newest/numpy_protocol5.pkl", "newest/quantized.pt",
    "oldest/objects.pt", "oldest/module.pt",
  ]

  /// Opens and reads all of it, as the exporter would.
  static func readAll(_ bytes: FileBytes) throws {
    var limits = CheckpointLimits()
    limits.memory = 1 << 24
    let file = try CheckpointFile.open(bytes: bytes, path: "x", limits: limits)
    _ = try Outline(file, limit: 1000)
    for tensor in try file.stateDict().tensors.values { _ = try tensor.tensor() }
  }

  @Test(arguments: files) func everyCutIsAnError(name: String) throws {
    let bytes = try Fixtures.bytes(name)
    // The last bytes of a tar archive are padding, those of a legacy file the last storage.
    let padding = name.hasSuffix("tar.pth") ? 8192 : 0
    let step = bytes.count > 2500 ? 29 : 3
    for length in stride(from: 0, to: bytes.count - padding, by: step) {
      let cut = try #require(bytes.slice(offset: 0, length: length))
      #expect(throws: CheckpointError.self, "the first \(length) bytes of \(name)") { try Self.readAll(cut) }
    }
  }

  @Test(arguments: files) func changedBytesDoNoHarm(name: String) throws {
    let original = try Fixtures.bytes(name).array
    var random = SplitMix64(seed: 7)
    for round in 0..<150 {
      var bytes = original
      for _ in 0..<(1 + round % 4) {
        let position = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[position] ^= 1 << UInt8(random.next() % 8)
        case 2: bytes[position] = 0xFF
        default: bytes.remove(at: position)
        }
      }
      // Whatever comes of it, it comes: the process is still here.
      _ = try? Self.readAll(FileBytes(copying: bytes))
    }
  }

  @Test func aTensorWithoutItsStorageIsNamed() throws {
    let bytes = try Fixtures.bytes("newest/state_dict.pt").array
    // "data/0" becomes "data/9" in both places where the archive says it.
    let renamed = replacing("state_dict/data/0", with: "state_dict/data/9", in: bytes)
    let file = try CheckpointFile.open(bytes: FileBytes(copying: renamed), path: "x")
    #expect(throws: CheckpointError.storageMissing(path: "x", tensor: "conv.weight", storage: "0")) {
      try file.stateDict()
    }
  }

  @Test func aTensorBeyondItsStorageIsNamed() throws {
    var program = Array("}U\u{6}weight".utf8) + Array("ctorch._utils\n_rebuild_tensor_v2\n(".utf8)
    program += Array("(U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuK\u{4}tQ".utf8)
    program += Array("K\u{1}(K\u{2}K\u{2}t(K\u{2}K\u{1}t".utf8) + [0x89] + Array("}tRs.".utf8)
    var machine = PickleMachine(
      input: FileBytes(copying: program), persistentIDs: .storages, limits: CheckpointLimits())
    let root = try machine.run()
    let storage = Storage(
      key: "0", source: .bytes(FileBytes(copying: [UInt8](repeating: 0, count: 16))), isBigEndian: false)
    let document = Document(
      path: "x", heap: machine.heap, root: root, storages: [storage], limits: CheckpointLimits())
    let file = try CheckpointFile(path: "x", format: .torchZip, document: document)
    #expect(
      throws: CheckpointError.storageTooShort(
        path: "x", tensor: "weight", storage: "0", needed: 20, found: 16)
    ) { try file.stateDict() }
  }

  @Test func anExpandedTensorMayNotTakeAllMemory() throws {
    let node = TensorNode(storage: 0, type: .float32, shape: [1 << 20, 1 << 20], strides: [0, 0])
    let storage = Storage(
      key: "0", source: .bytes(FileBytes(copying: [0, 0, 0, 0])), isBigEndian: false)
    let document = Document(
      path: "x", heap: PickleHeap(), root: 0, storages: [storage], limits: CheckpointLimits())
    let tensor = document.tensor(node).named("w")
    #expect(
      throws: CheckpointError.tensorTooLarge(
        path: "x", tensor: "w", shape: [1 << 20, 1 << 20], limit: CheckpointLimits().memory)
    ) { try tensor.tensor() }
  }

  @Test func filesOfOtherKindsAreNamed() {
    func message(_ bytes: [UInt8]) -> String {
      do {
        _ = try CheckpointFile.open(bytes: FileBytes(copying: bytes), path: "x")
        return "opened"
      } catch {
        return "\(error)"
      }
    }
    #expect(message([]) == "x: not a checkpoint of a known format: it is empty")
    #expect(
      message([1, 2, 3])
        == "x: not a checkpoint of a known format: PyTorch's, old and new, and safetensors are known")
    #expect(message(Array("<html>".utf8)).contains("a web page"))
    #expect(message(Array("version https://git-lfs.github.com/spec/v1\n".utf8)).contains("Git LFS pointer"))
    #expect(message([0x89] + Array("HDF\r\n".utf8)).contains("HDF5"))
    #expect(message([0x1F, 0x8B, 8]).contains("gzip"))
    #expect(message([0xFD] + Array("7zXZ\0".utf8)).contains("unpack it first"))
    #expect(message(Array("{\"a\": 1}".utf8)).contains("weight_map"))
    #expect(message([0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)).contains("it holds no data.pkl"))
    #expect(throws: CheckpointError.self) { try CheckpointFile.open(path: "/nowhere/at/all.pt") }
  }

  private func replacing(_ old: String, with new: String, in bytes: [UInt8]) -> [UInt8] {
    let old = Array(old.utf8)
    var result = bytes
    for start in 0...(bytes.count - old.count) where Array(bytes[start..<(start + old.count)]) == old {
      result.replaceSubrange(start..<(start + old.count), with: Array(new.utf8))
    }
    return result
  }
}

/// Steele, Lea and Flood's generator: the same numbers everywhere for one seed.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
