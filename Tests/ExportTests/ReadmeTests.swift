import Checkpoint
import Export
import Files
import Glibc
import Graph
import Interpreter
import ONNX
import OrderedCollections
import TestSupport
import Testing

/// The README says nothing that isn't so.
@Suite struct ReadmeTests {
  private static let text = Result {
    String(decoding: try readFile(Peer.packageRoot + "/README.md"), as: UTF8.self)
  }

  /// The sample under "As a library", run here on the shipped checkpoint, is word for word the README's.
  @Test func theSampleRuns() throws {
    let folder = try ScratchFolder()
    let shipped = try readFile(Peer.packageRoot + "/models/cbam_cnn_cifar10/cbam_cnn_cifar10.ckpt")
    try writeFile(folder.file("model.ckpt"), shipped)
    // sample
    let state = try CheckpointFile.open(path: folder.file("model.ckpt")).stateDict()
    let exported = try Exporter.export(Weights(state), options: ExportOptions())
    try ONNXWriter().write(exported.model, path: folder.file("model.onnx"))

    let session = try Session(model: ONNXReader().model(path: folder.file("model.onnx")))
    let picture = try Tensor(zeros: .float32, shape: [1, 3, 32, 32])
    let logits = try session.run(["input": .tensor(picture)])["logits"]
    // end of sample
    #expect(logits?.tensor?.shape == [1, 10])

    let source = String(decoding: try readFile(#filePath), as: UTF8.self)
    let ran = source.split(separator: "    // sample\n")[1].split(separator: "    // end of sample")[0]
      .replacing("folder.file(\"model.ckpt\")", with: "\"model.ckpt\"")
      .replacing("folder.file(\"model.onnx\")", with: "\"model.onnx\"")
      .split(separator: "\n", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
    let readme = try Self.text.get()
    #expect(readme.contains(ran.joined(separator: "\n")), "\(ran)")
  }

  @Test func everyLinkLeadsSomewhere() throws {
    let links = try Self.text.get().matches(of: #/\]\(([^)#]+)/#).map { String($0.1) }
      .filter { !$0.hasPrefix("https://") }
    #expect(links.count >= 10)
    for link in links { #expect(access("\(Peer.packageRoot)/\(link)", F_OK) == 0, "\(link)") }
  }

  /// Options are named as the commands' help names them, which is tested word for word.
  @Test func everyOptionIsOne() throws {
    let helps = try ["cbam-export", "cbam-run", "cbam-verify"].map {
      String(
        decoding: try readFile("\(Peer.packageRoot)/Tests/CommandTests/Golden/\($0).help.txt"), as: UTF8.self)
    }.joined()
    let options = Set(try Self.text.get().matches(of: #/--[a-z][a-z-]+/#).map { String($0.0) })
    #expect(options.count >= 20)
    for option in options.sorted() {
      #expect(helps.contains(option + " ") || helps.contains(option + "="), "\(option)")
    }
  }
}
