import ArgumentParser
import Checkpoint
import CommandSupport
import Export
import Files
import Graph
import ONNX

@main
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cbam-export",
    abstract: "Turn a trained PyTorch checkpoint of a CBAM network into an ONNX file, without Python.",
    discussion: """
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
      """, version: Exporter.producer.version)

  @Argument(help: "The checkpoint: .ckpt, .pt, .pth, .safetensors.", completion: .file())
  var checkpoint: String

  @Option(
    name: [.customShort("o"), .long], help: "The file to write (default: the checkpoint's name with .onnx).")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The family, 'auto' to recognise it, or a JSON file that describes what a state_dict doesn't hold: "
        + #"{"family": "resnet_cbam", "layers": {"conv1": {"stride": 2, "padding": 3}, "bn1": {"eps": 1e-3}}}."#,
      valueName: "auto|name|file.json"))
  var arch = "auto"

  @Option(
    help: "The ONNX operator set, \(ExportOptions.opsets.lowerBound) to \(ExportOptions.opsets.upperBound).")
  var opset = 17

  @Option(help: "The batch size, or 'dynamic'.")
  var batch = "dynamic"

  @Option(help: "The input's height and width, HxW, or 'dynamic' (default: what the network was made for).")
  var size: String?

  @Option(help: "Names of the classes: one a line, or a JSON array.", completion: .file())
  var labels: String?

  @Option(help: ArgumentHelp("Means to subtract, of values from 0 to 1.", valueName: "r,g,b"))
  var mean: ChannelNumbers?

  @Option(help: ArgumentHelp("Standard deviations to divide by.", valueName: "r,g,b"))
  var std: ChannelNumbers?

  @Option(help: "How weights are stored: fp32, or fp16 (computation stays in single precision).")
  var precision = ExportOptions.Precision.float32

  @Option(help: "BatchNorm's epsilon, which a state_dict does not hold.")
  var bnEpsilon: Float = 1e-5

  @Flag(help: "Keep BatchNorm as nodes of their own instead of folding it into convolutions.")
  var keepBatchnorm = false

  @Flag(help: "Make every block's attention an output of the model.")
  var attentionOutputs = false

  @Option(help: "Put tensors into a file beside the model: auto (beyond 2 GiB), always, never.")
  var externalData = ExternalDataPolicy.auto

  @Option(help: "Which part of the checkpoint holds the weights, such as model or ema.")
  var weightsKey: String?

  @Flag(help: "Show what the checkpoint holds, and write nothing.")
  var list = false

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  @Flag(name: [.short, .long], help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    if batch != "dynamic", Int(batch).map({ $0 < 1 }) ?? true {
      throw ValidationError("--batch needs a number above 0, or 'dynamic', not '\(batch)'.")
    }
    if let size, size != "dynamic", Preprocessing.Size(size) == nil {
      throw ValidationError("--size needs HxW, such as 32x32, or 'dynamic', not '\(size)'.")
    }
    if !ExportOptions.opsets.contains(opset) {
      throw ValidationError(
        "--opset needs a number from \(ExportOptions.opsets.lowerBound) to \(ExportOptions.opsets.upperBound), "
          + "not \(opset).")
    }
    if !(bnEpsilon >= 0 && bnEpsilon.isFinite) {
      throw ValidationError("--bn-epsilon needs a number of 0 or more.")
    }
    if let std, !std.values.allSatisfy({ $0 > 0 }) {
      throw ValidationError("--std needs numbers above 0: values are divided by them.")
    }
  }

  private static let diagnostics = Diagnostics(command: "cbam-export")

  func run() throws { try Self.diagnostics.run(work) }

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
    let bytes = try ONNXWriter(externalData: externalData).write(exported.model, path: path)
    if !quiet { try Summary(path: path, bytes: bytes, exported: exported).print(asJSON: json) }
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
    options.lowering.batch = Int(batch)
    options.lowering.dynamicSize = size == "dynamic"
    options.lowering.size =
      size.flatMap { Preprocessing.Size($0) } ?? (size == nil ? sidecar?.preprocessing?.size : nil)
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

extension ExportOptions.Precision: ExpressibleByArgument {}
extension ExternalDataPolicy: ExpressibleByArgument {}
