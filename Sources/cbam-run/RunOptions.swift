import CommandSupport
import Graph
import Interpreter
import Vision

/// An option of `cbam-run`.
typealias RunOption = CommandSyntax<RunCommand>.Option

struct ShowOptions {
  /// How many classes to show.
  var top: Int?
  var labels: String?
  var attention: String?
  var json = false

  static let syntax: [RunOption] = [
    .option("top", "K", "How many classes to show (default: 5).") { try $0.show.top = $1.number(1...(.max)) },
    .option("labels", "FILE", "Names of the classes: a JSON array, or one a line.") {
      $0.show.labels = $1.text
    },
    .option("attention", "FOLDER", "Draw each attention over the pictures, into this folder.") {
      $0.show.attention = $1.text
    },
    .flag("json", "One JSON object a line.") { $0.show.json = true },
  ]
}

struct PictureOptions {
  var size: Preprocessing.Size?
  var mean: ChannelNumbers?
  var std: ChannelNumbers?
  var scale: Preprocessing.Scale?
  var color: Preprocessing.ColorOrder?
  var resize: Preprocessing.Resize?
  /// The colour behind transparent parts.
  var background: Picture.Color = .black

  static let syntax: [RunOption] = [
    .option("size", "HxW", "Height and width of the input.") {
      try $0.picture.size = $1.parsed { Preprocessing.Size($0) }
    },
    .option("mean", "R,G,B", "Subtracted from each channel after scaling.") {
      try $0.picture.mean = $1.parsed { ChannelNumbers($0) }
    },
    .option("std", "R,G,B", "What each channel is divided by after that.") {
      try $0.picture.std = $1.parsed { ChannelNumbers($0) }
    },
    .option("scale", "FACTOR", "What values of 0…255 are scaled by, such as 1/255 or 1.") {
      try $0.picture.scale = $1.parsed { Preprocessing.Scale($0) }
    },
    .option("color", "ORDER", "The order of the channels: RGB, BGR or GRAY.") {
      try $0.picture.color = $1.choice()
    },
    .option(
      "resize", "WAY",
      "How a picture is fitted: stretch, or shorter:256 to scale its shorter side and cut out the centre."
    ) { try $0.picture.resize = $1.parsed { Preprocessing.Resize($0) } },
    .option("background", "RRGGBB", "The colour behind transparent parts (default: 000000).") {
      try $0.picture.background = $1.parsed { Picture.Color($0) }
    },
  ]

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

struct TensorOptions {
  var inputs: String?
  var outputs: String?
  var dumpTensors: String?

  static let syntax: [RunOption] = [
    .option(
      "inputs", "X.npz",
      "Inputs by name (.npz), the one input of a model (.npy), or a folder of input_0.pb, input_1.pb, …."
    ) { $0.tensors.inputs = $1.text },
    .option(
      "outputs", "Y.npz",
      "Write the outputs by name; .npy for a model of one output; FOLDER/ for output_0.pb, output_1.pb, …."
    ) { $0.tensors.outputs = $1.text },
    .option("dump-tensors", "ALL.npz", "Write inputs, outputs and all tensors in between by name.") {
      $0.tensors.dumpTensors = $1.text
    },
  ]
}

struct MeasuringOptions {
  var benchmark = false
  /// How long `benchmark` times runs, whatever their number; `nil` for its own two seconds and 5 to 1,000 runs.
  var seconds: Double?
  var perNode = false
  var profile: String?
  var explain = false
  /// Threads that compute; one a core where it isn't said.
  var threads: Int?
  var noFusion = false
  var batch: Int?
  var tune = false
  var tuningFile: String?
  var errorBudget: Double?

  static let syntax: [RunOption] = [
    .flag("benchmark", "Time runs, without reading and preparing the input.") {
      $0.measuring.benchmark = true
    },
    .option("seconds", "S", "How long --benchmark times runs (default: 2).") {
      try $0.measuring.seconds = $1.decimal(upTo: 86_400)
    },
    .flag("per-node", "Time each node, and say what share of the machine's measured peak it reaches.") {
      $0.measuring.perNode = true
    },
    .option("profile", "TRACE.json", "Write when each node ran, for chrome://tracing or Perfetto.") {
      $0.measuring.profile = $1.text
    },
    .flag("explain", "Show what runs: passes over the graph, calls with their kernels, memory.") {
      $0.measuring.explain = true
    },
    .option("threads", "N", "Threads that compute (default: one a core).") {
      try $0.measuring.threads = $1.number(1...256)
    },
    .flag("no-fusion", "Compute each node by itself: nothing is fused, attention neither.") {
      $0.measuring.noFusion = true
    },
    .option("batch", "N", "How many pictures run at once (default: 1).") {
      try $0.measuring.batch = $1.number(1...65536)
    },
    .flag(
      "tune",
      "Choose each convolution's algorithm by measuring those that the error budget allows; what was measured is kept "
        + "for later runs with --tune."
    ) { $0.measuring.tune = true },
    .option(
      "tuning-file", "FILE",
      "Where --tune keeps it (default: cbam/tuning.txt in the user's folder of caches)."
    ) { $0.measuring.tuningFile = $1.text },
    .option(
      "error-budget", "SHARE",
      "The error that a faster algorithm of a convolution may add, as a share of its map's largest value "
        + "(default: 1e-5)."
    ) { try $0.measuring.errorBudget = $1.share() },
  ]

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
