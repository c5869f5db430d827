import Glibc
import Graph
import ONNX

/// Prints what inference knows of each value of a model's main graph, one a line: its name, the number of its element
/// type, and its dimensions by commas, separated by tabs; `-` for what is no tensor, `*` where the rank is unknown.
///
/// usage: infer-types MODEL.onnx
@main
struct InferTypes {
  static func main() {
    guard CommandLine.arguments.count == 2 else { end("usage: infer-types MODEL.onnx", status: 64) }
    do {
      let model = try ONNXReader().model(path: CommandLine.arguments[1])
      let types = try model.upgraded().graph.inferringTypes().types
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
