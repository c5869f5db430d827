import Files
import Graph
import ONNX
import TestSupport
import Testing
import Vision

@Suite struct RunCommandTests {
  static let pictures = "\(Peer.packageRoot)/models/cbam_cnn_cifar10/pictures"
  private static let classes = ["airplane", "automobile", "frog", "horse", "ship", "truck"]

  /// The shipped model as `cbam-export` writes it.
  static func shipped(_ folder: ScratchFolder, _ arguments: [String] = []) throws -> String {
    let path = folder.file("model.onnx")
    let finished = try runCommand(
      "cbam-export", [ExportCommandTests.shipped, "-o", path, "--quiet"] + arguments)
    try #require(finished.status == 0, "\(finished.errors)")
    return path
  }

  @Test func showsWhatIsOnPictures() throws {
    let folder = try ScratchFolder()
    let model = try Self.shipped(folder)
    let paths = Self.classes.map { "\(Self.pictures)/\($0).png" }
    let finished = try runCommand("cbam-run", [model] + paths + ["--top", "2"])
    #expect(finished.status == 0 && finished.errors.isEmpty, "\(finished.errors)")
    let blocks = finished.text.split(separator: "\n\n")
    #expect(blocks.count == 6)
    for (block, name) in zip(blocks, Self.classes) {
      let lines = block.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[0] == "\(Self.pictures)/\(name).png")
      #expect(lines[1].split(separator: " ").prefix(2) == ["1", name[...]], "\(lines[1])")
      #expect(lines[1].hasSuffix(" %"), "no bars where nobody looks")
    }
  }

  /// Every picture, one at a time and several at once, against ONNX Runtime on pictures that Pillow read.
  @Test func logitsAreThoseOfONNXRuntime() throws {
    let folder = try ScratchFolder()
    let model = try Self.shipped(folder)
    let paths = Self.classes.map { "\(Self.pictures)/\($0).png" }
    for batch in [1, 4, 6] {
      let finished = try runCommand(
        "cbam-run",
        [model] + paths + ["--json", "--top", "1", "--batch", "\(batch)", "--outputs", folder.file("y.npz")])
      #expect(finished.status == 0, "\(finished.errors)")
      let lines = finished.text.split(separator: "\n")
      #expect(lines.count == 6)
      for (line, name) in zip(lines, Self.classes) {
        #expect(line.contains(#""label":"\#(name)""#), "\(line)")
        #expect(line.hasPrefix(#"{"model":"\#(model)","picture":""#), "\(line)")
      }
      let difference = try Peer.run(
        """
        import sys
        import numpy as np
        import onnxruntime
        from PIL import Image
        model, ours, *paths = sys.argv[1:]
        f = np.float32
        x = np.stack([np.asarray(Image.open(p).convert("RGB").resize((32, 32), Image.BILINEAR)) for p in paths])
        x = (x.astype(f) / f(255) - np.array([0.4914, 0.4822, 0.4465], f)) / np.array([0.2023, 0.1994, 0.2010], f)
        theirs = onnxruntime.InferenceSession(model).run(None, {"input": x.transpose(0, 3, 1, 2)})[0]
        print(abs(np.load(ours)["logits"] - theirs).max())
        """, [model, folder.file("y.npz")] + paths)
      #expect(try #require(Double(difference.dropLast())) < 1e-4, "batch \(batch)")
    }
  }

  @Test func tensorsGoInAndOut() throws {
    let folder = try ScratchFolder()
    let model = try Self.shipped(folder)
    try Peer.run(
      """
      import sys; import numpy as np
      x = np.random.default_rng(5).standard_normal((3, 3, 32, 32)).astype("f4")
      np.savez_compressed(sys.argv[1] + "/x.npz", input=x, other=x[0])
      np.save(sys.argv[1] + "/x.npy", np.asfortranarray(x))
      """, [folder.path])
    let named = try runCommand(
      "cbam-run",
      [
        model, "--inputs", folder.file("x.npz"), "--outputs", folder.file("y.npz"), "--dump-tensors",
        folder.file("all.npz"), "--json",
      ])
    #expect(named.status == 0)
    #expect(named.errors == "cbam-run: \(folder.file("x.npz")): not inputs, left out: other\n")
    #expect(named.text.split(separator: "\n").count == 3)
    #expect(named.text.contains(#""row":2}"#))
    let alone = try runCommand(
      "cbam-run", [model, "--inputs", folder.file("x.npy"), "--outputs", folder.file("y.npy"), "--top", "10"])
    #expect(alone.status == 0 && alone.errors.isEmpty)
    #expect(alone.text.contains("x.npy[2]\n   1  "))
    let seen = try Peer.run(
      """
      import sys
      import numpy as np, onnx, onnxruntime
      folder, path = sys.argv[1:]
      x, all = np.load(folder + "/x.npy"), np.load(folder + "/all.npz")
      model = onnx.load(path)
      # Every value that a node writes becomes an output of theirs.
      names = [name for node in model.graph.node for name in node.output]
      del model.graph.output[:]
      model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
      session = onnxruntime.InferenceSession(model.SerializeToString())
      theirs = dict(zip(names, session.run(names, {"input": x})))
      missing = [name for name in names if name not in all.files and not name.endswith("shape")]
      assert not missing, missing
      worst = max((abs(all[name] - theirs[name]).max(), name) for name in names if name in all.files)
      assert worst[0] < 1e-4, worst
      assert (np.load(folder + "/y.npy") == np.load(folder + "/y.npz")["logits"]).all()
      assert (all["logits"] == np.load(folder + "/y.npy")).all() and (all["input"] == x).all()
      print(len(all.files) > 60)
      """, [folder.path, model])
    #expect(seen == "True\n")
  }

  @Test func attentionIsDrawn() throws {
    let folder = try ScratchFolder()
    let model = try Self.shipped(folder)
    // Two pictures of one name don't overwrite each other.
    let paths = ["\(Self.pictures)/frog.png", "\(Self.pictures)/../pictures/frog.png"]
    let finished = try runCommand(
      "cbam-run", [model] + paths + ["--attention", folder.file("maps"), "--json", "--top", "1"])
    #expect(finished.status == 0)
    #expect(finished.errors == "cbam-run: \(folder.file("maps")): 12 pictures of attention\n")
    let expected = (1...3).flatMap { block in
      ["channel", "spatial"].flatMap { kind in
        ["", "-2"].map { "frog.cbam\(block).\(kind)_attn.sigmoid\($0).png" }
      }
    }
    #expect(Set(namesInFolder(folder.file("maps"))) == Set(expected))
    for name in expected {
      let picture = try Picture(path: folder.file("maps/\(name)"))
      let size = name.contains("spatial") ? (256, 256) : (512, 161)
      #expect((picture.width, picture.height) == size, "\(name)")
      #expect(finished.text.contains(name), "\(name)")
    }
    #expect(finished.text.contains(#""kind":"spatial""#))
  }

  @Test func measuresWithoutInput() throws {
    let folder = try ScratchFolder()
    let model = try Self.shipped(folder)
    let benchmark = try runCommand("cbam-run", [model, "--benchmark", "--batch", "2", "--json"])
    #expect(benchmark.status == 0 && benchmark.errors.isEmpty)
    for key in [#""batch":2"#, #""median_ms":"#, #""min_ms":"#, #""runs":"#, #""threads":"#] {
      #expect(benchmark.text.contains(key), "\(benchmark.text)")
    }
    // One run at least, however short the time.
    let short = try runCommand("cbam-run", [model, "--benchmark", "--seconds", "0", "--json"])
    #expect(short.status == 0 && short.text.contains(#""runs":1,"#), "\(short.text)")
    let profile = try runCommand("cbam-run", [model, "--profile", folder.file("trace.json")])
    #expect(profile.status == 0 && profile.text.contains("Conv  "))
    try Peer.run(
      """
      import json, sys
      events = json.load(open(sys.argv[1]))["traceEvents"]
      assert len(events) >= 8 and all(e["ph"] == "X" and e["dur"] >= 0 for e in events)
      assert any("cbam1.spatial_attn.conv" in e["name"] and e["cat"] == "CBAM" for e in events), events
      """, [folder.file("trace.json")])
    let nodes = try runCommand("cbam-run", [model, "--per-node", "--threads", "1"])
    #expect(nodes.status == 0 && nodes.errors.isEmpty)
    let rows = nodes.text.split(separator: "\n")
    #expect(rows.first?.hasPrefix("operator  kernel") == true && rows.last?.hasPrefix("together ") == true)
    #expect(
      rows.count { $0.hasPrefix("CBAM  ") } == 3 && rows.count { $0.hasPrefix("Dense ") } == 2,
      "\(nodes.text)")
    let explained = try runCommand("cbam-run", [model, "--explain", "--json"])
    #expect(explained.status == 0 && explained.text.contains(#""operator":"CBAM""#))
    #expect(explained.text.contains("\"cbam3.spatial_attn.sigmoid\""))
    let plain = try runCommand("cbam-run", [model, "--explain", "\(Self.pictures)/frog.png"])
    #expect(plain.text.contains("recognise CBAM") && plain.text.contains("[1, 10]"))
    let unfused = try runCommand("cbam-run", [model, "--explain", "--no-fusion", "--threads", "1"])
    #expect(unfused.status == 0 && !unfused.text.contains("CBAM "))
    #expect(try runCommand("cbam-run", [model, "--explain", "--threads", "0"]).status == 64)
  }

  /// A model without metadata that gives probabilities for a fixed batch of two grey pictures.
  @Test func modelsOfOthersAreUnderstood() throws {
    let folder = try ScratchFolder()
    let path = folder.file("other.onnx")
    try Peer.run(
      """
      import sys
      import numpy as np, onnx
      from onnx import helper as h, numpy_helper, TensorProto as T
      weights = np.arange(12, dtype="f4").reshape(4, 3) / 10
      graph = h.make_graph([
          h.make_node("Flatten", ["x"], ["flat"]), h.make_node("Gemm", ["flat", "w"], ["scores"]),
          h.make_node("Softmax", ["scores"], ["y"], axis=1)], "g",
          [h.make_tensor_value_info("x", T.FLOAT, [2, 1, 2, 2])], [h.make_tensor_value_info("y", T.FLOAT, [2, 3])],
          [numpy_helper.from_array(weights, "w")])
      onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 13)], ir_version=8), sys.argv[1])
      """, [path])
    let paths = ["frog", "ship", "truck"].map { "\(Self.pictures)/\($0).png" }
    let finished = try runCommand("cbam-run", [path] + paths + ["--outputs", folder.file("y.npy"), "--json"])
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(finished.errors.contains("doesn't say how pictures become its input: values are scaled by 1/255"))
    #expect(finished.text.split(separator: "\n").count == 3)
    let outputs = try #require(try NumPyFile(path: folder.file("y.npy")).single).tensor()
    // Three pictures in two batches; the fourth place was a copy.
    #expect(outputs.shape == [3, 3])
    let probability = try #require(try outputs.doubles().prefix(3).max())
    #expect(finished.text.contains(#""probability":\#(probability),"rank":1"#), "\(finished.text)")
    try writeFile(folder.file("labels.txt"), Array("one\ntwo\nthree\n".utf8))
    let labelled = try runCommand(
      "cbam-run", [path, paths[0], "--mean", "0.5", "--std", "0.2", "--labels", folder.file("labels.txt")])
    #expect(labelled.status == 0 && labelled.errors.isEmpty && labelled.text.contains("1  "))
    for label in ["one", "two", "three"] { #expect(labelled.text.contains("  \(label) ")) }
    let wrong = try runCommand("cbam-run", [path, paths[0], "--mean", "0.5,0.5,0.5"])
    #expect(wrong.status == 1 && wrong.errors.contains("--mean and --std need 1 numbers for GRAY pictures"))
  }
}
