import FoundationEssentials
import TestSupport
import Testing

/// What `cbam-run` is linked from must not bring in libraries that are relocated at each start and never used (decision
/// 13): one line is enough.
@Suite struct StartTests {
  private static let modules = [
    "Graph", "Files", "ONNX", "Interpreter", "Vision", "CommandSupport", "cbam-run",
  ]
  private static let bringers = [
    "import Foundation", "import Dispatch", "ContinuousClock()", "SuspendingClock",
  ]

  @Test(arguments: modules) func nothingBringsFoundationOrTasksIn(module: String) throws {
    let folder = "\(Peer.packageRoot)/Sources/\(module)"
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
    #expect(files.count > 3)
    for file in files {
      let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      for bringer in Self.bringers {
        #expect(!text.contains(bringer), "\(file) has '\(bringer)'")
      }
    }
  }
}
