import Files

/// Tells by its first bytes how a file is written, and reads it.
enum FormatDetection {
  static func read(
    _ bytes: FileBytes, path: String, limits: CheckpointLimits
  ) throws(CheckpointError) -> (Document, CheckpointFile.Format) {
    if bytes.holds("PK\u{3}\u{4}") || bytes.holds("PK\u{5}\u{6}") {
      let archive: ZipArchive
      do { archive = try ZipArchive(bytes: bytes, path: path) } catch { throw .zip(error) }
      return try TorchZip.read(archive, limits: limits)
    }
    if Safetensors.begins(bytes) {
      return (try Safetensors.read(bytes, path: path, limits: limits), .safetensors)
    }
    if TorchTar.begins(bytes) { return (try TorchTar.read(bytes, path: path, limits: limits), .torchTar) }
    if TorchLegacy.begins(bytes) {
      return (try TorchLegacy.read(bytes, path: path, limits: limits), .torchLegacy)
    }
    if PlainPickle.begins(bytes) {
      return (try PlainPickle.read(bytes, path: path, limits: limits), .pickle)
    }
    if ShardedCheckpoint.begins(bytes) {
      return (try ShardedCheckpoint.read(bytes, path: path, limits: limits), .sharded)
    }
    throw .unknownFormat(path: path, guess: guess(bytes))
  }

  /// What a file that is no checkpoint looks like.
  private static func guess(_ bytes: FileBytes) -> String? {
    if bytes.count == 0 { return "it is empty" }
    if bytes.holds("version https://git-lfs") { return "a Git LFS pointer: fetch the file itself" }
    if bytes[0] == 0x89, bytes.holds("HDF", at: 1) { return "an HDF5 file, as Keras writes" }
    if bytes[0] == 0x1F, bytes[1] == 0x8B { return "compressed by gzip: unpack it first" }
    if bytes[0] == 0x93, bytes.holds("NUMPY", at: 1) { return "a NumPy array" }
    if bytes.holds("GGUF") { return "a GGUF file" }
    if bytes.holds("7z") || bytes.holds("BZh") || (bytes[0] == 0xFD && bytes.holds("7zXZ", at: 1)) {
      return "compressed: unpack it first"
    }
    if bytes[0] == UInt8(ascii: "<") { return "a web page: the download may have failed" }
    if bytes[0] == 0x08, let version = bytes[1], version < 32, bytes[2] == 0x12 { return "an ONNX model" }
    return nil
  }
}
