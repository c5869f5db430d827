import Graph
import TestSupport
import Testing

/// How command lines are read: alike in every command.
@Suite struct CommandLineTests {
  private static let commands = ["cbam-export", "cbam-run", "cbam-verify"]

  @Test(arguments: commands)
  func helpHasAShortName(command: String) throws {
    let long = try runCommand(command, ["--help"])
    let short = try runCommand(command, ["-h"])
    #expect(short.status == 0 && short.errors.isEmpty && short.text == long.text)
    #expect(long.text.hasPrefix("Usage: \(command) [OPTION...] "))
    let usage = try runCommand(command, ["--usage"])
    #expect(usage.status == 0 && usage.text.contains("[--json]"), "\(usage.text)")
  }

  @Test(arguments: commands)
  func versionIsThatOfThePackage(command: String) throws {
    for option in ["--version", "-V"] {
      #expect(try runCommand(command, [option]).text == "\(packageVersion)\n")
    }
  }

  @Test(
    arguments: commands,
    [["--frobnicate"], ["-x"], ["--json=3"], ["m", "--batch"], ["m", "--size", "0x3"], []])
  func misuseIsSaidInOneLineWithAHint(command: String, arguments: [String]) throws {
    let finished = try runCommand(command, arguments)
    #expect(finished.status == 64 && finished.text.isEmpty)
    let lines = finished.errors.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].contains("\(command): "), "\(finished.errors)")
    #expect(lines.last == "Try `\(command) --help' or `\(command) --usage' for more information.")
  }

  @Test func valuesMayStandBehindAnEqualsSignAndNamesBehindTwoDashes() throws {
    let missing = try runCommand("cbam-run", ["--top=3", "--", "--model.onnx", "-p.png"])
    #expect(
      missing.status == 1 && missing.errors.hasPrefix("cbam-run: --model.onnx: can't open"),
      "\(missing.errors)")
  }

  @Test func whatAValueSaysCannotReachTheTerminal() throws {
    let finished = try runCommand("cbam-run", ["m.onnx", "a.png", "--size", "\u{1B}[31m"])
    #expect(finished.status == 64 && finished.errors.contains("'\u{FFFD}[31m' is invalid for --size"))
  }

  @Test func oneCheckpointAtATime() throws {
    let finished = try runCommand("cbam-export", ["a.ckpt", "b.ckpt"])
    #expect(finished.status == 64 && finished.errors.contains("give one checkpoint, not 'b.ckpt' too"))
  }

  @Test func aSuiteIsOfFolders() throws {
    let finished = try runCommand("cbam-verify", ["--suite"])
    #expect(finished.status == 64 && finished.errors.contains("--suite needs folders"))
  }
}
