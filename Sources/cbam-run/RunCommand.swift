import ArgumentParser
import CommandSupport
import Files
import Glibc
import Graph
import Interpreter
import ONNX
import Vision

@main
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cbam-run",
    abstract: "Runs an ONNX model on pictures or tensors and shows what it says.",
    discussion: """
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
      """, version: packageVersion)

  @Argument(help: "An ONNX model.")
  var model: String

  @Argument(help: "PNG or JPEG pictures.")
  var pictures: [String] = []

  @OptionGroup(title: "What to show")
  var show: ShowOptions

  @OptionGroup(title: "How pictures become input, instead of what the model's metadata say")
  var picture: PictureOptions

  @OptionGroup(title: "Tensors")
  var tensors: TensorOptions

  @OptionGroup(title: "Measuring, with made-up input where none is given")
  var measuring: MeasuringOptions

  mutating func validate() throws {
    if !pictures.isEmpty, tensors.inputs != nil {
      throw ValidationError("Give pictures or --inputs, not both.")
    }
    if pictures.isEmpty, tensors.inputs == nil, !measuring.isWanted {
      throw ValidationError("Give a picture or --inputs, or --benchmark, --per-node, --profile or --explain.")
    }
    if pictures.isEmpty, show.attention != nil {
      throw ValidationError("--attention draws over pictures; give one.")
    }
    if let top = show.top, top < 1 { throw ValidationError("--top must be at least 1.") }
    if let threads = measuring.threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256.")
    }
    if let batch = measuring.batch, !(1...65536).contains(batch) {
      throw ValidationError("--batch must be from 1 to 65536.")
    }
    if measuring.tuningFile != nil, !measuring.tune { throw ValidationError("--tuning-file needs --tune.") }
    if let budget = measuring.errorBudget, !(budget >= 0) {
      throw ValidationError("--error-budget must not be below zero.")
    }
  }

  func run() throws {
    let diagnostics = Diagnostics(command: "cbam-run")
    registerImageDecoder()
    try diagnostics.run {
      let tuning = measuring.tune ? try TuningFile(path: measuring.tuningFile) : nil
      var session = measuring.session
      session.expectsOneRun = pictures.count <= 1 && !measuring.isWanted && !measuring.tune
      if let tuning { session.tuning = try tuning.read() }
      let loaded = try LoadedModel(path: model, options: show, session: session)
      var runner = Runner(
        command: self, loaded: loaded, tuning: tuning, diagnostics: diagnostics, results: ResultStream())
      try runner.run()
      // The system takes a whole process's memory back faster than its parts are given back one by one.
      Glibc.exit(EXIT_SUCCESS)
    }
  }
}

struct ShowOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many classes to show (default: 5).", valueName: "k"))
  var top: Int?

  @Option(help: ArgumentHelp("Names of the classes: a JSON array, or one a line.", valueName: "file"))
  var labels: String?

  @Option(help: ArgumentHelp("Draw each attention over the pictures, into this folder.", valueName: "folder"))
  var attention: String?

  @Flag(help: "One JSON object a line.")
  var json = false
}

struct PictureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Height and width of the input.", valueName: "HxW"))
  var size: Preprocessing.Size?

  @Option(help: ArgumentHelp("Subtracted from each channel after scaling.", valueName: "r,g,b"))
  var mean: ChannelNumbers?

  @Option(help: ArgumentHelp("What each channel is divided by after that.", valueName: "r,g,b"))
  var std: ChannelNumbers?

  @Option(help: ArgumentHelp("What values of 0…255 are scaled by, such as 1/255 or 1.", valueName: "factor"))
  var scale: Preprocessing.Scale?

  @Option(help: ArgumentHelp("The order of the channels: RGB, BGR or GRAY.", valueName: "order"))
  var color: Preprocessing.ColorOrder?

  @Option(
    help: ArgumentHelp(
      "How a picture is fitted: stretch, or shorter:256 to scale its shorter side and cut out the centre.",
      valueName: "way"))
  var resize: Preprocessing.Resize?

  @Option(help: ArgumentHelp("The colour behind transparent parts.", valueName: "rrggbb"))
  var background: Picture.Color = .black

  /// Whether the user said what is done with values, so that a model's silence needs no remark.
  var saysHowValuesBecomeInput: Bool { mean != nil || std != nil || scale != nil }

  /// What the options say instead of the model's metadata.
  func adjust(_ preprocessing: inout Preprocessing) throws {
    if let color, color.channels != preprocessing.color.channels {
      (preprocessing.mean, preprocessing.std) = (
        Array(repeating: 0, count: color.channels), Array(repeating: 1, count: color.channels)
      )
    }
    preprocessing.color = color ?? preprocessing.color
    preprocessing.size = size ?? preprocessing.size
    preprocessing.scale = scale ?? preprocessing.scale
    preprocessing.resize = resize ?? preprocessing.resize
    preprocessing.mean = mean?.values ?? preprocessing.mean
    preprocessing.std = std?.values ?? preprocessing.std
    let channels = preprocessing.color.channels
    guard preprocessing.mean.count == channels, preprocessing.std.count == channels else {
      throw RunError("--mean and --std need \(channels) numbers for \(preprocessing.color.rawValue) pictures")
    }
    guard preprocessing.std.allSatisfy({ $0 > 0 }) else { throw RunError("--std must be above zero") }
  }
}

extension Picture.Color: ExpressibleByArgument {}

struct TensorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Inputs by name (.npz), the one input of a model (.npy), or a folder of input_0.pb, input_1.pb, ….",
      valueName: "x.npz"))
  var inputs: String?

  @Option(
    help: ArgumentHelp(
      "Write the outputs by name; .npy for a model of one output; FOLDER/ for output_0.pb, output_1.pb, ….",
      valueName: "y.npz"))
  var outputs: String?

  @Option(
    help: ArgumentHelp("Write inputs, outputs and all tensors in between by name.", valueName: "all.npz"))
  var dumpTensors: String?
}

struct MeasuringOptions: ParsableArguments {
  @Flag(help: "Time runs, without reading and preparing the input.")
  var benchmark = false

  @Flag(help: "Time each node, and say what share of the machine's measured peak it reaches.")
  var perNode = false

  @Option(
    help: ArgumentHelp("Write when each node ran, for chrome://tracing or Perfetto.", valueName: "trace.json")
  )
  var profile: String?

  @Flag(help: "Show what runs: passes over the graph, calls with their kernels, memory.")
  var explain = false

  @Option(help: ArgumentHelp("Threads that compute (default: one a core).", valueName: "n"))
  var threads: Int?

  @Flag(help: "Compute each node by itself: nothing is fused, attention neither.")
  var noFusion = false

  @Option(help: ArgumentHelp("How many pictures run at once (default: 1).", valueName: "n"))
  var batch: Int?

  @Flag(
    help: ArgumentHelp(
      "Choose each convolution's algorithm by measuring those that the error budget allows; what was measured is kept "
        + "for later runs with --tune."))
  var tune = false

  @Option(
    help: ArgumentHelp(
      "Where --tune keeps it (default: cbam/tuning.txt in the user's folder of caches).", valueName: "file"))
  var tuningFile: String?

  @Option(
    help: ArgumentHelp(
      "The error that a faster algorithm of a convolution may add, as a share of its map's largest value (default: 1e-5).",
      valueName: "share"))
  var errorBudget: Double?

  /// How the model runs.
  var session: SessionOptions {
    var options = SessionOptions()
    if let errorBudget { options.errorBudget = errorBudget }
    options.threads = threads
    options.fusesNodes = !noFusion
    return options
  }

  /// Whether anything is wanted that needs no input of the user's.
  var isWanted: Bool { benchmark || perNode || explain || profile != nil }
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
