import CommandSupport
import Files
import Graph
import Interpreter
import ONNX
import OrderedCollections
import Vision

/// A model that was read, checked and made ready to run.
struct VerifiedModel {
  let path: String
  /// As it was read.
  let model: Model
  let session: Session

  init(path: String, options: SessionOptions) throws {
    self.path = path
    model = try ONNXReader().model(path: path)
    let problems = model.problems()
    if let first = problems.first {
      let more = problems.count > 1 ? "; and \(problems.count - 1) more" : ""
      throw VerifyError("\(path): \(first)\(more)")
    }
    do {
      session = try Session(model: model, options: options)
    } catch {
      throw VerifyError("\(path): \(error)")
    }
  }

  /// What the command line gives the model: pictures, tensors, what another runtime's dump says went in, or made-up
  /// numbers.
  func inputs(
    pictures: [String], options: InputOptions, dump: String? = nil
  ) throws -> OrderedDictionary<String, RuntimeValue> {
    do {
      if !pictures.isEmpty {
        let input = try PictureInput(model: session.model) { preprocessing in
          preprocessing.size = options.size ?? preprocessing.size
        }
        return [input.name: .tensor(try input.tensor(from: try pictures.map { try Picture(path: $0) }))]
      }
      guard let path = try options.inputs ?? dump.flatMap(holdingInputs) else {
        let size = try options.size ?? Preprocessing(metadata: session.model.metadata).size
        let random = RandomInputs(
          batch: options.batch, size: size.map { (height: $0.height, width: $0.width) }, seed: options.seed)
        return try random.values(for: session.model.graph)
      }
      return try Self.tensors(in: path, for: session.inputs)
    } catch let error as InterpreterError {
      throw VerifyError("\(path): \(error)")
    }
  }

  /// The dump, if it holds every input.
  private func holdingInputs(_ dump: String) throws -> String? {
    let held = try NumPyFile(path: dump).arrays
    return !session.inputs.isEmpty && session.inputs.allSatisfy { held[$0.name] != nil } ? dump : nil
  }

  private static func tensors(in path: String, for inputs: [Value]) throws -> OrderedDictionary<
    String, RuntimeValue
  > {
    let file = try NumPyFile(path: path)
    if let array = file.single, let input = inputs.first, inputs.count == 1 {
      return [input.name: .tensor(try array.tensor(as: input.type?.elementType))]
    }
    var values: OrderedDictionary<String, RuntimeValue> = [:]
    for input in inputs {
      values[input.name] = .tensor(try file.array(named: input.name).tensor(as: input.type?.elementType))
    }
    return values
  }
}

extension RunningOptions {
  /// What the options ask of a session.
  var sessionOptions: SessionOptions {
    var options = SessionOptions()
    options.usesKernels = !reference
    options.fusesNodes = !noFusion
    options.threads = threads
    return options
  }
}

/// A sentence for the user.
struct VerifyError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
