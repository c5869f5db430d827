import Files
import Graph
import OrderedCollections
import Testing

@testable import Checkpoint

/// What a checkpoint holds besides weights.
@Suite struct RecordTests {
  @Test(arguments: ["newest", "oldest"]) func pythonsValuesAreReadAsData(set: String) throws {
    let root = try Fixtures.open("\(set)/objects.pt").root
    let expected = [
      "size": "(2, 3)", "dtype": "torch.float16", "device": "device('cuda', 1)",
      "ordered": "OrderedDict({'b': 1, 'a': 2})", "default": "defaultdict({'k': [1]})",
      "counter": "Counter({'a': 2, 'b': 1})", "namespace": "Namespace(lr=0.1, arch='cbam', layers=[1, 2])",
      "path": "PurePosixPath('/', 'data', 'cifar')", "real_path": "PosixPath('runs')",
      "datetime": "datetime(10 bytes)",
      "delta": "timedelta(0, 5, 0)", "set": "{1, 2}", "frozenset": "{'x'}",
      "bytes": "3 bytes", "bytearray": "2 bytes", "complex": "complex(1.0, 2.0)",
      "slice": "slice(1, 2, None)",
      "none": "None", "flags": "[True, False]", "text": "'ünï code 😀'",
    ]
    // Python 3.11.7 writes an enum by its value, 3.11.2 by its name.
    #expect(root["enum"]?.summary() == (set == "newest" ? "Phase('test')" : "Phase('TEST')"))
    for (name, text) in expected { #expect(root[name]?.summary() == text, "\(name)") }
    let integers = try #require(root["integers"]).summary(limit: 400)
    #expect(
      integers == "[0, 255, 256, 65535, 65536, -1, 2147483648, -2147483648, 9223372036854775807, "
        + "-9223372036854775808, 0xffffffffffffffff, -0x400000000000000000]")
    #expect(root["floats"]?.summary() == "[0.1, inf, -inf, 1e+300]")
    guard case .bytes(let bytes) = root["bytes"]?.value else {
      Issue.record("no bytes")
      return
    }
    #expect(bytes.array == [0, 255, 128])
    let numpy = try #require(root["numpy"])
    #expect(numpy["float"]?.real == 1.5)
    #expect(numpy["int"]?.integer == -3)
    #expect(numpy["bool"]?.bool == true)
    for name in ["c", "fortran", "big_endian"] {
      let tensor = try #require(numpy[name]?.tensor, "\(name)")
      #expect(tensor.shape == [2, 3])
      #expect(try tensor.tensor().doubles() == [0, 1, 2, 3, 4, 5], "\(name)")
    }
    #expect(numpy["strings"]?.className == "numpy.ndarray")
    #expect(numpy["objects"]?.className == "numpy.ndarray")
  }

  @Test(arguments: ["newest/module.pt", "oldest/module.pt", "oldest/legacy_module.pt"])
  func aWholeModuleTellsItsHyperparameters(name: String) throws {
    let file = try Fixtures.open(name)
    let tree = try #require(file.moduleTree)
    #expect(tree.shortClassName == "SmallNet")
    #expect(tree.isTraining == false)
    let conv = try #require(tree.module(at: "features.0"))
    #expect(conv.className == "torch.nn.modules.conv.Conv2d")
    #expect(conv["kernel_size"]?.integers == [3, 3])
    #expect(conv["stride"]?.integers == [2, 2])
    #expect(conv["padding"]?.integers == [1, 1])
    #expect(conv["dilation"]?.integers == [1, 1])
    #expect(conv["groups"]?.integer == 1)
    #expect(tree.module(at: "features.1")?["eps"]?.real == 1e-3)
    #expect(tree.module(at: "attention")?["ratio"]?.integer == 16)
    #expect(tree["activation"]?.summary() == "torch.nn.functional.relu")
    let state = try file.stateDict()
    #expect(state.moduleTree != nil)
    #expect(state["scratch"] == nil, "a buffer that is not persistent is no state")
    #expect(
      Array(state.names) == [
        "features.0.weight", "features.0.bias", "features.1.weight", "features.1.bias",
        "features.1.running_mean", "features.1.running_var", "features.1.num_batches_tracked",
        "attention.conv.weight", "head.weight", "head.bias",
      ])
  }

  @Test func theChoiceIsExplained() throws {
    let timm = try Fixtures.open("newest/timm.pth.tar")
    #expect(
      try timm.stateDict().reason
        == "'state_dict' (the weights, 4 tensors); also here: 'state_dict_ema' (averaged)")
    #expect(timm.candidates.map(\.keyPath) == ["state_dict", "optimizer", "state_dict_ema"])
    #expect(timm.candidates.map(\.role) == [.weights, .training, .average])
    #expect(timm.hyperparameters.map(\.name) == ["args"])
    let lightning = try Fixtures.open("newest/lightning.ckpt")
    #expect(
      try lightning.stateDict().reason == "'state_dict' (the weights, 4 tensors), names without 'model.'")
    #expect(lightning.hyperparameters.first?.value["lr"]?.real == 0.001)
    let types = try Fixtures.open("newest/types.safetensors")
    #expect(types.hyperparameters.first?.value["note"]?.string == "quote \" and ünï")
  }

  @Test func whatIsNoWeightsIsSaid() throws {
    func message(_ name: String, _ key: String? = nil) -> String {
      do {
        _ = try Fixtures.open("newest/\(name)").stateDict(weightsKey: key)
        return ""
      } catch {
        return "\(error)".replacing("\(Fixtures.folder)/newest/", with: "")
      }
    }
    #expect(
      message("only_optimizer.pt")
        == "only_optimizer.pt: no weights found; the file holds only training state ('optimizer')")
    #expect(
      message("ambiguous.pt")
        == "ambiguous.pt: several parts could be the weights: 'encoder', 'decoder'; choose one by its key")
    #expect(message("ambiguous.pt", "encoder").isEmpty)
    #expect(
      message("timm.pth.tar", "nothing")
        == "timm.pth.tar: no weights under the key 'nothing'; there are 'state_dict', 'optimizer', 'state_dict_ema'"
    )
  }

  @Test func theOutlineShowsEverythingWithoutReadingIt() throws {
    let outline = try Outline(Fixtures.open("newest/timm.pth.tar"))
    let lines = outline.rows.prefix(9).map { row in
      String(repeating: "  ", count: row.depth)
        + "\(row.name): \(row.summary)\(row.role.map { " <\($0)>" } ?? "")"
    }
    #expect(
      lines == [
        ": dict of 9", "  epoch: 3", "  arch: 'cbam'", "  state_dict: collections.OrderedDict of 4 <weights>",
        "    conv.weight: float32[2×3×3×3]", "    conv.bias: float32[2]", "    bn.running_mean: float32[2]",
        "    bn.num_batches_tracked: int64[]", "  optimizer: dict of 2 <training>",
      ])
    #expect(!outline.isCut)
    // Weights, optimizer and epoch, saved as they stand in one call.
    let tuple = try Outline(Fixtures.open("newest/tuple.pt"))
    #expect(tuple.rows.filter { $0.depth < 2 }.map(\.summary).first == "tuple of 3")
    #expect(tuple.rows.compactMap(\.role) == [.weights, .training])
    let module = try Outline(Fixtures.open("newest/module.pt"))
    #expect(module.rows.first?.summary == "SmallNet(training=False, activation=torch.nn.functional.relu)")
    #expect(
      module.rows.contains {
        $0.name == "0" && $0.summary.hasPrefix("Conv2d(") && $0.summary.contains("stride=(2, 2)")
      })
    #expect(try Outline(Fixtures.open("newest/timm.pth.tar"), limit: 3).isCut)
  }
}
