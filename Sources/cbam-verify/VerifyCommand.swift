import ArgumentParser
import CommandSupport

@main
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cbam-verify",
    abstract: "Check, operator by operator, that what an ONNX model computes is right.",
    discussion: """
      Examples:
        cbam-verify --suite suite/node suite/simple     run ONNX's backend tests (tools/make_backend_suite.py
                                                        writes the folders)
        cbam-verify --suite suite/node --json           the same, one JSON object
      """)

  @Option(
    parsing: .upToNextOption,
    help: "Folders of ONNX backend tests: each test's own folder, or folders that hold many.",
    completion: .directory)
  var suite: [String] = []

  @Flag(help: "With --suite: run plain definitions only, no kernels.")
  var reference = false

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func validate() throws {
    if suite.isEmpty { throw ValidationError("Nothing to verify: give --suite DIR….") }
  }

  func run() throws {
    try Diagnostics(command: "cbam-verify").run {
      try SuiteMode(folders: suite, usesKernels: !reference).run(asJSON: json)
    }
  }
}
