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
        Is every step of this network right, on this picture? Each is compared with
        its definition in double precision on the very same inputs; above 1,
        "err/bound" says that rounding does not explain the difference.
          cbam-verify model.onnx cat.png

        The same on made-up input, the worst first, as one JSON object.
          cbam-verify model.onnx --size 224x224 --sort --json

        Another runtime gives another answer. Which operator is it, which sum?
          python tools/dump_tensors.py model.onnx dump.npz
          cbam-verify model.onnx --against dump.npz

        Does every weight come from this checkpoint?
          cbam-verify model.onnx --checkpoint model.ckpt

        Cut one node out, with its real inputs, for a bug report to any runtime.
          cbam-verify model.onnx cat.png --extract conv2 -o bug

        Where do rounding errors grow?
          cbam-verify model.onnx cat.png --accumulated --chart errors.svg

        ONNX's backend tests (tools/make_backend_suite.py writes the folders).
          cbam-verify --suite suite/node suite/simple

      Results go to standard output, everything else to standard error. The exit \
      status is 0 when all is right, 1 when something is not or a file is bad, and \
      64 when the command was.
      """, version: packageVersion)

  @Argument(help: "An ONNX model.")
  var model: String?

  @Argument(help: "PNG or JPEG pictures; without them and --inputs, made-up input is used.")
  var pictures: [String] = []

  @OptionGroup(title: "Input")
  var input: InputOptions

  @OptionGroup(title: "What to find out, instead of whether each step is right")
  var question: QuestionOptions

  @OptionGroup(title: "What runs")
  var running: RunningOptions

  @Option(
    parsing: .upToNextOption,
    help: "Folders of ONNX backend tests: each test's own folder, or folders that hold many.",
    completion: .directory)
  var suite: [String] = []

  @Option(
    help: ArgumentHelp(
      "Verify this many made-up graphs of every operator family; none may be accused.", valueName: "n"))
  var random: Int?

  @Flag(help: "Show the largest quotient of difference and bound first.")
  var sort = false

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func validate() throws {
    if suite.isEmpty, model == nil, random == nil {
      throw ValidationError("Nothing to verify: give a model, or --suite DIR….")
    }
    if !suite.isEmpty, model != nil { throw ValidationError("Give a model or --suite, not both.") }
    if (question.output != nil) != (question.reduce || !question.extract.isEmpty) {
      throw ValidationError("--extract and --reduce need -o FOLDER, and nothing else does.")
    }
    if question.reduce, !question.extract.isEmpty {
      throw ValidationError("Give --extract or --reduce, not both.")
    }
    if !pictures.isEmpty, input.inputs != nil {
      throw ValidationError("Give pictures or --inputs, not both.")
    }
    try question.checkCombination()
    if random != nil || !suite.isEmpty {
      guard model == nil, random == nil || suite.isEmpty, question.names.isEmpty else {
        throw ValidationError(
          "--suite and --random are runs of their own, without a model or another question.")
      }
    }
    if let random, random < 1 { throw ValidationError("--random must be at least 1.") }
    if sort, random != nil || !suite.isEmpty || !question.names.isEmpty {
      throw ValidationError("--sort sorts the table of a model's steps, and nothing else.")
    }
  }

  func run() throws {
    let diagnostics = Diagnostics(command: "cbam-verify")
    try diagnostics.run {
      if let random {
        return try RandomMode(count: random, seed: input.seed, options: running.sessionOptions).run(
          asJSON: json)
      }
      guard let model else {
        return try SuiteMode(folders: suite, usesKernels: !running.reference).run(asJSON: json)
      }
      let subject = try VerifiedModel(path: model, options: running.sessionOptions)
      if let checkpoint = question.checkpoint {
        return try CheckpointMode(
          subject: subject, checkpoint: checkpoint, weightsKey: question.weightsKey,
          epsilon: question.bnEpsilon
        ).run(asJSON: json)
      }
      let inputs = try subject.inputs(pictures: pictures, options: input, dump: question.against)
      if let folder = question.output {
        let mode = ExtractMode(subject: subject, inputs: inputs, folder: folder, asJSON: json)
        if !question.extract.isEmpty { return try mode.extract(question.extract) }
        return try mode.reduce(against: question.against, options: running.sessionOptions)
      }
      if let dump = question.against {
        return try AgainstMode(subject: subject, inputs: inputs, dump: dump).run(asJSON: json)
      }
      if question.accumulated || question.chart != nil {
        return try AccumulatedMode(subject: subject, inputs: inputs, chart: question.chart).run(asJSON: json)
      }
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

struct QuestionOptions: ParsableArguments {
  @Flag(help: "Show how errors grow: the whole network in double precision beside the run.")
  var accumulated = false

  @Option(help: ArgumentHelp("Draw how errors grow over depth into this file.", valueName: "file.svg"))
  var chart: String?

  @Option(
    help: ArgumentHelp(
      "Compare with another runtime's tensors (tools/dump_tensors.py), on its inputs, and show where both first part beyond rounding.",
      valueName: "dump.npz"))
  var against: String?

  @Option(
    help: ArgumentHelp(
      "Show that each weight of the model comes from this checkpoint.", valueName: "model.ckpt"))
  var checkpoint: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Write these nodes (or the writers of these values) with their real inputs as an ONNX backend test.",
      valueName: "node"))
  var extract: [String] = []

  @Flag(help: "Write the smallest part of the model that still shows a difference beyond rounding.")
  var reduce = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Where --extract and --reduce write.", valueName: "folder"), completion: .directory)
  var output: String?

  @Option(help: "With --checkpoint: which part of it holds the weights, such as model or ema.")
  var weightsKey: String?

  @Option(
    help: "With --checkpoint: BatchNorm's epsilon, which a state_dict does not hold (default: 1e-05).")
  var bnEpsilon: Float?
}

extension QuestionOptions {
  /// The questions that were asked.
  var names: [String] {
    var names: [String] = []
    if accumulated || chart != nil { names.append(accumulated ? "--accumulated" : "--chart") }
    if checkpoint != nil { names.append("--checkpoint") }
    if !extract.isEmpty { names.append("--extract") }
    if reduce { names.append("--reduce") }
    // With --reduce it says what to reduce.
    if against != nil, !reduce { names.append("--against") }
    return names
  }

  /// One question at a time: what is asked besides would go without an answer.
  func checkCombination() throws {
    if names.count > 1 { throw ValidationError("Give one of \(names.joined(separator: " and ")), not both.") }
    if checkpoint == nil, weightsKey != nil || bnEpsilon != nil {
      throw ValidationError("--weights-key and --bn-epsilon are for --checkpoint.")
    }
  }
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
