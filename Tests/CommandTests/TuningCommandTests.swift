import TestSupport
import Testing

/// `cbam-run --tune` and what it keeps.
@Suite struct TuningCommandTests {
  @Test func whatWasMeasuredIsKeptAndRead() throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    let file = folder.file("tuning.txt")
    let picture = "\(RunCommandTests.pictures)/frog.png"
    let first = try runCommand("cbam-run", [model, picture, "--json", "--tune", "--tuning-file", file])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("tuning.txt: 3 convolutions measured"), "\(first.errors)")
    let kept = try text(file)
    let lines = kept.split(separator: "\n")
    #expect(lines.first == "cbam tuning 1" && lines.count == 4, "\(kept)")
    // The same again measures nothing and answers the same.
    let second = try runCommand("cbam-run", [model, picture, "--json", "--tune", "--tuning-file", file])
    #expect(second.status == 0 && second.errors.isEmpty && second.text == first.text, "\(second.errors)")
    #expect(try text(file) == kept)
    // What the file says is what runs.
    for algorithm in ["direct", "winograd f2"] {
      let layers = lines.dropFirst().compactMap { $0.split(separator: "\t").first }
      let other = ["cbam tuning 1"] + layers.map { "\($0)\t\(algorithm)" }
      try writeFile(file, Array(other.joined(separator: "\n").utf8))
      let explained = try runCommand("cbam-run", [model, "--explain", "--tune", "--tuning-file", file])
      #expect(explained.status == 0 && explained.errors.isEmpty, "\(explained.errors)")
      #expect(explained.text.contains(algorithm), "\(explained.text)")
      if algorithm == "direct" { #expect(!explained.text.contains("winograd"), "\(explained.text)") }
    }
  }

  private func text(_ path: String) throws -> String { String(decoding: try readFile(path), as: UTF8.self) }

  @Test func theUsersFolderOfCachesIsTheDefault() throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    let command = try commandPath("cbam-run")
    let finished = try run(
      "/usr/bin/env", ["XDG_CACHE_HOME=\(folder.file("caches"))", command, model, "--explain", "--tune"])
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(try text(folder.file("caches/cbam/tuning.txt")).hasPrefix("cbam tuning 1\n"))
    let homeless = try run("/usr/bin/env", ["-i", command, model, "--explain", "--tune"])
    #expect(homeless.status == 1 && homeless.errors.contains("--tuning-file FILE"), "\(homeless.errors)")
  }

  @Test func badFilesAndNumbersAreRefused() throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    let file = folder.file("tuning.txt")
    try writeFile(file, Array("cbam tuning 1\nsomething\n".utf8))
    let bad = try runCommand("cbam-run", [model, "--explain", "--tune", "--tuning-file", file])
    #expect(bad.status == 1 && bad.text.isEmpty)
    #expect(bad.errors.contains("tuning.txt: line 2 is not of a tuning file"), "\(bad.errors)")
    let nowhere = try runCommand(
      "cbam-run", [model, "--explain", "--tune", "--tuning-file", folder.file("missing/tuning.txt")])
    #expect(nowhere.status == 1 && nowhere.errors.contains("missing/tuning.txt"), "\(nowhere.errors)")
    for arguments in [["--tuning-file", file], ["--error-budget", "-1"], ["--error-budget", "nan"]] {
      #expect(try runCommand("cbam-run", [model, "--explain"] + arguments).status == 64, "\(arguments)")
    }
  }
}
