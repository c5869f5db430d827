import Glibc
import TestSupport
import Testing

/// What `--help` says, word for word: a change of what people read is a visible one.
@Suite struct HelpTextTests {
  private static let folder = "\(Peer.packageRoot)/Tests/CommandTests/Golden"

  @Test(arguments: ["cbam-export", "cbam-run", "cbam-verify"])
  func helpIsWhatWasAgreed(command: String) throws {
    let finished = try run(try commandPath(command), ["--help"])
    #expect(finished.status == 0 && finished.errors.isEmpty, "\(finished.errors)")
    let path = "\(Self.folder)/\(command).help.txt"
    if getenv("CBAM_UPDATE_GOLDEN") != nil { try writeFile(path, finished.output) }
    #expect(
      String(decoding: try readFile(path), as: UTF8.self) == finished.text,
      "if this is meant: CBAM_UPDATE_GOLDEN=1 swift test --filter HelpTextTests")
  }

  /// An example is a promise: each line that calls a command must be one that its parser takes.
  @Test(arguments: ["cbam-export", "cbam-run", "cbam-verify"])
  func examplesAreUnderstood(command: String) throws {
    let text = try runCommand(command, ["--help"]).text
    let examples = text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
      .replacing("\\\n", with: "").split(separator: "\n").filter { $0.hasPrefix(command + " ") }
    #expect(examples.count >= 7, "\(examples)")
    for example in examples {
      let arguments = example.split(separator: " ").dropFirst().map(String.init)
      // None of the files exists, which is no misuse.
      let finished = try runCommand(command, arguments)
      #expect(finished.status == 1, "\(example): \(finished.errors)")
      #expect(finished.errors.contains("No such file or directory"), "\(example): \(finished.errors)")
    }
  }
}
