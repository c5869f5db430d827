import Files
import FoundationEssentials
import Graph
import Interpreter
import ONNX
import OrderedCollections
import TestSupport
import Testing

@Suite struct VerifyCommandTests {
  private static let frog = "\(RunCommandTests.pictures)/frog.png"

  @Test func aPictureIsVerifiedStepByStep() throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    for arguments in [[], ["--no-fusion"], ["--threads", "1"]] {
      let finished = try runCommand("cbam-verify", [model, Self.frog] + arguments)
      #expect(
        finished.status == 0 && finished.errors.isEmpty, "\(arguments): \(finished.errors) \(finished.text)")
      let lines = finished.text.split(separator: "\n")
      #expect(try #require(lines.first).hasSuffix("verdict"))
      #expect(try #require(lines.last).contains(": all right; largest err/bound "), "\(finished.text)")
    }
    let json = try runCommand("cbam-verify", [model, Self.frog, "--json", "--sort"])
    #expect(json.status == 0 && json.text.contains(#""defects":0"#), "\(json.text)")
  }

  @Test func badInputIsOneLine() throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    for (arguments, words) in [
      ([folder.file("none.onnx")], "none.onnx"), ([model, folder.file("none.png")], "none.png"),
      ([model, "--inputs", folder.file("none.npz")], "none.npz"),
      ([model, "--against", folder.file("none.npz")], "none.npz"),
      ([model, "--checkpoint", folder.file("none.ckpt")], "none.ckpt"),
      ([model, "--extract", "no-such-node", "-o", folder.file("part")], "no-such-node"),
      ([model, "--reduce", "-o", folder.file("part")], "nothing to reduce"),
    ] {
      let finished = try runCommand("cbam-verify", arguments)
      #expect(finished.status == 1 && finished.output.isEmpty, "\(arguments): \(finished.text)")
      #expect(
        finished.errors.split(separator: "\n").count == 1 && finished.errors.contains(words),
        "\(finished.errors)")
    }
    for arguments in [
      [], [model, "--extract", "conv1"], [model, "--reduce"],
      [model, "--accumulated", "--against", "d.npz"], [model, "--checkpoint", "m.ckpt", "--chart", "c.svg"],
      [model, "--extract", "conv1", "--against", "d.npz", "-o", "part"], [model, "--accumulated", "--sort"],
      [model, "--bn-epsilon", "1e-3"], [model, "--random", "5"], ["--random", "0"],
      ["--random", "5", "--sort"], ["--random", "5", "--size", "3x3"], ["--first", "5"],
    ] {
      #expect(try runCommand("cbam-verify", arguments).status == 64, "\(arguments)")
    }
  }

  /// Graphs are of families by turns, whichever is the first.
  @Test func oneMadeUpGraphIsVerifiedAgain() throws {
    let count = RandomCases.families.count
    for first in [0, 3, 7 * count + 1] {
      let finished = try runCommand("cbam-verify", ["--random", "2", "--first", "\(first)"])
      #expect(finished.status == 0, "\(finished.errors)")
      let found = Set(
        finished.text.split(separator: "\n").dropLast().map { line in
          RandomCases.families.filter { line.hasPrefix($0) }.max { $0.count < $1.count }
        })
      #expect(found == [RandomCases.families[first % count], RandomCases.families[(first + 1) % count]])
    }
  }

  @Test func errorsGrowAlongTheNetwork() throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    let chart = folder.file("errors.svg")
    let finished = try runCommand("cbam-verify", [model, Self.frog, "--accumulated", "--chart", chart])
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(finished.text.contains("accumulated"))
    let svg = String(decoding: try readFile(chart), as: UTF8.self)
    #expect(svg.hasPrefix("<svg ") && svg.contains("<polyline") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains(">1 pool1</text>") && svg.contains(" logits</text>"), "every step has its name")
  }

  /// Real dumps of real runtimes pass; one with a wrong element is blamed on the node that wrote it.
  @Test(arguments: ["onnxruntime", "reference"])
  func anotherRuntimeIsJudged(runtime: String) throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    let dump = folder.file("dump.npz")
    let tool = "\(Peer.packageRoot)/tools/dump_tensors.py"
    let made = try run(try Peer.python(), [tool, model, dump, "--runtime", runtime, "--size", "32x32"])
    try #require(made.status == 0, "\(made.errors)")
    let good = try runCommand("cbam-verify", [model, "--inputs", dump, "--against", dump])
    #expect(
      good.status == 0 && good.text.contains("rounding explains every difference"),
      "\(good.text) \(good.errors)")

    // One product of one sum is lost, and all that follows is computed from it.
    let bad = folder.file("bad.npz")
    try Peer.run(
      """
      import sys
      import numpy as np
      import onnx
      dump, bad, path = sys.argv[1:]
      values = dict(np.load(dump))
      graph = onnx.load(path).graph
      sizes = {t.name: t.dims[0] for t in graph.initializer if t.dims}
      node = [n for n in graph.node if n.op_type == "Conv" and sizes[n.input[1]] > 5][1]
      weights = onnx.numpy_helper.to_array({t.name: t for t in graph.initializer}[node.input[1]])
      x = values[node.input[0]]
      channel = int(abs(x).sum(axis=(0, 2, 3)).argmax())
      row, column = np.unravel_index(x[0, channel].argmax(), x.shape[2:])
      values[node.output[0]][0, 5, row, column] -= x[0, channel, row, column] * weights[5, channel, 1, 1]
      np.savez(bad, **values)
      print(node.output[0], row, column)
      """, [dump, bad, model])
    let found = try runCommand("cbam-verify", [model, "--inputs", dump, "--against", bad])
    #expect(found.status == 1, "\(found.text)")
    #expect(found.text.contains("both part at") && found.text.contains("(Conv)"), "\(found.text)")
    #expect(found.text.contains("element [0, 5, ") && found.text.contains("its 289 terms"), "\(found.text)")
    #expect(
      found.text.contains("  ours is ") && found.text.contains(" the sum is what was computed"),
      "\(found.text)")
    let json = try runCommand("cbam-verify", [model, "--against", bad, "--json"])
    #expect(json.status == 1)
    let report = try JSONDecoder().decode(AgainstReport.self, from: Data(json.output))
    #expect(report.neighbourhood.wrong == "theirs" && report.neighbourhood.terms.count == 289)
    #expect(report.neighbourhood.output == report.first && report.neighbourhood.element.prefix(2) == [0, 5])
    // Both see the same picture, so that every term of the sum is the same up to rounding.
    for term in report.neighbourhood.terms {
      #expect(abs(term.ours - term.theirs) <= 1e-5 * max(1, abs(term.ours)), "\(term.label)")
    }
    #expect(report.neighbourhood.lost?.label.contains("[5, ") == true, "\(json.text)")
    // The same place, cut out.
    let part = folder.file("smallest")
    let reduced = try runCommand("cbam-verify", [model, "--against", bad, "--reduce", "-o", part, "--json"])
    #expect(
      reduced.status == 0 && reduced.text.contains(#""operators":["Conv"]"#),
      "\(reduced.text) \(reduced.errors)")
    #expect(try runCommand("cbam-verify", ["--suite", part]).status == 0)
    // A run on a picture is not what the dump was made from.
    let other = try runCommand("cbam-verify", [model, Self.frog, "--against", dump])
    #expect(other.status == 1 && other.output.isEmpty)
    #expect(other.errors.contains("was made from another 'input'"), "\(other.errors)")
  }

  private struct AgainstReport: Decodable {
    struct Term: Decodable {
      let label: String
      let ours: Double
      let theirs: Double
    }
    struct Place: Decodable {
      let output: String
      let wrong: String
      let element: [Int]
      let terms: [Term]
      let lost: Term?
    }
    let first: String
    let neighbourhood: Place
  }

  @Test func weightsAreTracedToTheCheckpoint() throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    let right = try runCommand("cbam-verify", [model, "--checkpoint", ExportCommandTests.shipped])
    #expect(
      right.status == 0 && right.text.contains(", 0 invented, 0 tensors unused"),
      "\(right.text) \(right.errors)")
    // One bit of one weight.
    var changed = try ONNXReader().model(path: model)
    let name = try #require(changed.graph.initializers.keys.first { $0.hasSuffix(".weight") })
    try changed.graph.initializers[name]?.withMutableElements(of: Float.self) { $0[0] = $0[0].nextUp }
    let path = folder.file("changed.onnx")
    try ONNXWriter().write(changed, path: path)
    let wrong = try runCommand("cbam-verify", [path, "--checkpoint", ExportCommandTests.shipped])
    #expect(wrong.status == 1, "\(wrong.text)")
    #expect(wrong.text.contains("INVENTED \(name)") && wrong.text.contains("UNUSED \(name)"), "\(wrong.text)")
  }

  /// Every family, folded or not, in both precisions, and a network whose epsilons only the whole module tells.
  @Test(
    arguments: [
      "tiny_cbam_cnn.ckpt", "tiny_resnet_cifar.ckpt", "tiny_resnet_bottleneck.ckpt", "tiny_mobilenetv2.ckpt",
      "tiny_resnet_whole.pt",
    ], [[], ["--keep-batchnorm"], ["--precision", "fp16"]])
  func everyExportIsTraced(name: String, options: [String]) throws {
    let folder = try ScratchFolder()
    let checkpoint = "\(Peer.packageRoot)/Tests/ExportTests/Fixtures/\(name)"
    let model = folder.file("model.onnx")
    let size = name == "tiny_cbam_cnn.ckpt" ? "12x12" : "32x32"
    let exported = try runCommand(
      "cbam-export", ["--quiet", checkpoint, "-o", model, "--size", size] + options)
    try #require(exported.status == 0, "\(exported.errors)")
    let traced = try runCommand("cbam-verify", [model, "--checkpoint", checkpoint])
    #expect(
      traced.status == 0 && traced.text.contains(", 0 invented, 0 tensors unused"),
      "\(traced.text) \(traced.errors)")
    // Another epsilon than the one that was folded in, or stands in the nodes.
    let other = try runCommand("cbam-verify", [model, "--checkpoint", checkpoint, "--bn-epsilon", "0.1"])
    let keeps = options == ["--keep-batchnorm"]
    #expect(other.status == 1 && other.text.contains(keeps ? "EPSILON" : "INVENTED"), "\(other.text)")
  }

  /// BatchNorm's ε is no initializer, and yet a part of what was learned.
  @Test func aWrongEpsilonIsFound() throws {
    let folder = try ScratchFolder()
    let model = folder.file("model.onnx")
    let exported = try runCommand(
      "cbam-export", ["--quiet", ExportCommandTests.tiny, "-o", model, "--keep-batchnorm"])
    try #require(exported.status == 0, "\(exported.errors)")
    let right = try runCommand("cbam-verify", [model, "--checkpoint", ExportCommandTests.tiny])
    #expect(right.status == 0 && right.text.hasSuffix("unused, 0 of 2 epsilons differ\n"), "\(right.text)")
    var changed = try ONNXReader().model(path: model)
    let index = try #require(changed.graph.nodes.lastIndex { $0.operatorType == "BatchNormalization" })
    let path = folder.file("changed.onnx")
    let checks: [(Attribute?, String)] = [
      (.float(1e-3), "0.001"), (.float(Float(1e-5).nextUp), "1.0000001e-05"), (nil, ""),
    ]
    for (epsilon, text) in checks {
      changed.graph.nodes[index].attributes["epsilon"] = epsilon
      try ONNXWriter().write(changed, path: path)
      let traced = try runCommand("cbam-verify", [path, "--checkpoint", ExportCommandTests.tiny])
      // A node that names none has the standard's, which is PyTorch's too.
      #expect(traced.status == (epsilon == nil ? 0 : 1), "\(traced.text)")
      let line = "EPSILON node 'bn2' (BatchNormalization): \(text), not the 1e-05 of 'bn2'\n"
      #expect(traced.text.contains(line) == (epsilon != nil), "\(traced.text)")
      #expect(traced.text.hasSuffix("unused, \(epsilon == nil ? 0 : 1) of 2 epsilons differ\n"))
    }
    changed.graph.nodes[index].attributes["epsilon"] = .float(1e-3)
    try ONNXWriter().write(changed, path: path)
    let traced = try runCommand("cbam-verify", [path, "--checkpoint", ExportCommandTests.tiny, "--json"])
    #expect(
      traced.status == 1 && traced.text.contains(#"{"expected":1e-05,"found":0.001,"module":"bn2","node":"#),
      "\(traced.text)")
  }

  /// What is cut out is a backend test that ONNX Runtime and we pass.
  @Test func aPartIsABackendTest() throws {
    let folder = try ScratchFolder()
    let model = try RunCommandTests.shipped(folder)
    let read = try ONNXReader().model(path: model)
    let convolution = try #require(read.graph.nodes.filter { $0.operatorType == "Conv" }.dropFirst().first)
    let part = folder.file("part")
    let finished = try runCommand(
      "cbam-verify", [model, Self.frog, "--extract", convolution.outputs[0], "-o", part])
    #expect(finished.status == 0, "\(finished.errors)")
    let suite = try runCommand("cbam-verify", ["--suite", part])
    #expect(suite.status == 0 && suite.text.contains("1 passed, 0 failed"), "\(suite.text) \(suite.errors)")
    let difference = try Peer.run(
      """
      import sys
      import onnx
      import onnxruntime
      from onnx import numpy_helper
      folder = sys.argv[1]
      def value(name):
          tensor = onnx.TensorProto()
          tensor.ParseFromString(open(f"{folder}/test_data_set_0/{name}.pb", "rb").read())
          return tensor.name, numpy_helper.to_array(tensor)
      onnx.checker.check_model(f"{folder}/model.onnx", full_check=True)
      session = onnxruntime.InferenceSession(f"{folder}/model.onnx")
      found = session.run(None, dict([value("input_0")]))[0]
      print(abs(found - value("output_0")[1]).max())
      """, [part])
    #expect(try #require(Double(difference.dropLast())) < 1e-4)
  }
}
