import TestSupport
import Testing

/// Values of every type go in and out of `cbam-run` as the messages of ONNX's backend tests.
@Suite struct DataSetFolderTests {
  /// `onnx.backend.test.BackendTest` itself judges; `scripts/backend-test` has it judge all 2,024.
  @Test func onnxItselfJudgesValuesOfEveryKind() throws {
    let patterns = [
      "test_sequence_", "test_optional_", "test_identity", "test_string_", "test_cast_FLOAT_to_INT4_",
      "test_cast_FLOAT_to_FLOAT4", "test_cast_FLOAT_to_BFLOAT16_", "test_cast_.*FLOAT8E8M0", "test_loop1",
      "test_stft_", "test_image_decoder_", "test_ai_onnx_ml_", "test_bernoulli", "test_gradient_",
      "test_operator_s",
    ]
    let finished = try run(
      "/usr/bin/env",
      [
        "CBAM_RUN=\(try commandPath("cbam-run"))", try Peer.python(),
        "\(Peer.packageRoot)/python/test_cbam_backend.py",
      ]
        + patterns)
    #expect(finished.status == 0, "\(finished.text)\(finished.errors)")
    let counts = finished.text.split(separator: "\n").last?.split(separator: " ").compactMap { Int($0) } ?? []
    #expect((counts.first ?? 0) > 60 && counts.dropFirst().first == 0, "\(finished.text)")
  }

  @Test func oneNodeRunsWithoutAModel() throws {
    let text = try Peer.run(
      """
      import os, sys
      sys.path.insert(0, sys.argv[1] + "/python")
      os.environ["CBAM_RUN"] = sys.argv[2]
      import numpy as np, onnx
      from cbam_backend import CbamBackend
      node = onnx.helper.make_node("Gemm", ["a", "b", ""], ["y"], transB=1)
      a, b = np.arange(6, dtype="f4").reshape(2, 3), np.ones((4, 3), "f4")
      (y,) = CbamBackend.run_node(node, [a, b], opset_version=13)
      assert np.array_equal(y, a @ b.T), y
      try:
          CbamBackend.run_node(node, [a, a.T], opset_version=13)
      except RuntimeError as error:
          print(error)
      """, [Peer.packageRoot, try commandPath("cbam-run")])
    #expect(text.hasPrefix("cbam-run: ") && text.contains("Gemm"), "\(text)")
  }

  @Test func anOutputThatIsListedTwiceIsWrittenTwice() throws {
    try Peer.run(
      """
      import os, sys
      sys.path.insert(0, sys.argv[1] + "/python")
      os.environ["CBAM_RUN"] = sys.argv[2]
      import numpy as np, onnx
      from onnx import helper
      from cbam_backend import CbamBackend
      x, y = (helper.make_tensor_value_info(n, 1, [2]) for n in "xy")
      graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "g", [x], [y, x, y])
      model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
      onnx.checker.check_model(model, full_check=True)
      found = CbamBackend.run_model(model, [np.float32([1, -2])])
      assert [f.tolist() for f in found] == [[-1, 2], [1, -2], [-1, 2]], found
      """, [Peer.packageRoot, try commandPath("cbam-run")])
  }

  @Test func foldersThatDoNotFitAreRefused() throws {
    let folder = try ScratchFolder()
    try Peer.run(
      """
      import sys, numpy as np, onnx
      from onnx import helper, numpy_helper
      folder = sys.argv[1]
      info = [helper.make_tensor_value_info(n, 1, [2]) for n in "xy"]
      graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", info[:1], info[1:])
      onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), folder + "/m.onnx")
      for name, value in (("input_0", np.float32([1, -1])), ("input_1", np.float32([1]))):
          open(f"{folder}/{name}.pb", "wb").write(numpy_helper.from_array(value).SerializeToString())
      """, [folder.path])
    let finished = try runCommand("cbam-run", [folder.file("m.onnx"), "--inputs", folder.path])
    #expect(finished.status == 1)
    #expect(finished.errors.contains("the model takes only 1 inputs"), "\(finished.errors)")
  }
}
