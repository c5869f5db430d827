import Files
import Graph
import Testing

@testable import Checkpoint

/// The checkpoints in `Fixtures`, each with what PyTorch reads from it.
enum Fixtures {
  static let folder = "\(#filePath)".split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/Fixtures"

  /// One file, or one part of it, and what is in it.
  struct Case: Sendable, CustomTestStringConvertible {
    let set: String
    let file: String
    let json: JSONValue

    var path: String { "\(folder)/\(set)/\(file)" }
    var weightsKey: String? { json["weightsKey"]?.string }
    var testDescription: String { "\(set)/\(file)\(weightsKey.map { " \($0)" } ?? "")" }

    /// Name, type, shape and numbers of every tensor; the numbers are `nil` where the tensor is refused.
    var tensors: [(name: String, dtype: String, shape: [Int], values: [Double]?, refusal: String?)] {
      guard case .object(let members) = json["tensors"] else { return [] }
      return members.map { name, value in
        guard case .array(let numbers) = value["values"] else {
          return (name, "", [], nil, value["refused"]?.string)
        }
        let values = numbers.map { number -> Double in
          switch number {
          case .number(let value): value
          case .string(let text): Double(text) ?? -.greatestFiniteMagnitude
          default: -.greatestFiniteMagnitude
          }
        }
        return (name, value["dtype"]?.string ?? "", value["shape"]?.extents ?? [], values, nil)
      }
    }
  }

  static let cases: [Case] = ["newest", "oldest"].flatMap { set -> [Case] in
    guard let file = try? MappedFile(path: "\(folder)/\(set)/expected.json"),
      let json = try? JSONReader.read(FileBytes(file), limit: 1_000_000),
      case .array(let cases) = json["cases"]
    else { return [] }
    return cases.map { Case(set: set, file: $0["file"]?.string ?? "", json: $0) }
  }

  static func open(_ name: String) throws -> CheckpointFile {
    try CheckpointFile.open(path: "\(folder)/\(name)")
  }

  static func bytes(_ name: String) throws -> FileBytes {
    FileBytes(try MappedFile(path: "\(folder)/\(name)"))
  }

  /// The numbers of a tensor as the fixtures write them: complex ones as real and imaginary part by turns.
  static func numbers(_ tensor: Tensor) throws -> [Double] {
    switch tensor.elementType {
    case .complex64:
      return tensor.withBytes { Array($0.assumingMemoryBound(to: Float.self)).map(Double.init) }
    case .complex128: return tensor.withBytes { Array($0.assumingMemoryBound(to: Double.self)) }
    default: return try tensor.doubles()
    }
  }
}
