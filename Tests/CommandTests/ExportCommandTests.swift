import Checkpoint
import Files
import Glibc
import Graph
import ONNX
import OrderedCollections
import TestSupport
import Testing

@Suite struct ExportCommandTests {
  static let shipped = "\(Peer.packageRoot)/models/cbam_cnn_cifar10/cbam_cnn_cifar10.ckpt"
  static let tiny = "\(Peer.packageRoot)/Tests/ExportTests/Fixtures/tiny_cbam_cnn.ckpt"

  @Test func exportsTheShippedModel() throws {
    let folder = try ScratchFolder()
    let path = folder.file("model.onnx")
    let finished = try runCommand("cbam-export", [Self.shipped, "-o", path])
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(finished.text.contains("widths          32, 64, 128\n"))
    #expect(finished.text.contains("opset 17, 73 nodes, input float [batch, 3, 32, 32]"))
    #expect(
      finished.errors.contains("weights are from the whole file (the file is a state dict, 34 tensors)"))
    #expect(finished.errors.contains("labels and preprocessing are from"))
    #expect(folder.names == ["model.onnx"])
    let model = try ONNXReader().model(path: path)
    #expect(model.problems() == [])
    #expect(model.producerName == "cbam-export")
    #expect(try ClassLabels(metadata: model.metadata)?.names.count == 10)
    #expect(try Preprocessing(metadata: model.metadata).mean == [0.4914, 0.4822, 0.4465])
    let first = try readFile(path)
    #expect(try runCommand("cbam-export", [Self.shipped, "-o", path, "--quiet"]).text.isEmpty)
    #expect(try readFile(path) == first)
  }

  @Test func printsJSONForMachines() throws {
    let folder = try ScratchFolder()
    let finished = try runCommand("cbam-export", [Self.tiny, "-o", folder.file("m.onnx"), "--json"])
    #expect(finished.status == 0)
    #expect(finished.text.hasPrefix(#"{"bytes":"#))
    #expect(finished.text.contains(#""network":{"CBAM ratio":"4","classes":"5","family":"cbam_cnn","#))
    #expect(finished.text.split(separator: "\n").count == 1)
  }

  @Test func listsWithoutWriting() throws {
    let finished = try runCommand("cbam-export", [Self.tiny, "--list"])
    #expect(finished.status == 0)
    #expect(finished.text.contains("cbam2.spatial_attn.conv.weight: float32[1×2×5×5] 200 B"))
  }

  @Test func listsAsJSON() throws {
    let finished = try runCommand("cbam-export", [Self.tiny, "--list", "--json"])
    #expect(finished.status == 0)
    #expect(
      finished.text.contains(
        #""bytes":200,"depth":1,"dtype":"float32","name":"cbam2.spatial_attn.conv.weight","shape":[1,2,5,5]"#),
      "\(finished.text)")
  }

  @Test func aDescriptionInJSONIsTakenOrRefused() throws {
    let folder = try ScratchFolder()
    let file = folder.file("net.json")
    func run(_ json: String) throws -> Finished {
      try writeFile(file, Array(json.utf8))
      return try runCommand("cbam-export", [Self.tiny, "--arch", file, "-o", folder.file("m.onnx")])
    }
    let good = try run(
      #"{"family": "cbam_cnn", "layers": {"bn1": {"eps": 0.001}, "conv1": {"padding": [1, 1]}}}"#)
    #expect(good.status == 0, "\(good.errors)")
    for (json, expected) in [
      (#"{"family": "vit"}"#, "no family is called 'vit'"),
      (#"{"layers": {"bn1": {"epsilon": 1}}}"#, #""layers.bn1.epsilon": known keys are stride"#),
      (#"{"layers": {"conv1": {"stride": 0}}}"#, #""layers.conv1.stride": needs one number or two"#),
      (#"{"layers": {"conv1": {"stride": "two"}}}"#, #""layers.conv1.stride" is of another type"#),
      (#"{"layers": {"conv1": {"stride": 2}}}"#, "don't fit"), ("[]", "it is no JSON object"),
      ("{", "it is no JSON"),
      (#"{"layers": {"conv7": {"stride": 2}}}"#, "the checkpoint has no 'conv7.weight'"),
    ] {
      let finished = try run(json)
      #expect(finished.status == 1, "\(json)")
      #expect(finished.errors.contains(expected), "\(json): \(finished.errors)")
    }
  }

  /// The checkpoint is mapped and streamed: twice its size is room enough for all that the process allocates.
  @Test func memoryStaysUnderTwiceTheCheckpoint() throws {
    let folder = try ScratchFolder()
    let limit = 2 * (try readFile(Self.shipped).count) / 1024
    let finished = try run(
      "/bin/bash",
      [
        "-c", "ulimit -d \(limit); exec \"$0\" \"$@\"", try commandPath("cbam-export"), Self.shipped, "-o",
        folder.file("m.onnx"),
      ])
    #expect(finished.status == 0, "within \(limit) KiB: \(finished.errors)")
    #expect(folder.names == ["m.onnx"])
  }

  @Test func anIndexOfShardsIsAModelAndNotItsOwnDescription() throws {
    let folder = try ScratchFolder()
    try writeFile(folder.file("pytorch_model-1.bin"), readFile(Self.tiny))
    let names = try CheckpointFile.open(path: Self.tiny).stateDict().names
    let map = names.map { #""\#($0)": "pytorch_model-1.bin""# }.joined(separator: ", ")
    let index = folder.file("pytorch_model.bin.index.json")
    try writeFile(index, Array("{\"weight_map\": {\(map)}}".utf8))
    let finished = try runCommand("cbam-export", [index])
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(!finished.errors.contains("labels and preprocessing"), "\(finished.errors)")
    #expect(folder.names == ["pytorch_model-1.bin", "pytorch_model.bin.index.json", "pytorch_model.onnx"])
    try writeFile(folder.file("pytorch_model.json"), Array(#"{"mean": [0.1, 0.2, 0.3]}"#.utf8))
    let described = try runCommand("cbam-export", [index])
    #expect(described.errors.contains("from \(folder.file("pytorch_model.json"))"), "\(described.errors)")
  }

  /// The tiny network as safetensors, with `changes` of single elements by tensor.
  private static func checkpoint(with changes: [String: Float]) throws -> [UInt8] {
    let state = try CheckpointFile.open(path: tiny).stateDict()
    var (entries, data): ([String], [UInt8]) = ([], [])
    for (name, stored) in state.tensors where !name.hasSuffix("num_batches_tracked") {
      var tensor = try stored.tensor()
      if let value = changes[name] {
        try tensor.withMutableElements(of: Float.self) { $0[$0.count - 1] = value }
      }
      let start = data.count
      tensor.withBytes { data += $0 }
      entries.append(
        #""\#(name)":{"dtype":"F32","shape":\#(tensor.shape),"data_offsets":[\#(start),\#(data.count)]}"#)
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
  }

  @Test(
    arguments: [
      ([:], [], nil),
      (["fc1.weight": -.infinity], [], "1 of 16 tensors: 'fc1.weight'"),
      (["bn1.running_var": .nan], [], "2 of 16 tensors, the first of them 'conv1.weight_folded'"),
      // Each is finite, their product is not.
      (
        ["bn1.weight": 3e38, "bn1.running_var": 1e-10], [],
        "2 of 16 tensors, the first of them 'conv1.weight_folded'"
      ),
      (["bn1.running_var": .nan], ["--keep-batchnorm"], "1 of 23 tensors: 'bn1.running_var'"),
      (["fc1.weight": .nan], ["--precision", "fp16"], "1 of 16 tensors: 'fc1.weight_half'"),
      (
        ["fc1.weight": .nan, "fc2.bias": .infinity], ["--external-data", "always"],
        "2 of 16 tensors, the first of them 'fc1.weight'"
      ),
    ] as [([String: Float], [String], String?)])
  func weightsThatAreNoNumbersAreNoted(changes: [String: Float], arguments: [String], expected: String?)
    throws
  {
    let folder = try ScratchFolder()
    let file = folder.file("m.safetensors")
    try writeFile(file, Self.checkpoint(with: changes))
    let finished = try runCommand("cbam-export", [file] + arguments)
    #expect(finished.status == 0, "\(finished.errors)")
    let notes = finished.errors.split(separator: "\n").filter { $0.contains("NaN") }
    #expect(
      notes == (expected.map { ["cbam-export: NaN or infinity is in \($0)"] } ?? []), "\(finished.errors)")
    #expect(try runCommand("cbam-export", [file, "--quiet"] + arguments).errors.isEmpty)
  }

  @Test(arguments: [
    (["--opset", "10"], "--opset needs a number from 11 to 28"),
    (["--batch", "0"], "--batch needs a number of 1 or more, not '0'"),
    (["--size", "32"], "'32' is invalid for --size: it takes HxW|dynamic"),
    (["--precision", "int3"], "--precision: it takes one of fp32, fp16"),
    (["--frobnicate"], "--frobnicate"), (["--std", "0,1,1"], "--std needs numbers above 0"),
  ])
  func misuseEndsWith64(arguments: [String], expected: String) throws {
    let finished = try runCommand("cbam-export", [Self.tiny] + arguments)
    #expect(finished.status == 64)
    #expect(finished.errors.contains(expected), "\(finished.errors)")
    #expect(finished.text.isEmpty)
  }

  /// Runs the command on a bad checkpoint and expects one clear line, status 1 and nothing written.
  private func expectRefusal(
    _ checkpoint: [UInt8], _ expected: String, _ arguments: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try ScratchFolder()
    try writeFile(folder.file("bad.ckpt"), checkpoint)
    let finished = try runCommand(
      "cbam-export", [folder.file("bad.ckpt"), "-o", folder.file("out.onnx")] + arguments)
    #expect(finished.status == 1, "\(finished.errors)", sourceLocation: sourceLocation)
    #expect(finished.errors.contains(expected), "\(finished.errors)", sourceLocation: sourceLocation)
    #expect(finished.errors.hasPrefix("cbam-export: "), sourceLocation: sourceLocation)
    #expect(finished.text.isEmpty, sourceLocation: sourceLocation)
    #expect(folder.names == ["bad.ckpt"], sourceLocation: sourceLocation)
  }

  @Test func badCheckpointsAreRefused() throws {
    try expectRefusal(Array("not a checkpoint".utf8), "bad.ckpt")
    try expectRefusal([], "bad.ckpt")
    let whole = try readFile(Self.tiny)
    let labels = try ScratchFolder()
    try writeFile(labels.file("labels.txt"), Array("one\ntwo\nthree\n".utf8))
    for length in stride(from: 1000, to: whole.count, by: 1000) {
      try expectRefusal(Array(whole[..<length]), "bad.ckpt")
    }
    try expectRefusal(whole, "no family is called 'vgg'", ["--arch", "vgg"])
    try expectRefusal(whole, "resnet_cbam", ["--arch", "resnet_cbam"])
    try expectRefusal(whole, "3 labels are given for 5 classes", ["--labels", labels.file("labels.txt")])
    try expectRefusal(whole, "bad.ckpt: mean and std need 3 number(s)", ["--mean", "0.5,1,2", "--std", "1"])
    try expectRefusal(
      whole, "prepared as GRAY, which has 1 channel(s), and the network takes 3", ["--std", "1"])
    try writeFile(labels.file("labels.json"), Array("[\"one\"".utf8))
    try expectRefusal(
      whole, "labels.json: labels are a JSON array of strings or", ["--labels", labels.file("labels.json")])
    try expectRefusal(whole, "fc1 needs", ["--size", "64x64"])
    try expectRefusal(whole, "can't be dynamic", ["--size", "dynamic"])
    try expectRefusal(whole, "nowhere", ["--weights-key", "nowhere"])
  }

  @Test func filesThatCanNotBeWrittenAreNamed() throws {
    let folder = try ScratchFolder()
    for (path, expected) in [
      ("/nonexistent/x.onnx", "/nonexistent/x.onnx: can't write: No such file or directory"),
      (folder.path, "not a plain file"), ("/proc/x.onnx", "/proc/x.onnx: can't write"),
    ] {
      let finished = try runCommand("cbam-export", [Self.tiny, "-o", path])
      #expect(finished.status == 1)
      #expect(finished.errors.contains(expected), "\(finished.errors)")
    }
    #expect(folder.names.isEmpty)
  }

  @Test func theCheckpointIsNotWrittenOver() throws {
    let folder = try ScratchFolder()
    let whole = try readFile(Self.tiny)
    try writeFile(folder.file("x.onnx"), whole)
    symlink("x.onnx", folder.file("link"))
    for arguments in [[], ["-o", folder.file("x.onnx")], ["-o", folder.file("link")]] {
      let finished = try runCommand("cbam-export", [folder.file("x.onnx")] + arguments)
      #expect(finished.status == 1)
      #expect(finished.errors.contains(": this is the checkpoint itself"), "\(finished.errors)")
    }
    #expect(folder.names == ["link", "x.onnx"])
    #expect(try readFile(folder.file("x.onnx")) == whole)
  }

  @Test func aFullDiskLeavesTheOldFileWhole() throws {
    let folder = try ScratchFolder()
    let path = folder.file("model.onnx")
    try writeFile(path, Array("old".utf8))
    // A limit on file size, with its signal ignored, fails as a full disk does: in the middle of writing.
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\""
    let finished = try run(
      "/bin/bash", ["-c", script, try commandPath("cbam-export"), Self.shipped, "-o", path])
    #expect(finished.status == 1)
    #expect(finished.errors.contains("\(path): can't write: File too large"), "\(finished.errors)")
    #expect(folder.names == ["model.onnx"])
    #expect(try readFile(path) == Array("old".utf8))
  }
}
