import Graph
import ONNX
import TestSupport
import Testing

/// What `onnx.shape_inference` knows of the standard's node tests, we know too: once as the tests are, once with
/// all inputs but the first made constants, and once with the first one's extents named.
@Suite struct InferenceAgreementTests {
  /// Python that writes each variant of a model to a folder and notes what is inferred of it.
  private static let script = """
    import sys, warnings
    warnings.filterwarnings('ignore')
    import onnx
    from onnx import TensorProto, numpy_helper, shape_inference
    folder, lines = sys.argv[1], []

    def as_tensor(value, name):
        tensor = TensorProto()
        tensor.CopyFrom(value if isinstance(value, TensorProto) else numpy_helper.from_array(value))
        tensor.name = name
        return tensor

    def infer(case, original, values):
        for variant in ('plain', 'constant', 'named'):
            model = onnx.ModelProto()
            model.CopyFrom(original)
            graph = model.graph
            if any(not i.type.HasField('tensor_type') for i in graph.input):
                continue
            for output in graph.output:
                if output.type.HasField('tensor_type'):
                    output.type.tensor_type.ClearField('shape')
            if variant != 'plain' and len(graph.input):
                for i, value in list(zip(graph.input, values))[1:]:
                    graph.initializer.append(as_tensor(value, i.name))
                del graph.input[1:]
                if variant == 'named':
                    for n, d in enumerate(graph.input[0].type.tensor_type.shape.dim):
                        d.dim_param = f's{n}'
            note(f'{case}.{variant}', model)

    def note(name, model):
        try:
            known = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
        except shape_inference.InferenceError:
            return
        onnx.save(model, f'{folder}/{name}.onnx')
        for value in [*known.value_info, *known.output]:
            if not value.type.HasField('tensor_type'):
                continue
            t = value.type.tensor_type
            dims = '*'
            if t.HasField('shape'):
                dims = ','.join(
                    str(d.dim_value) if d.HasField('dim_value') else d.dim_param or '?' for d in t.shape.dim)
            lines.append('\\t'.join([name, value.name, str(t.elem_type), dims]))

    """

  private static let nodeTests = """
    from onnx.backend.test.loader import load_model_tests
    for case in load_model_tests(kind='node'):
        infer(case.name, case.model, case.data_sets[0][0])
    print('\\n'.join(lines))
    """

  /// The models of `tools/every_type`, one for each version of each operator since operator set 7.
  private static let olderVersions = """
    sys.path.insert(0, sys.argv[2])
    import models
    for number, model in enumerate(models.generate(types=False)):
        if not model.variable or model.type == 'tensor(float)':
            case = f'{number}_{model.operator.replace(":", "_")}-{model.version}'
            infer(case, model.proto, [model.inputs[i.name] for i in model.proto.graph.input])
    print('\\n'.join(lines))
    """

  /// The whole networks that come with onnx, whose weights are made by the graph.
  private static let networks = """
    from pathlib import Path
    for path in sorted((Path(onnx.__file__).parent / 'backend/test/data/light').glob('*.onnx')):
        model = onnx.load(path)
        del model.graph.value_info[:]
        for output in model.graph.output:
            output.type.tensor_type.ClearField('shape')
        note(path.stem, model)
    print('\\n'.join(lines))
    """

  /// Where onnx 1.23 is wrong: it takes STFT's `onesided` for 0 where it is not given, which the standard says is 1;
  /// the tests' own outputs, `[1, 15, 9, 2]`, contradict it.
  private static let wrongThere: Set = ["test_stft.constant", "test_stft_with_window.constant"]

  /// Where onnx 1.23 is wrong of older versions: STFT as above; pools with `ceil_mode` whose last window would begin in
  /// the padding, which onnx.reference and ONNX Runtime leave out in these versions too; and Slice-10, which passes on
  /// the names of extents that it cuts.
  private static let olderWrongThere = [
    "STFT-17.constant", "AveragePool-10.", "AveragePool-11.", "AveragePool-19.", "MaxPool-10.", "MaxPool-11.",
    "MaxPool-12.", "Slice-10.named",
  ]

  @Test func nothingIsKnownLessThanThere() throws {
    let found = try Self.compare(Self.script + Self.nodeTests)
    #expect(
      found.differences.isEmpty,
      "\(found.differences.count) of \(found.compared): \(found.differences.prefix(20))")
    #expect(found.compared > 5500)
    #expect(found.confirmedWrong == Self.wrongThere)
  }

  @Test func norOfOlderVersions() throws {
    let found = try Self.compare(Self.script + Self.olderVersions)
    let kinds = found.differences.map { difference in
      Self.olderWrongThere.first { difference.contains("_\($0)") }
    }
    let unexplained = zip(found.differences, kinds).filter { $1 == nil }.map(\.0)
    #expect(unexplained.isEmpty, "\(unexplained.count) of \(found.compared): \(unexplained.prefix(20))")
    #expect(found.compared > 3000)
    #expect(Set(kinds.compactMap(\.self)) == Set(Self.olderWrongThere))
  }

  @Test func norOfWholeNetworks() throws {
    let found = try Self.compare(Self.script + Self.networks)
    #expect(
      found.differences.isEmpty,
      "\(found.differences.count) of \(found.compared): \(found.differences.prefix(20))")
    #expect(found.compared == 9)
  }

  private struct Comparison {
    var compared = 0
    var confirmedWrong: Set<String> = []
    var differences: [String] = []
  }

  private static func compare(_ script: String) throws -> Comparison {
    let folder = try ScratchFolder()
    let lines = try Peer.run(script, [folder.path, "\(Peer.packageRoot)/tools/every_type"]).split(
      separator: "\n")
    var expected: [String: [[Substring]]] = [:]
    for line in lines {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      expected[String(fields[0]), default: []].append(fields)
    }
    var found = Comparison()
    for (name, values) in expected.sorted(by: { $0.key < $1.key }) {
      let model = try ONNXReader().model(path: folder.file("\(name).onnx"))
      let known: InferredTypes
      do {
        known = try model.upgraded().graph.inferringTypes()
      } catch GraphError.unknownOperators {
        continue
      } catch {
        found.differences.append("\(name): \(error)")
        continue
      }
      found.compared += 1
      for fields in values {
        let ours = known.types[String(fields[1])]
        if !agrees(ours, elementType: fields[2], dimensions: fields[3]) {
          if wrongThere.contains(name), ours == .tensor(.float32, [1, 15, 9, 2]) {
            found.confirmedWrong.insert(name)
            continue
          }
          found.differences.append(
            "\(name): \(fields[1]) is \(fields[3]), ours \(ours.map { "\($0)" } ?? "unknown")")
        }
      }
    }
    return found
  }

  private static func agrees(_ ours: ValueType?, elementType: Substring, dimensions: Substring) -> Bool {
    guard case .tensor(let type, let shape)? = ours, "\(type.rawValue)" == elementType else { return false }
    if dimensions == "*" { return true }
    let theirs = dimensions.split(separator: ",")
    guard let shape, shape.rank == theirs.count else { return false }
    return zip(theirs, shape.dimensions).allSatisfy { text, dimension in
      // A number says more than their name; `unk__3` and `?` say nothing.
      if text == "?" || text.hasPrefix("unk__") { return true }
      return dimension.description == text || (Int(text) == nil && dimension.fixedValue != nil)
    }
  }
}
