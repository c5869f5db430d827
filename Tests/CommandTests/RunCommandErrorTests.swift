import Graph
import ONNX
import OrderedCollections
import TestSupport
import Testing

@Suite struct RunCommandErrorTests {
  private let folder: ScratchFolder
  private let picture = "\(RunCommandTests.pictures)/frog.png"

  init() throws { folder = try ScratchFolder() }

  /// Runs the command and expects one line that says `expected`, status 1, no results and no new file.
  private func refuse(
    _ arguments: [String], _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = folder.names
    let finished = try runCommand("cbam-run", arguments)
    #expect(finished.status == 1, "\(finished.errors)", sourceLocation: sourceLocation)
    #expect(finished.errors.contains(expected), "\(finished.errors)", sourceLocation: sourceLocation)
    #expect(finished.errors.hasPrefix("cbam-run: "), sourceLocation: sourceLocation)
    #expect(
      finished.errors.split(separator: "\n").count == 1, "\(finished.errors)", sourceLocation: sourceLocation)
    #expect(finished.text.isEmpty, "\(finished.text)", sourceLocation: sourceLocation)
    #expect(folder.names == before, sourceLocation: sourceLocation)
  }

  @Test func badPicturesAreRefused() throws {
    let model = try RunCommandTests.shipped(folder)
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
      try writeFile(folder.file(name), bytes)
      return folder.file(name)
    }
    func png(_ side: UInt32) -> [UInt8] {
      let size = (0..<4).map { UInt8(truncatingIfNeeded: side >> (24 - 8 * $0)) }
      return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52] + size
        + size
        + [8, 2, 0, 0, 0, 0, 0, 0, 0]
    }
    let whole = try readFile(picture)
    try refuse([model, folder.file("none.png")], "none.png: can't open: No such file or directory")
    try refuse([model, folder.path], "not a plain file")
    try refuse([model, try file("a.png", [])], "a.png: this is an empty file")
    try refuse(
      [model, try file("a.png", Array("GIF89a".utf8))], "a.png: this is a GIF; pictures are PNG or JPEG")
    try refuse([model, try file("a.png", png(0))], "a.png: the picture has no pixels (0x0)")
    try refuse([model, try file("a.png", png(100_000))], "a picture of 100000x100000 pixels is too large")
    try refuse([model, try file("a.png", Array(whole.dropLast(30)))], "a.png: damaged PNG")
  }

  @Test func oneBadPictureDoesNotHideTheOthers() throws {
    let model = try RunCommandTests.shipped(folder)
    let finished = try runCommand(
      "cbam-run", [model, folder.file("none.png"), picture, "--json", "--top", "1"])
    #expect(finished.status == 1)
    #expect(finished.errors.contains("none.png: can't open"))
    #expect(finished.text.split(separator: "\n").count == 1 && finished.text.contains(#""label":"frog""#))
    // A file would be short of one without saying so.
    try refuse([model, folder.file("none.png"), picture, "--outputs", folder.file("y.npz")], "none.png")
  }

  @Test func badTensorsAreRefused() throws {
    let model = try RunCommandTests.shipped(folder)
    try Peer.run(
      """
      import sys; import numpy as np
      def save(name, **arrays): np.savez(f"{sys.argv[1]}/{name}.npz", **arrays)
      x = np.zeros((1, 3, 32, 32), "f4")
      save("type", input=x.astype("f8")); save("shape", input=x[:, :2]); save("name", a=x, b=x)
      np.save(sys.argv[1] + "/object.npy", np.array([None])); save("good", input=x)
      """, [folder.path])
    let good = folder.file("good.npz")
    try refuse(
      [model, "--inputs", folder.file("type.npz")], "elements of type float are needed, the array has '<f8'")
    try refuse(
      [model, "--inputs", folder.file("shape.npz")], "input 'input' is float [1, 2, 32, 32], needs float")
    try refuse([model, "--inputs", folder.file("name.npz")], "there is no array 'input'; there are 'a', 'b'")
    try refuse([model, "--inputs", folder.file("object.npy")], "save text as a fixed-width type")
    try refuse([model, "--inputs", picture], "neither a NumPy array (.npy) nor an archive")
    try refuse(
      [model, "--inputs", good, "--outputs", "/nonexistent/y.npz"], "/nonexistent/y.npz: can't write")
    // A folder takes outputs as .pb files; a dump has no such form.
    try refuse([model, "--inputs", good, "--dump-tensors", folder.path], "not a plain file")
    try refuse([model, "--inputs", good, "--dump-tensors", "/proc/all.npz"], "/proc/all.npz: can't write")
    try refuse(
      [model, "--benchmark", "--profile", "/nonexistent/t.json", "--explain", "--labels", good], "not UTF-8")
  }

  @Test func aFullDiskIsAnErrorAndLeavesNothing() throws {
    let model = try RunCommandTests.shipped(folder)
    let results = try run(
      "/bin/bash", ["-c", "exec \"$0\" \"$@\" > /dev/full", try commandPath("cbam-run"), model, picture])
    #expect(results.status == 1)
    #expect(results.errors == "cbam-run: can't write the results: No space left on device\n")
    let before = folder.names
    let dump = try run(
      "/bin/bash",
      [
        "-c", "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"", try commandPath("cbam-run"), model, picture,
        "--dump-tensors", folder.file("all.npz"),
      ])
    #expect(
      dump.status == 1 && dump.errors.contains("all.npz: can't write: File too large"), "\(dump.errors)")
    #expect(folder.names == before)
  }

  /// A graph `x → … → y` of one input.
  private func write(_ name: String, _ nodes: [Node], metadata: [String: String] = [:]) throws -> String {
    let type: ValueType = .tensor(.float32, [1, 3, 2, 2])
    var model = Model(
      graph: Graph(name: "g", nodes: nodes, inputs: [Value("x", type)], outputs: [Value("y", nil)]),
      opsetImports: ["": 17, "com.example": 1], irVersion: 8)
    for (key, value) in metadata { model.metadata[key] = value }
    _ = try ONNXWriter().write(model, path: folder.file(name))
    return folder.file(name)
  }

  @Test func badModelsAreRefused() throws {
    let shipped = try RunCommandTests.shipped(folder)
    let whole = try readFile(shipped)
    try writeFile(folder.file("half.onnx"), whole[..<(whole.count / 2)])
    try refuse([folder.file("half.onnx"), picture], "half.onnx: cut short")
    try refuse([folder.file("none.onnx"), picture], "none.onnx: can't open")
    try refuse([picture, picture], "frog.png: not an ONNX file")
    let cycle = try write(
      "cycle.onnx",
      [
        Node("Add", name: "one", inputs: ["x", "b"], outputs: ["a"]),
        Node("Relu", name: "two", inputs: ["a"], outputs: ["b"]), Node("Relu", inputs: ["b"], outputs: ["y"]),
      ])
    try refuse([cycle, picture], "cycle.onnx: the graph has a cycle through ")
    let twice = try write(
      "twice.onnx",
      [Node("Relu", name: "r", inputs: ["x"], outputs: ["y"]), Node("Abs", inputs: ["x"], outputs: ["y"])])
    try refuse([twice, picture], "twice.onnx: the name 'y' is written twice")
    let unknown = try write(
      "unknown.onnx",
      [
        Node("Frobnicate", name: "f", inputs: ["x"], outputs: ["a"]),
        Node("Magic", name: "m", domain: "com.example", inputs: ["a"], outputs: ["y"]),
      ])
    try refuse([unknown, picture], "node 'f' (Frobnicate)")
    try refuse([unknown, picture], "node 'm' (com.example.Magic)")
    let missing = try write("missing.onnx", [Node("Add", name: "n", inputs: ["x", "z"], outputs: ["y"])])
    try refuse([missing, picture], "node 'n' (Add) reads 'z', which no node, input or initializer provides")
    let relu = [Node("Relu", inputs: ["x"], outputs: ["y"])]
    let labels = try write("labels.onnx", relu, metadata: ["labels": "[1]"])
    try refuse([labels, picture], "labels.onnx: the model's property 'labels' is '[1]'")
    let mean = try write("mean.onnx", relu, metadata: ["mean": "a,b,c"])
    try refuse([mean, picture], "mean.onnx: the model's property 'mean' is 'a,b,c'")
    try refuse(
      [try write("plain.onnx", relu), picture, "--scale", "1/255", "--attention", folder.file("maps")],
      "has no attention to draw"
    )
  }

  @Test func optionsThatDoNotFitTheModelAreRefused() throws {
    let model = try RunCommandTests.shipped(folder)
    try refuse([model, picture, "--size", "64x64"], "which a size of 64x64 doesn't fit")
    try refuse([model, picture, "--mean", "0.5"], "--mean and --std need 3 numbers for RGB pictures")
    try refuse([model, picture, "--std", "1,0,1"], "--std must be above zero")
    try refuse([model, picture, "--color", "GRAY"], "has 3 channels, GRAY pictures have 1")
    try writeFile(folder.file("labels.txt"), Array("one\ntwo".utf8))
    try refuse(
      [model, picture, "--labels", folder.file("labels.txt")], "there are 2 labels for a model of 10 classes")
    try writeFile(folder.file("labels.txt"), Array("[\"one\"".utf8))
    try refuse(
      [model, picture, "--labels", folder.file("labels.txt")], "labels are a JSON array of strings or")
    let fixed = try RunCommandTests.shipped(folder, ["--batch", "2"])
    try refuse([fixed, "--benchmark", "--batch", "3"], "has a fixed batch of 2, not 3")
    try refuse([fixed, picture, "--batch", "3"], "the model's batch is fixed to 2, not 3")
  }

  @Test(
    arguments: [
      ([], "cbam-run: give a model\n"), (["m.onnx"], "give a picture or --inputs"),
      (["m.onnx", "a.png", "--inputs", "x.npz"], "give pictures or --inputs, not both"),
      (["m.onnx", "a.png", "--top", "0"], "--top needs a number of 1 or more, not '0'"),
      (
        ["m.onnx", "--benchmark", "--seconds", "1e300"],
        "--seconds needs a number from 0 to 86400, not '1e300'"
      ),
      (["m.onnx", "--benchmark", "--seconds", "nan"], "--seconds needs a number from 0 to 86400, not 'nan'"),
      (["m.onnx", "--explain", "--seconds", "1"], "--seconds needs --benchmark"),
      (["m.onnx", "a.png", "--batch", "0"], "--batch needs a number from 1 to 65536, not '0'"),
      (["m.onnx", "a.png", "--size", "32"], "'32' is invalid for --size: it takes HxW"),
      (["m.onnx", "a.png", "--mean", "1,2"], "'1,2' is invalid for --mean"),
      (["m.onnx", "a.png", "--background", "red"], "'red' is invalid for --background"),
      (["m.onnx", "--inputs", "x.npz", "--attention", "d"], "--attention draws over pictures"),
      (["m.onnx", "a.png", "--frobnicate"], "unrecognized option '--frobnicate'"),
    ] as [([String], String)])
  func misuseEndsWith64(arguments: [String], expected: String) throws {
    let finished = try runCommand("cbam-run", arguments)
    #expect(finished.status == 64)
    #expect(finished.errors.contains(expected), "\(finished.errors)")
    #expect(finished.text.isEmpty)
  }

  @Test func versionIsThatOfThePackage() throws {
    #expect(try runCommand("cbam-run", ["--version"]).text == "\(packageVersion)\n")
  }
}
