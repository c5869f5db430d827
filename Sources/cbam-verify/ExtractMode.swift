import CommandSupport
import Files
import Glibc
import Graph
import Interpreter
import ONNX
import OrderedCollections

/// `--extract` and `--reduce`: part of a model with its real inputs, as an ONNX backend test folder.
struct ExtractMode {
  let subject: VerifiedModel
  let inputs: OrderedDictionary<String, RuntimeValue>
  let folder: String
  let asJSON: Bool

  private struct Report: Encodable {
    let folder: String
    let nodes: [String]
    let operators: [String]
    let inputs: [String]
    let outputs: [String]
    let tolerance: Double?
  }

  /// Writes the nodes of these names.
  func extract(_ names: [String]) throws {
    do {
      let verifier = Verifier(subject.session)
      try write(try verifier.extract(names, of: subject.model, inputs: inputs))
    } catch let error as InterpreterError {
      throw VerifyError("\(subject.path): \(error)")
    }
  }

  /// Writes the smallest part that still shows a defect: of ours, or with a dump of the other runtime.
  func reduce(against dump: String?, options: SessionOptions) throws {
    let verifier = Verifier(subject.session)
    let progress = Progress()
    var tried = 0
    let smallest: Extraction?
    if let dump {
      // The other runtime can't be asked again: the node at which both part is the smallest part there is.
      let theirs = try AgainstMode.tensors(in: dump)
      try AgainstMode.checkInputs(inputs, of: dump, theirs)
      let comparison = try verifier.compare(inputs, with: theirs)
      smallest = try comparison.first.map { first in
        try verifier.extract([first.name], of: subject.model, inputs: inputs)
      }
    } else {
      smallest = try verifier.reduce(subject.model, inputs: inputs) { part in
        tried += 1
        progress.show(tried, of: tried, "parts tried")
        let report = try Verifier(try Session(model: part.model, options: options)).verify(part.inputs)
        return !report.defects.isEmpty
      }
    }
    progress.clear()
    guard let smallest else {
      throw VerifyError(
        "\(subject.path): shows no difference that rounding does not explain; there is nothing to reduce")
    }
    try write(smallest)
  }

  private func write(_ extraction: Extraction) throws {
    let data = "\(folder)/test_data_set_0"
    for path in [folder, data] where mkdir(path, 0o777) != 0 && errno != EEXIST {
      throw VerifyError("\(path): can't make the folder: \(String(cString: strerror(errno)))")
    }
    try ONNXWriter().write(extraction.model, path: "\(folder)/model.onnx")
    for (index, (name, value)) in extraction.inputs.elements.enumerated() {
      try ONNXWriter().write(value, name: name, path: "\(data)/input_\(index).pb")
    }
    for (index, (name, value)) in extraction.outputs.elements.enumerated() {
      try ONNXWriter().write(value, name: name, path: "\(data)/output_\(index).pb")
    }
    // Where sums cancel, the suite's usual tolerances would blame what rounding explains.
    if let tolerance = extraction.tolerance {
      let file = try AtomicFile(path: "\(folder)/data.json")
      try file.write(Array("{\"atol\": \(tolerance), \"rtol\": 0.001}\n".utf8))
      try file.commit()
    }
    let nodes = extraction.model.graph.nodes
    let results = ResultStream()
    if asJSON {
      return try results.json(
        Report(
          folder: folder, nodes: nodes.map { $0.name.isEmpty ? $0.outputs.first ?? "" : $0.name },
          operators: nodes.map(\.operatorType), inputs: Array(extraction.inputs.keys),
          outputs: Array(extraction.outputs.keys), tolerance: extraction.tolerance))
    }
    try results.line(
      "\(folder): \(nodes.count) nodes (\(StepsMode.summary(nodes.map(\.operatorType)))), "
        + "\(extraction.inputs.count) inputs, \(extraction.outputs.count) outputs")
  }
}
