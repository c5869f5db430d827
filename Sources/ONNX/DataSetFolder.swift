import Files
import Glibc
import Graph
import OrderedCollections

/// A folder of values by position, `input_0.pb`, `input_1.pb`, …, `output_0.pb`, …: what ONNX's backend tests call a
/// test data set. Unlike NumPy's files it holds every type of value that the standard has.
public struct DataSetFolder: Sendable {
  /// Where the folder is.
  public let path: String

  /// The folder at `path`, which need not exist yet.
  public init(path: String) { self.path = path }

  /// Whether something at `path` is a folder.
  public static func exists(at path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The values for `graph`'s inputs, as far as the folder holds them; the graph's own input list counts positions.
  ///
  /// - Throws: `ONNXError` where a file can't be read, or stands for an input that isn't there.
  public func inputs(of graph: Graph) throws(ONNXError) -> OrderedDictionary<String, RuntimeValue> {
    let count = graph.inputs.count
    guard !exists(.input, count) else {
      throw .graph(path: file(.input, count), .invalid("the model takes only \(count) inputs"))
    }
    var values: OrderedDictionary<String, RuntimeValue> = [:]
    for (index, input) in graph.inputs.enumerated() where exists(.input, index) {
      values[input.name] = try ONNXReader().value(
        path: file(.input, index), as: input.type ?? .tensor(.float32, nil))
    }
    return values
  }

  /// Writes the outputs of `graph`, making the folder where there is none; the graph's own output list counts
  /// positions, so that a value which it lists twice is written twice.
  ///
  /// - Throws: `ONNXError` where the folder can't be made or a file can't be written.
  public func write(
    outputs: OrderedDictionary<String, RuntimeValue>, of graph: Graph
  ) throws(ONNXError) {
    if mkdir(path, 0o777) != 0, errno != EEXIST {
      throw .file(.system(operation: "make the folder", path: path, code: errno))
    }
    for (index, output) in graph.outputs.enumerated() {
      guard let value = outputs[output.name] else { continue }
      try ONNXWriter().write(value, name: output.name, path: file(.output, index))
    }
  }

  private enum Stem: String { case input, output }

  private func file(_ stem: Stem, _ index: Int) -> String { "\(path)/\(stem.rawValue)_\(index).pb" }

  private func exists(_ stem: Stem, _ index: Int) -> Bool { access(file(stem, index), F_OK) == 0 }
}
