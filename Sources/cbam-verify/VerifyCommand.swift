import CommandSupport
import Graph

@main
struct VerifyCommand {
  /// A model and pictures, or with `--suite` folders.
  var arguments: [String] = []
  var input = InputOptions()
  var question = QuestionOptions()
  var running = RunningOptions()
  var suite = false
  /// How many made-up graphs are verified.
  var random: Int?
  /// The number of the first of them.
  var first: Int?
  var sort = false
  var json = false

  static let syntax = CommandSyntax<VerifyCommand>(
    abstract: "Checks, operator by operator, that what an ONNX model computes is right.",
    details: """
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
      """,
    version: packageVersion,
    arguments: .init("MODEL [PICTURE...]\n--suite FOLDER...\n--random N") { $0.arguments.append($1) },
    groups: [
      .init("Input, made up where there is neither this nor a picture", InputOptions.syntax),
      .init("What to find out, instead of whether each step is right", QuestionOptions.syntax),
      .init("What runs", RunningOptions.syntax),
      .init(
        "What is shown",
        [
          .flag("sort", "Show the largest quotient of difference and bound first.") { $0.sort = true },
          .flag("json", "Print JSON instead of text.") { $0.json = true },
        ]),
      .init(
        "Runs of their own, without a model",
        [
          .flag(
            "suite",
            "The arguments are folders of ONNX backend tests: each test's own folder, or folders that hold many."
          ) { $0.suite = true },
          .option(
            "random", "N", "Verify this many made-up graphs of every operator family; none may be accused."
          ) {
            try $0.random = $1.number(1...(.max))
          },
          .option(
            "first", "N",
            "With --random: number of the first graph, such as one that an accusation named (default: 0)."
          ) {
            try $0.first = $1.number(0...Int(Int32.max))
          },
        ]),
    ]
  ) { try $0.check() }

  private func check() throws(Misuse) {
    if arguments.isEmpty, random == nil {
      throw Misuse(suite ? "--suite needs folders" : "nothing to verify: give a model, or --suite FOLDER...")
    }
    if (question.output != nil) != (question.reduce || !question.extract.isEmpty) {
      throw Misuse("--extract and --reduce need -o FOLDER, and nothing else does")
    }
    if question.reduce, !question.extract.isEmpty { throw Misuse("give --extract or --reduce, not both") }
    if arguments.count > 1, !suite, input.inputs != nil {
      throw Misuse("give pictures or --inputs, not both")
    }
    try question.checkCombination()
    if random != nil || suite {
      guard random == nil || (arguments.isEmpty && !suite), question.names.isEmpty else {
        throw Misuse("--suite and --random are runs of their own, without a model or another question")
      }
      if input.inputs != nil || input.size != nil || input.batch != nil {
        throw Misuse("--inputs, --size and --batch are a model's; --suite and --random bring their own input")
      }
    }
    if first != nil, random == nil { throw Misuse("--first counts the graphs of --random") }
    if sort, random != nil || suite || !question.names.isEmpty {
      throw Misuse("--sort sorts the table of a model's steps, and nothing else")
    }
  }

  static func main() {
    let command = syntax.parse(into: VerifyCommand())
    Diagnostics(command: "cbam-verify").run { try command.run() }
  }

  private func run() throws {
    if let random {
      return try RandomMode(
        first: first ?? 0, count: random, seed: input.seed, options: running.sessionOptions
      ).run(asJSON: json)
    }
    if suite { return try SuiteMode(folders: arguments, usesKernels: !running.reference).run(asJSON: json) }
    let (model, pictures) = (arguments[0], Array(arguments.dropFirst()))
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

/// An option of `cbam-verify`.
typealias VerifyOption = CommandSyntax<VerifyCommand>.Option

struct InputOptions {
  var inputs: String?
  var size: Preprocessing.Size?
  var batch: Int?
  var seed: UInt64 = 0

  static let syntax: [VerifyOption] = [
    .option("inputs", "X.npz", "Inputs by name (.npz), or the one input of a model (.npy).") {
      $0.input.inputs = $1.text
    },
    .option("size", "HxW", "Height and width of made-up input, where the model leaves them open.") {
      try $0.input.size = $1.parsed { Preprocessing.Size($0) }
    },
    .option("batch", "N", "How many samples, where the model leaves it open.") {
      try $0.input.batch = $1.number(1...65536)
    },
    .option("seed", "N", "Another seed makes up other input (default: 0).") {
      try $0.input.seed = $1.parsed { UInt64($0) }
    },
  ]
}

struct QuestionOptions {
  var accumulated = false
  var chart: String?
  var against: String?
  var checkpoint: String?
  var extract: [String] = []
  var reduce = false
  var output: String?
  var weightsKey: String?
  var bnEpsilon: Float?

  static let syntax: [VerifyOption] = [
    .flag("accumulated", "Show how errors grow: the whole network in double precision beside the run.") {
      $0.question.accumulated = true
    },
    .option("chart", "FILE.svg", "Draw how errors grow over depth into this file.") {
      $0.question.chart = $1.text
    },
    .option(
      "against", "DUMP.npz",
      "Compare with another runtime's tensors (tools/dump_tensors.py), on its inputs, and show where both first part "
        + "beyond rounding."
    ) { $0.question.against = $1.text },
    .option("checkpoint", "MODEL.ckpt", "Show that each weight of the model comes from this checkpoint.") {
      $0.question.checkpoint = $1.text
    },
    .option(
      "extract", "NODE",
      "Write this node (or the writer of this value) with its real inputs as an ONNX backend test; may be given "
        + "several times."
    ) { $0.question.extract.append($1.text) },
    .flag("reduce", "Write the smallest part of the model that still shows a difference beyond rounding.") {
      $0.question.reduce = true
    },
    .option("output", short: "o", "FOLDER", "Where --extract and --reduce write.") {
      $0.question.output = $1.text
    },
    .option(
      "weights-key", "KEY", "With --checkpoint: which part of it holds the weights, such as model or ema."
    ) { $0.question.weightsKey = $1.text },
    .option(
      "bn-epsilon", "E",
      "With --checkpoint: BatchNorm's epsilon, which a state_dict does not hold (default: 1e-05)."
    ) { try $0.question.bnEpsilon = Float($1.share()) },
  ]
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
  func checkCombination() throws(Misuse) {
    if names.count > 1 { throw Misuse("give one of \(names.joined(separator: " and ")), not both") }
    if checkpoint == nil, weightsKey != nil || bnEpsilon != nil {
      throw Misuse("--weights-key and --bn-epsilon are for --checkpoint")
    }
  }
}

struct RunningOptions {
  var reference = false
  var noFusion = false
  var threads: Int?

  static let syntax: [VerifyOption] = [
    .flag("reference", "Run plain definitions only, no kernels.") { $0.running.reference = true },
    .flag("no-fusion", "Compute every node by itself: no fused kernels.") { $0.running.noFusion = true },
    .option("threads", "N", "How many threads compute (default: one a core).") {
      try $0.running.threads = $1.number(1...256)
    },
  ]
}
