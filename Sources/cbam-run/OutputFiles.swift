import CommandSupport
import Files
import Graph
import Interpreter
import ONNX
import OrderedCollections

/// The files that `--outputs` and `--dump-tensors` name. They appear whole when all is done, or not at all.
final class OutputFiles {
  private let outputsPath: String?
  private let graph: Graph
  private var outputs: OrderedDictionary<String, [RuntimeValue]> = [:]
  private var archive: NumPyArchiveWriter?
  private var dumped: Set<String> = []
  private var skipped: [String] = []

  init(_ options: TensorOptions, graph: Graph) throws {
    outputsPath = options.outputs
    self.graph = graph
    archive = try options.dumpTensors.map { try NumPyArchiveWriter(path: $0) }
  }

  /// Whether no file is wanted.
  var isEmpty: Bool { outputsPath == nil && archive == nil }
  /// Whether every value is wanted.
  var dumps: Bool { archive != nil }

  /// Writes a value into the dump.
  func dump(_ name: String, _ value: RuntimeValue) throws {
    guard archive != nil, dumped.insert(name).inserted else { return }
    guard let tensor = value.tensor else {
      skipped.append(name)
      return
    }
    try archive?.add(name, tensor)
  }

  /// Keeps an output of one run; those of several runs are put together along the first dimension.
  func add(_ name: String, _ value: RuntimeValue) throws {
    // An output may be an input or a constant, which no node writes.
    try dump(name, value)
    guard outputsPath != nil else { return }
    outputs[name, default: []].append(value)
  }

  /// Puts the files in their places.
  func finish(_ diagnostics: Diagnostics) throws {
    if let path = outputsPath { try writeOutputs(path) }
    if let archive {
      self.archive = nil
      try archive.finish()
    }
    if !skipped.isEmpty {
      diagnostics.note("not tensors, left out of the dump: " + skipped.joined(separator: ", "))
    }
  }

  private func writeOutputs(_ path: String) throws {
    if path.hasSuffix("/") || DataSetFolder.exists(at: path) {
      var values: OrderedDictionary<String, RuntimeValue> = [:]
      for (name, runs) in outputs {
        values[name] = if runs.count == 1 { runs[0] } else { .tensor(try tensor(name, runs)) }
      }
      try DataSetFolder(path: path).write(outputs: values, of: graph)
      return
    }
    if path.hasSuffix(".npy") {
      guard outputs.count == 1, let only = outputs.elements.first else {
        throw RunError("\(path): the model has \(outputs.count) outputs, which a .npz file names")
      }
      try tensor(only.key, only.value).writeNumPy(path: path)
      return
    }
    var writer = try NumPyArchiveWriter(path: path)
    for (name, runs) in outputs { try writer.add(name, tensor(name, runs)) }
    try writer.finish()
  }

  /// What an output was in each run, along the first dimension.
  private func tensor(_ name: String, _ runs: [RuntimeValue]) throws -> Tensor {
    let tensors = try runs.map { value in
      guard let tensor = value.tensor else {
        throw RunError(
          "output '\(name)' is \(value.type), which NumPy's files can't hold: name a folder (with / at its end)"
        )
      }
      return tensor
    }
    if tensors.count == 1, let only = tensors.first { return only }
    do {
      return try Tensor.stacking(tensors)
    } catch {
      throw RunError("output '\(name)' of several pictures can't be put together: \(error)")
    }
  }
}
