import CommandSupport
import Files
import Glibc
import Graph
import Interpreter
import ONNX
import Vision

@main
struct RunCommand {
  var model = ""
  var pictures: [String] = []
  var show = ShowOptions()
  var picture = PictureOptions()
  var tensors = TensorOptions()
  var measuring = MeasuringOptions()

  static let syntax = CommandSyntax<RunCommand>(
    abstract: "Runs an ONNX model on pictures (PNG, JPEG) or tensors and shows what it says.",
    details: """
      EXAMPLES
        What is on these pictures?
          cbam-run model.onnx cat.png dog.jpg

        Where did the network look? Writes pictures of its attention into a folder.
          cbam-run model.onnx cat.png --attention maps

        One JSON object a picture, for other programs.
          cbam-run model.onnx photos/*.jpg --json --top 1

        A model whose metadata don't say how pictures become its input.
          cbam-run resnet.onnx cat.jpg --size 224x224 \\
            --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225

        Tensors in, tensors out, in NumPy's format, and every tensor in between.
          cbam-run model.onnx --inputs x.npz --outputs y.npz --dump-tensors all.npz

        How fast is it, and where does the time go?
          cbam-run model.onnx --benchmark --batch 8
          cbam-run model.onnx --per-node
          cbam-run model.onnx --profile trace.json

      Results go to standard output, everything else to standard error. The exit \
      status is 0 when all went well, 1 when a file was bad, and 64 when the \
      command was.
      """,
    version: packageVersion,
    arguments: .init("MODEL [PICTURE...]") {
      if $0.model.isEmpty { $0.model = $1 } else { $0.pictures.append($1) }
    },
    groups: [
      .init("What to show", ShowOptions.syntax),
      .init("How pictures become input, instead of what the model's metadata say", PictureOptions.syntax),
      .init("Tensors", TensorOptions.syntax),
      .init("Measuring, with made-up input where none is given", MeasuringOptions.syntax),
    ]
  ) { try $0.check() }

  private func check() throws(Misuse) {
    if model.isEmpty { throw Misuse("give a model") }
    if !pictures.isEmpty, tensors.inputs != nil { throw Misuse("give pictures or --inputs, not both") }
    if pictures.isEmpty, tensors.inputs == nil, !measuring.isWanted {
      throw Misuse("give a picture or --inputs, or --benchmark, --per-node, --profile or --explain")
    }
    if pictures.isEmpty, show.attention != nil { throw Misuse("--attention draws over pictures; give one") }
    if measuring.seconds != nil, !measuring.benchmark { throw Misuse("--seconds needs --benchmark") }
    if measuring.tuningFile != nil, !measuring.tune { throw Misuse("--tuning-file needs --tune") }
  }

  static func main() {
    let command = syntax.parse(into: RunCommand())
    let diagnostics = Diagnostics(command: "cbam-run")
    registerImageDecoder()
    diagnostics.run { try command.run(diagnostics) }
  }

  private func run(_ diagnostics: Diagnostics) throws {
    let tuning = measuring.tune ? try TuningFile(path: measuring.tuningFile) : nil
    var session = measuring.session
    session.expectsOneRun = pictures.count <= 1 && !measuring.isWanted && !measuring.tune
    if let tuning { session.tuning = try tuning.read() }
    let loaded = try LoadedModel(path: model, options: show, session: session)
    var runner = Runner(
      command: self, loaded: loaded, tuning: tuning, diagnostics: diagnostics, results: ResultStream())
    try runner.run()
    // Here, where the model still is: the system takes a whole process's memory back faster than its parts are given
    // back one by one.
    exit(EXIT_SUCCESS)
  }
}

/// A sentence for the user.
struct RunError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Calls `body`; what it throws is said of the file at `path`, where the error doesn't name a file itself.
func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch {
    switch error {
    case is FileError, is NumPyError, is ZipError, is ONNXError, is OutputError, is RunError: throw error
    case let picture as PictureError where picture.path != nil: throw error
    default: throw RunError("\(path): \(error)")
    }
  }
}
