import Graph
import Interpreter
import ONNX
import TestSupport
import Testing

/// What `onnx.checker` says of models that are damaged in one place each, we say too, or more.
@Suite struct ValidatorAgreementTests {
  /// A line of `tools/make_broken_models.py`.
  private struct Damaged {
    let file: String
    let verdict: Substring
    let damage: Substring
    let reason: Substring
  }

  /// Damage that only the checker's full check minds, and why we don't.
  private static let understood = [
    // A negative extent is how some exporters write one that is not known.
    ".dim_value = -7",
    // A body's inputs are of the types that the node gives it.
    "looping.graph.node[0].attribute[0].g.input[1].type",
    // A state's extents may change from turn to turn.
    "looping.graph.node[0].attribute[0].g.output[1].type.tensor_type.shape.dim cleared",
  ]

  /// What is wrong with the model in a file, by whatever finds it first.
  private func complaint(_ path: String) -> String? {
    do {
      let model = try ONNXReader().model(path: path)
      if let problem = model.problems().first { return "\(problem)" }
      _ = try Session(model: model)
      return try model.formalities().first.map { "\($0)" }
    } catch {
      return "\(error)"
    }
  }

  @Test func noBrokenModelIsCalledSound() throws {
    let folder = try ScratchFolder()
    let finished = try run(
      try Peer.python(), ["\(Peer.packageRoot)/tools/make_broken_models.py", folder.path])
    #expect(finished.status == 0, "\(finished.errors)")
    let models = finished.text.split(separator: "\n").map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      return Damaged(
        file: folder.file("\(fields[0]).onnx"), verdict: fields[1], damage: fields[2], reason: fields[3])
    }
    var counts: [Substring: Int] = [:]
    var missed: [String] = []
    var stricter: [String] = []
    for model in models {
      counts[model.verdict, default: 0] += 1
      let complaint = complaint(model.file)
      let isUnderstood =
        model.verdict == "inconsistent" && Self.understood.contains { model.damage.contains($0) }
      if complaint == nil, model.verdict != "sound", !isUnderstood {
        missed.append("\(model.damage): \(model.reason)")
      }
      if let complaint, model.verdict == "sound" { stricter.append("\(model.damage): \(complaint)") }
    }
    #expect(missed.isEmpty, "\(missed.count) of \(models.count): \(missed.joined(separator: "\n"))")
    // Where the checker is content and we are not, the model can't run: each complaint is one of these.
    let reasons = [
      "differ in rank", "don't fit", "input channels, but weights", "can't be reshaped", "elements, found",
      "operator set", "unknown operators", "the function takes", "which no node, input", "is not known",
      "declared without its type", "is declared", "the body gives 0 outputs",
    ]
    let unexplained = stricter.filter { line in !reasons.contains { line.contains($0) } }
    #expect(unexplained.isEmpty, "\(unexplained.count): \(unexplained.joined(separator: "\n"))")
    #expect(
      (counts["broken"] ?? 0) > 1000 && (counts["inconsistent"] ?? 0) > 300 && (counts["sound"] ?? 0) > 300)
  }
}
