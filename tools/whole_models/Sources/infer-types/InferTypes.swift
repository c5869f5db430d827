import Glibc
import Graph
import ONNX

/// Prints what inference knows of each value of a model, one a line: its name, the number of its element type, and its
/// dimensions by commas, separated by tabs; `-` for what is no tensor, `*` where the rank is unknown. Values of subgraphs
/// stand among the main graph's, under names that have to be theirs alone.
///
/// usage: infer-types MODEL.onnx
@main
struct InferTypes {
  static func main() {
    guard CommandLine.arguments.count == 2 else { end("usage: infer-types MODEL.onnx", status: 64) }
    do {
      let model = try ONNXReader().model(path: CommandLine.arguments[1])
      var inner: [String: ValueType] = [:]
      let outer = try model.upgraded().graph.inferringTypes(observe: { subgraph, known in
        for name in subgraph.ownValues { inner[name] = known.types[name] }
      })
      let types = outer.types.merging(inner) { outer, _ in outer }
      for (name, type) in types.sorted(by: { $0.key < $1.key }) { print(line(name, type)) }
    } catch {
      end("infer-types: \(CommandLine.arguments[1]): \(error)", status: 1)
    }
  }

  private static func end(_ message: String, status: Int32) -> Never {
    var line = message + "\n"
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(status)
  }

  private static func line(_ name: String, _ type: ValueType) -> String {
    guard case .tensor(let elementType, let shape) = type else { return "\(name)\t-\t*" }
    let dimensions = shape.map { $0.dimensions.map(\.description).joined(separator: ",") }
    return "\(name)\t\(elementType.rawValue)\t\(dimensions ?? "*")"
  }
}

extension Graph {
  /// What the graph's inputs and nodes are the origin of; initializers are known without inference.
  fileprivate var ownValues: [String] { inputs.map(\.name) + nodes.flatMap(\.outputs) }
}
