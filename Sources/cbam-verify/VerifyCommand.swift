import ArgumentParser
import CommandSupport
import Graph

@main
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cbam-verify",
    abstract: "Check, operator by operator, that what an ONNX model computes is right.",
    discussion: """
      EXAMPLES
        Is every step of this network right, on this picture? Each is compared with its
        definition in double precision on the very same inputs; above 1, "err/bound" says
        that rounding does not explain the difference.
          cbam-verify model.onnx cat.png

        The same on made-up input, the worst first, as one JSON object.
          cbam-verify model.onnx --size 224x224 --sort --json

        ONNX's backend tests (tools/make_backend_suite.py writes the folders).
          cbam-verify --suite suite/node suite/simple

      Results go to standard output, everything else to standard error. The exit status is
      0 when all is right, 1 when something is not or a file is bad, and 64 when the
      command was.
      """, version: packageVersion)

  @Argument(help: "An ONNX model.")
  var model: String?

  @Argument(help: "PNG or JPEG pictures; without them and --inputs, made-up input is used.")
  var pictures: [String] = []

  @OptionGroup(title: "Input")
  var input: InputOptions

  @OptionGroup(title: "What runs")
  var running: RunningOptions

  @Option(
    parsing: .upToNextOption,
    help: "Folders of ONNX backend tests: each test's own folder, or folders that hold many.",
    completion: .directory)
  var suite: [String] = []

  @Flag(help: "Show the largest quotient of difference and bound first.")
  var sort = false

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func validate() throws {
    if suite.isEmpty, model == nil {
      throw ValidationError("Nothing to verify: give a model, or --suite DIR….")
    }
    if !suite.isEmpty, model != nil { throw ValidationError("Give a model or --suite, not both.") }
    if !pictures.isEmpty, input.inputs != nil {
      throw ValidationError("Give pictures or --inputs, not both.")
    }
  }

  func run() throws {
    let diagnostics = Diagnostics(command: "cbam-verify")
    try diagnostics.run {
      guard let model else {
        return try SuiteMode(folders: suite, usesKernels: !running.reference).run(asJSON: json)
      }
      let subject = try VerifiedModel(path: model, options: running.sessionOptions)
      let inputs = try subject.inputs(pictures: pictures, options: input)
      try StepsMode(subject: subject, inputs: inputs, isSorted: sort).run(asJSON: json)
    }
  }
}

struct InputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Inputs by name (.npz), or the one input of a model (.npy).", valueName: "x.npz"))
  var inputs: String?

  @Option(
    help: ArgumentHelp(
      "Height and width of made-up input, where the model leaves them open.", valueName: "HxW"))
  var size: Preprocessing.Size?

  @Option(help: ArgumentHelp("How many samples, where the model leaves it open.", valueName: "n"))
  var batch: Int?

  @Option(help: ArgumentHelp("Another seed makes up other input.", valueName: "n"))
  var seed: UInt64 = 0
}

struct RunningOptions: ParsableArguments {
  @Flag(help: "Run plain definitions only, no kernels.")
  var reference = false

  @Flag(help: "Compute every node by itself: no fused kernels.")
  var noFusion = false

  @Option(help: ArgumentHelp("How many threads compute (default: one a core).", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads must be from 1 to 256.") }
  }
}
