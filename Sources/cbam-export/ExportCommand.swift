import Checkpoint
import CommandSupport
import Export
import Files
import Graph
import ONNX

@main
struct ExportCommand {
  var checkpoint = ""
  var output: String?
  var arch = "auto"
  var opset = 17
  /// The batch size; `nil` leaves it open.
  var batch: Int?
  var size: InputSize?
  var labels: String?
  var mean: ChannelNumbers?
  var std: ChannelNumbers?
  var precision = ExportOptions.Precision.float32
  var bnEpsilon: Float = 1e-5
  var keepBatchnorm = false
  var attentionOutputs = false
  var externalData = ExternalDataPolicy.auto
  var weightsKey: String?
  var list = false
  var json = false
  var quiet = false

  /// The input's height and width, as far as the command line says.
  enum InputSize {
    case dynamic
    case fixed(Preprocessing.Size)
  }

  static let syntax = CommandSyntax<ExportCommand>(
    abstract:
      "Turns a trained PyTorch checkpoint of a CBAM network (.ckpt, .pt, .pth, .safetensors) into an ONNX file.",
    details: """
      The network is recognised from the names and shapes of its tensors. Labels and preprocessing travel inside \
      the file, so that cbam-run needs no flags. They come from the options below, or from a JSON file beside the \
      checkpoint under its name (MODEL.json with "labels", "mean", "std", "size", "color").

      Families: \(Architectures.all.map { $0.name }.joined(separator: ", ")).

      EXAMPLES
        What is in this checkpoint?
          cbam-export model.ckpt --list

        Write model.onnx beside it.
          cbam-export model.ckpt

        Choose the file and the operator set.
          cbam-export model.ckpt -o out.onnx --opset 18

        A training checkpoint that holds averaged weights beside the last ones.
          cbam-export run.pt --weights-key ema

        Say how pictures become input and what the classes are called.
          cbam-export model.ckpt --labels names.txt \\
            --mean 0.4914,0.4822,0.4465 --std 0.2023,0.1994,0.2010

        Half the size: weights in half precision.
          cbam-export model.ckpt --precision fp16

        A network of 224 by 224 pixels, one picture at a time, for small devices.
          cbam-export resnet.pth --size 224x224 --batch 1

        Attention as outputs of the model, for a program of your own.
          cbam-export model.ckpt --attention-outputs

      Results go to standard output, everything else to standard error. The exit \
      status is 0 when all went well, 1 when a file was bad, and 64 when the \
      command was.
      """,
    version: Exporter.producer.version,
    arguments: .init("CHECKPOINT") { command, text in
      guard command.checkpoint.isEmpty else { throw Misuse("give one checkpoint, not '\(text)' too") }
      command.checkpoint = text
    },
    groups: [
      .init("What is written", fileSyntax), .init("The network", networkSyntax),
      .init("How pictures become input, and what the classes are called", pictureSyntax),
      .init("What is said", sayingSyntax),
    ]
  ) { command in
    if command.checkpoint.isEmpty { throw Misuse("give a checkpoint") }
  }

  private static let fileSyntax: [CommandSyntax<ExportCommand>.Option] = [
    .option("output", short: "o", "FILE", "The file to write (default: the checkpoint's name with .onnx).") {
      $0.output = $1.text
    },
    .option(
      "opset", "N",
      "The ONNX operator set, \(ExportOptions.opsets.lowerBound) to \(ExportOptions.opsets.upperBound) (default: 17)."
    ) { try $0.opset = $1.number(ExportOptions.opsets) },
    .option(
      "precision", "fp32|fp16",
      "How weights are stored; computation stays in single precision (default: fp32)."
    ) { try $0.precision = $1.choice() },
    .flag("keep-batchnorm", "Keep BatchNorm as nodes of their own instead of folding it into convolutions.") {
      $0.keepBatchnorm = true
    },
    .flag("attention-outputs", "Make every block's attention an output of the model.") {
      $0.attentionOutputs = true
    },
    .option(
      "external-data", "auto|always|never",
      "Put tensors into a file beside the model (default: auto, beyond 2 GiB)."
    ) { try $0.externalData = $1.choice() },
  ]

  private static let networkSyntax: [CommandSyntax<ExportCommand>.Option] = [
    .option(
      "arch", "auto|NAME|FILE.json",
      "The family, 'auto' to recognise it, or a JSON file that describes what a state_dict doesn't hold: "
        + #"{"family": "resnet_cbam", "layers": {"conv1": {"stride": 2, "padding": 3}, "bn1": {"eps": 1e-3}}} "#
        + "(default: auto)."
    ) { $0.arch = $1.text },
    .option("batch", "N|dynamic", "The batch size (default: dynamic).") { command, value in
      command.batch = value.text == "dynamic" ? nil : try value.number(1...(.max))
    },
    .option("size", "HxW|dynamic", "The input's height and width (default: what the network was made for).") {
      command, value in
      command.size = value.text == "dynamic" ? .dynamic : .fixed(try value.parsed { Preprocessing.Size($0) })
    },
    .option("bn-epsilon", "E", "BatchNorm's epsilon, which a state_dict does not hold (default: 1e-05).") {
      try $0.bnEpsilon = Float($1.share())
    },
    .option("weights-key", "KEY", "Which part of the checkpoint holds the weights, such as model or ema.") {
      $0.weightsKey = $1.text
    },
  ]

  private static let pictureSyntax: [CommandSyntax<ExportCommand>.Option] = [
    .option("labels", "FILE", "Names of the classes: one a line, or a JSON array.") { $0.labels = $1.text },
    .option("mean", "R,G,B", "Means to subtract, of values from 0 to 1.") {
      try $0.mean = $1.parsed { ChannelNumbers($0) }
    },
    .option("std", "R,G,B", "Standard deviations to divide by.") { command, value in
      let std = try value.parsed { ChannelNumbers($0) }
      if !std.values.allSatisfy({ $0 > 0 }) {
        throw Misuse("--std needs numbers above 0: values are divided by them")
      }
      command.std = std
    },
  ]

  private static let sayingSyntax: [CommandSyntax<ExportCommand>.Option] = [
    .flag("list", "Show what the checkpoint holds, and write nothing.") { $0.list = true },
    .flag("json", "Print one JSON object instead of text.") { $0.json = true },
    .flag("quiet", short: "q", "Print nothing but errors.") { $0.quiet = true },
  ]

  private static let diagnostics = Diagnostics(command: "cbam-export")

  static func main() {
    let command = syntax.parse(into: ExportCommand())
    diagnostics.run { try command.work() }
  }

  private func work() throws {
    let file = try CheckpointFile.open(path: checkpoint)
    if list { return try Listing(file).print(asJSON: json) }
    let state = try file.stateDict(weightsKey: weightsKey)
    let stem = Sidecar.stem(of: checkpoint)
    // A checkpoint that is JSON itself, an index of shards, is not its own description.
    let sidecar = stem + ".json" == checkpoint ? nil : try Sidecar(besides: stem)
    if !quiet {
      Self.diagnostics.note("weights are from \(state.reason)")
      if let sidecar { Self.diagnostics.note("labels and preprocessing are from \(sidecar.path)") }
    }
    var weights = try Weights(state)
    var options = try options(sidecar)
    if arch.hasSuffix(".json") {
      let description = try NetworkDescription(path: arch)
      options.architecture = description.family
      try naming(arch) { try weights.describe(description.layers ?? [:]) }
    }
    let exported = try naming(checkpoint) { try Exporter.export(weights, options: options) }
    let path = output ?? stem + ".onnx"
    if isSameFile(path, checkpoint) {
      throw BadFileError(path: path, reason: "this is the checkpoint itself; write to another file")
    }
    let written = try ONNXWriter(externalData: externalData).write(exported.model, path: path)
    if quiet { return }
    for warning in exported.warnings(of: written) { Self.diagnostics.note(warning) }
    try Summary(path: path, bytes: written.byteCount, exported: exported).print(asJSON: json)
  }

  /// Runs `body`; what is wrong with a network is said of the file at `path`.
  private func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as ExportError {
      throw BadFileError(path: path, reason: error.description)
    }
  }

  private func options(_ sidecar: Sidecar?) throws -> ExportOptions {
    var options = ExportOptions()
    options.architecture = arch == "auto" || arch.hasSuffix(".json") ? nil : arch
    options.opset = opset
    options.keepsBatchNorm = keepBatchnorm
    options.precision = precision
    options.lowering.batch = batch
    switch size {
    case .dynamic?: options.lowering.dynamicSize = true
    case .fixed(let size)?: options.lowering.size = size
    case nil: options.lowering.size = sidecar?.preprocessing?.size
    }
    options.lowering.batchNormEpsilon = bnEpsilon
    options.lowering.attentionOutputs = attentionOutputs
    options.labels = sidecar?.labels ?? []
    if let labels { options.labels = try LabelsFile.read(path: labels).names }
    options.preprocessing = sidecar?.preprocessing
    if mean != nil || std != nil {
      // One number is of a network that takes grey pictures; three are RGB unless the file beside says BGR.
      let isGrey = (mean ?? std)?.values.count == 1
      var preprocessing = options.preprocessing ?? Preprocessing(color: isGrey ? .gray : .rgb)
      preprocessing.mean = mean?.values ?? preprocessing.mean
      preprocessing.std = std?.values ?? preprocessing.std
      options.preprocessing = preprocessing
    }
    options.preprocessing?.size = options.lowering.size
    return options
  }
}
