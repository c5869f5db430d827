import Export
import Graph
import Interpreter
import ONNX
import OrderedCollections
import TestSupport
import Testing

/// Others judge our files: onnx's checker at every operator set, ONNX Runtime and the ONNX reference evaluator.
@Suite struct InteroperabilityTests {
  /// Checks every file given, runs it in both peers and compares with our answer, all in one interpreter start.
  private static let script = """
    import sys, numpy as np, onnx, onnxruntime
    from onnx import numpy_helper
    from onnx.reference import ReferenceEvaluator
    folder = sys.argv[1]
    def load(name):
        t = onnx.TensorProto(); t.ParseFromString(open(f'{folder}/{name}', 'rb').read()); return numpy_helper.to_array(t)
    for name in sys.argv[2:]:
        model = onnx.load(f'{folder}/{name}.onnx')
        onnx.checker.check_model(model, full_check=True)
        assert model.producer_name == 'cbam-export'
        x, ours = load(f'{name}.input.pb'), load(f'{name}.output.pb')
        answers = {}
        # Before operator set 14, onnx.reference normalizes with the batch's own statistics, mixed in by momentum:
        # training, where the standard's BatchNormalization-9 with one output means inference.
        if model.opset_import[0].version >= 14 or not any(n.op_type == 'BatchNormalization' for n in model.graph.node):
            answers['reference'] = ReferenceEvaluator(model).run(None, {'input': x})[0]
        try:
            session = onnxruntime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider'])
            answers['onnxruntime'] = session.run(None, {'input': x})[0]
        except Exception as error:
            # ONNX Runtime lags behind the standard's newest operator sets, and says so.
            if 'opset' not in str(error) and 'IR version' not in str(error): raise
            print(name, 'onnxruntime does not know this operator set')
        for peer, theirs in answers.items():
            worst = np.abs(theirs - ours).max() / np.abs(theirs).max()
            assert worst < 1e-5, f'{name}: {peer} differs by {worst}'
            print(name, peer, 'ok')
    """

  @Test func everyOperatorSetIsLegalAndAgrees() throws {
    let folder = try ScratchFolder()
    let network = SyntheticNetwork()
    let input = try network.input(batch: 2)
    var names: [String] = []
    for opset in ExportOptions.opsets {
      for keeps in [false, true] {
        var options = ExportOptions()
        options.opset = opset
        options.keepsBatchNorm = keeps
        options.labels = (0..<network.classes).map { "class \($0)" }
        options.preprocessing = Preprocessing(mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.2])
        let name = "opset\(opset)\(keeps ? "_batchnorm" : "")"
        let model = try Exporter.export(Weights(tensors: try network.tensors()), options: options).model
        try ONNXWriter().write(model, path: folder.file("\(name).onnx"))
        // Read back by the codec: the interpreter shares nothing with the exporter.
        let read = try ONNXReader().model(path: folder.file("\(name).onnx"))
        let output = try #require(
          try ReferenceEvaluator(model: read).run(["input": .tensor(input)])["logits"])
        try ONNXWriter().write(.tensor(input), name: "input", path: folder.file("\(name).input.pb"))
        try ONNXWriter().write(output, name: "logits", path: folder.file("\(name).output.pb"))
        names.append(name)
      }
    }
    let report = try Peer.run(Self.script, [folder.path] + names)
    #expect(report.split(separator: "\n").count == names.count * 2 - 3, "\(report)")
    for opset in 11...21 {
      #expect(report.contains("opset\(opset) onnxruntime ok"), "\(report)")
      #expect(report.contains("opset\(opset)_batchnorm onnxruntime ok"), "\(report)")
    }
  }
}
