import Files

/// The format of PyTorch 1.6 and later: a zip archive with `data.pkl` and one entry for each storage
/// (`torch/serialization.py`, `caffe2/serialize/inline_container.cc`).
enum TorchZip {
  static func read(
    _ archive: ZipArchive, limits: CheckpointLimits
  ) throws(CheckpointError) -> (Document, CheckpointFile.Format) {
    let pickles = archive.entries.filter {
      let parts = $0.name.split(separator: "/")
      return parts.last == "data.pkl" && parts.count <= 2
    }
    guard let pickle = pickles.first else { throw .missingPickle(path: archive.path) }
    guard pickles.count == 1 else {
      throw .severalPickles(path: archive.path, entries: pickles.map(\.name))
    }
    let folder = String(pickle.name.dropLast("data.pkl".count))
    let input: FileBytes
    let isBigEndian: Bool
    do {
      // The pickle is small and decides everything, so its checksum is worth its time; unpacking checks it too.
      if pickle.method == .stored { try archive.checkCRC(of: pickle) }
      input = try archive.contents(of: pickle, limit: limits.unpackedPickle)
      isBigEndian = try byteOrder(archive, folder) == "big"
    } catch {
      throw .zip(error)
    }
    var machine = PickleMachine(input: input, persistentIDs: .storages, limits: limits)
    let root: NodeID
    do { root = try machine.run() } catch {
      throw .pickle(path: archive.path, part: pickle.name, error)
    }
    let storages = machine.heap.storages.map { node in
      storage(node, archive, folder, isBigEndian: isBigEndian)
    }
    let document = Document(
      path: archive.path, heap: machine.heap, root: root, storages: storages, limits: limits)
    let isScript = archive["\(folder)constants.pkl"] != nil
    return (document, isScript ? .torchScript : .torchZip)
  }

  private static func byteOrder(_ archive: ZipArchive, _ folder: String) throws(ZipError) -> String {
    guard let entry = archive["\(folder)byteorder"], entry.uncompressedSize < 64 else { return "little" }
    return String(decoding: try archive.contents(of: entry).array, as: UTF8.self)
  }

  private static func storage(
    _ node: StorageNode, _ archive: ZipArchive, _ folder: String, isBigEndian: Bool
  ) -> Storage {
    if let inline = node.inline {
      return Storage(key: node.key, source: .bytes(inline), isBigEndian: node.isBigEndian)
    }
    guard let entry = archive["\(folder)data/\(node.key)"] else {
      return Storage(key: node.key, source: .missing, isBigEndian: false)
    }
    if entry.method == .stored, let bytes = try? archive.contents(of: entry) {
      return Storage(key: node.key, source: .bytes(bytes), isBigEndian: isBigEndian)
    }
    return Storage(key: node.key, source: .packed(archive, entry), isBigEndian: isBigEndian)
  }
}
