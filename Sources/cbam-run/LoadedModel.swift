import CommandSupport
import Graph
import Interpreter
import ONNX
import Vision

/// A model that was read, checked and made ready to run.
struct LoadedModel {
  let path: String
  var session: Session
  let labels: ClassLabels?

  /// Of a broken model the first problems say enough.
  private static let mostProblems = 10

  init(path: String, options: ShowOptions, session sessionOptions: SessionOptions) throws {
    self.path = path
    let model = try ONNXReader().model(path: path)
    let problems = model.problems()
    if !problems.isEmpty {
      let shown = problems.prefix(Self.mostProblems).map(\.description).joined(separator: "; ")
      let more = problems.count - Self.mostProblems
      throw RunError("\(path): \(shown)" + (more > 0 ? "; and \(more) more" : ""))
    }
    session = try naming(path) { try Session(model: model, options: sessionOptions) }
    labels =
      try options.labels.map(LabelsFile.read)
      ?? naming(path) { try ClassLabels(metadata: model.metadata) }
  }

  /// The model as it runs.
  var graph: Graph { session.model.graph }
}
