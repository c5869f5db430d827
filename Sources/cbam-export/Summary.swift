import CommandSupport
import Export
import Graph

/// What was written, for people or machines.
struct Summary {
  let path: String
  let bytes: Int
  let exported: ExportedModel

  private struct Object: Encodable {
    let file: String
    let bytes: Int
    let opset: Int
    let nodes: Int
    let input: String
    let outputs: [String]
    let network: [String: String]
    let metadata: [String: String]
  }

  func print(asJSON: Bool) throws {
    let graph = exported.model.graph
    let results = ResultStream()
    let facts = exported.architecture.facts
    if asJSON {
      let object = Object(
        file: path, bytes: bytes, opset: exported.model.opset ?? 0, nodes: graph.nodes.count,
        input: graph.inputs.first?.type?.description ?? "", outputs: graph.outputs.map(\.name),
        network: Dictionary(facts.map { ($0.label, $0.value) }) { first, _ in first },
        metadata: Dictionary(exported.model.metadata.map { ($0.key, $0.value) }) { first, _ in first })
      return try results.json(object)
    }
    let width = facts.map(\.label.count).max() ?? 0
    for fact in facts {
      try results.line(fact.label + String(repeating: " ", count: width - fact.label.count + 2) + fact.value)
    }
    try results.line(
      "\(path): \(sizeText(bytes)), opset \(exported.model.opset ?? 0), \(graph.nodes.count) nodes, "
        + "input \(graph.inputs.first?.type?.description ?? "")")
  }
}

/// Bytes as people say them: `4.6 MB`.
func sizeText(_ bytes: Int) -> String {
  var value = Double(bytes)
  var unit = "B"
  for next in ["kB", "MB", "GB", "TB"] where value >= 1000 {
    value /= 1000
    unit = next
  }
  if unit == "B" { return "\(bytes) B" }
  let tenths = Int((value * 10).rounded())
  return tenths >= 1000 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
}
