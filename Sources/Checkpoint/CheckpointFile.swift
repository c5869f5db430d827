import Files

/// A checkpoint: a file in which a training framework keeps a network's weights and what else it likes.
///
/// Opening maps the file and reads what describes it; numbers are read when a tensor is asked for. Nothing in
/// the file is ever executed.
public struct CheckpointFile: Sendable {
  /// The way a file is written.
  public enum Format: String, Sendable {
    /// A zip archive, PyTorch 1.6 and later.
    case torchZip = "PyTorch"
    /// A zip archive with a compiled network.
    case torchScript = "TorchScript"
    /// Pickles and storages one after the other, PyTorch 0.1.10 to 1.5.
    case torchLegacy = "PyTorch before 1.6"
    /// A tar archive, PyTorch before 0.1.10.
    case torchTar = "PyTorch before 0.1.10"
    /// A plain pickle, as `pickle.dump` writes it.
    case pickle = "pickle"
    /// A safetensors file.
    case safetensors = "safetensors"
    /// An index file beside the files that it names.
    case sharded = "sharded checkpoint"
  }

  /// Where the file is.
  public let path: String
  /// How it is written.
  public let format: Format
  /// All that the file holds.
  public let root: Record
  /// Every part that holds tensors by name, in the order of the file.
  public let candidates: [Candidate]

  init(path: String, format: Format, document: Document) throws(CheckpointError) {
    self.path = path
    self.format = format
    try document.checkNesting()
    root = Record(document: document, id: document.root)
    candidates = try CandidateSearch(root).candidates
  }

  /// Opens the checkpoint at `path`.
  ///
  /// - Throws: `CheckpointError` where it is no checkpoint, damaged, or made to do harm.
  public static func open(
    path: String, limits: CheckpointLimits = CheckpointLimits()
  ) throws(CheckpointError) -> CheckpointFile {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .file(error) }
    return try open(bytes: FileBytes(file), path: path, limits: limits)
  }

  /// Opens the checkpoint in `bytes`; `path` is for messages.
  ///
  /// - Throws: `CheckpointError` where it is no checkpoint, damaged, or made to do harm.
  public static func open(
    bytes: FileBytes, path: String, limits: CheckpointLimits = CheckpointLimits()
  ) throws(CheckpointError) -> CheckpointFile {
    let (document, format) = try FormatDetection.read(bytes, path: path, limits: limits)
    return try CheckpointFile(path: path, format: format, document: document)
  }

  /// The weights under `weightsKey`, or the ones that a person would mean without saying so; its `reason`
  /// says which and why.
  ///
  /// `weightsKey` is the key path of one of `candidates`, or a prefix of the names inside one.
  ///
  /// - Throws: `CheckpointError` where there are none or several, or a tensor's memory is not in the file.
  public func stateDict(weightsKey: String? = nil) throws(CheckpointError) -> StateDict {
    try WeightsChoice(path: path, root: root, candidates: candidates).stateDict(key: weightsKey)
  }

  /// The modules of the network, where the checkpoint holds exactly one that was saved whole.
  public var moduleTree: ModuleTree? {
    let trees = candidates.compactMap(\.moduleTree)
    return trees.count == 1 ? trees[0] : nil
  }

  /// The values with which the network or its training was set up, by the key under which they are kept.
  public var hyperparameters: [(name: String, value: Record)] {
    let keys: Set = [
      "hyper_parameters", "hparams", "args", "config", "cfg", "opt", "meta", "model_args", "train_args",
    ]
    let members = root.members.filter { keys.contains($0.name) }
    guard case .dictionary(let node) = root.document.heap[root.id], format == .safetensors,
      let metadata = node.attributes
    else { return members }
    return members + [("__metadata__", Record(document: root.document, id: metadata))]
  }
}
