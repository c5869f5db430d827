import Files

/// What can be wrong with a checkpoint, named by its path and, where there is one, its tensor.
public enum CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file can't be opened or mapped.
  case file(FileError)
  /// The file is a damaged zip archive, or one that is made to mislead.
  case zip(ZipError)
  /// The file is of no format that this reader knows; `guess` says what it looks like.
  case unknownFormat(path: String, guess: String?)
  /// A zip archive without `data.pkl`.
  case missingPickle(path: String)
  /// Several `data.pkl` in one archive.
  case severalPickles(path: String, entries: [String])
  /// A pickle inside the file can't be read.
  case pickle(path: String, part: String, PickleError)
  /// The file ends before `part` does.
  case truncated(path: String, part: String)
  /// The file breaks a rule of its format.
  case malformed(path: String, detail: String)
  /// The file holds no storage of that name.
  case storageMissing(path: String, tensor: String, storage: String)
  /// A storage has fewer bytes than a tensor on it reaches to.
  case storageTooShort(path: String, tensor: String, storage: String, needed: Int, found: Int)
  /// A tensor of a kind whose numbers can't be read; `reason` is a clause such as "it is sparse".
  case unreadableTensor(path: String, tensor: String, reason: String)
  /// A tensor that must be copied is larger than `CheckpointLimits.memory`.
  case tensorTooLarge(path: String, tensor: String, shape: [Int], limit: Int)
  /// One of `CheckpointLimits`.
  case limit(path: String, what: String, limit: Int)
  /// Nothing in the file is a network's weights; `found` says what is there.
  case noWeights(path: String, found: String)
  /// Several parts could be the weights and nothing tells which.
  case ambiguousWeights(path: String, candidates: [String])
  /// There is nothing under the key that was asked for.
  case noSuchKey(path: String, key: String, candidates: [String])

  /// One sentence for people.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .zip(let error): "\(error)"
    case .unknownFormat(let path, let guess):
      "\(path): not a checkpoint of a known format: \(guess ?? "PyTorch's, old and new, and safetensors are known")"
    case .missingPickle(let path):
      "\(path): a zip archive, but no PyTorch checkpoint: it holds no data.pkl"
    case .severalPickles(let path, let entries):
      "\(path): a zip archive with several checkpoints (\(entries.joined(separator: ", "))); unpack one"
    case .pickle(let path, let part, let error): "\(path): \(part) can't be read: \(error)"
    case .truncated(let path, let part): "\(path): the file is cut short in \(part)"
    case .malformed(let path, let detail): "\(path): damaged checkpoint: \(detail)"
    case .storageMissing(let path, let tensor, let storage):
      "\(path): tensor '\(tensor)' needs storage '\(storage)', which the file doesn't hold"
    case .storageTooShort(let path, let tensor, let storage, let needed, let found):
      "\(path): tensor '\(tensor)' needs \(needed) bytes of storage '\(storage)', which has only \(found)"
    case .unreadableTensor(let path, let tensor, let reason):
      "\(path): tensor '\(tensor)' can't be read: \(reason)"
    case .tensorTooLarge(let path, let tensor, let shape, let limit):
      "\(path): tensor '\(tensor)' of shape \(shape) would take more than the \(limit) bytes allowed"
    case .limit(let path, let what, let limit): "\(path): more \(what) than the limit of \(limit)"
    case .noWeights(let path, let found): "\(path): no weights found; the file holds \(found)"
    case .ambiguousWeights(let path, let candidates):
      "\(path): several parts could be the weights: \(candidates.joined(separator: ", ")); "
        + "choose one by its key"
    case .noSuchKey(let path, let key, let candidates):
      "\(path): no weights under the key '\(key)'"
        + (candidates.isEmpty ? "" : "; there are \(candidates.joined(separator: ", "))")
    }
  }
}
