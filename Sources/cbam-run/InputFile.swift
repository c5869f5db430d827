import CommandSupport
import Files
import Graph
import Interpreter
import ONNX
import OrderedCollections

/// The values that `--inputs` names: NumPy's files, or a folder of an ONNX backend test.
struct InputFile {
  let path: String
  let diagnostics: Diagnostics

  /// A value for each input of `graph` that needs one, in the element type that it declares.
  func values(for graph: Graph) throws -> OrderedDictionary<String, RuntimeValue> {
    if DataSetFolder.exists(at: path) { return try DataSetFolder(path: path).inputs(of: graph) }
    return try arrays(for: graph.requiredInputs)
  }

  private func arrays(for inputs: [Value]) throws -> OrderedDictionary<String, RuntimeValue> {
    let file = try NumPyFile(path: path)
    // One array for one input needs no name.
    if inputs.count == 1, let array = file.single ?? (file.arrays.count == 1 ? file.arrays.values.first : nil)
    {
      return [inputs[0].name: .tensor(try array.tensor(as: inputs[0].type?.elementType))]
    }
    if file.single != nil {
      throw RunError(
        "\(path): the model takes \(inputs.count) inputs ("
          + inputs.map { "'\($0.name)'" }.joined(separator: ", ") + "), which a .npz file names")
    }
    var values: OrderedDictionary<String, RuntimeValue> = [:]
    for input in inputs {
      if case .optional? = input.type, file.arrays[input.name] == nil { continue }
      values[input.name] = .tensor(try file.array(named: input.name).tensor(as: input.type?.elementType))
    }
    let unused = file.arrays.keys.filter { values[$0] == nil }
    if !unused.isEmpty {
      diagnostics.note(
        "\(path): not inputs, left out: " + unused.prefix(10).joined(separator: ", ")
          + (unused.count > 10 ? " and \(unused.count - 10) more" : ""))
    }
    return values
  }
}
