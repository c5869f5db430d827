import Graph
import TestSupport
import Testing

@testable import Interpreter

/// Classical models (`ai.onnx.ml`) on random rows, against ONNX Runtime.
@Suite struct ClassicalModelsTests {
  private static let script = """
    import os, sys
    import numpy as np, onnx, onnxruntime
    from onnx import helper, numpy_helper
    folder, r = sys.argv[1], np.random.default_rng(7)
    F, N = 3, 9
    X = r.standard_normal((N, F)).astype("f4")
    X[0] = 0
    def write(name, op, x=X, outputs=1, version=1, **attributes):
        node = helper.make_node(op, ["x"], [f"y{i}" for i in range(outputs)], domain="ai.onnx.ml", **attributes)
        info = helper.make_tensor_value_info("x", helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
        graph = helper.make_graph([node], "g", [info], [onnx.ValueInfoProto(name=o) for o in node.output])
        opsets = [helper.make_opsetid("ai.onnx.ml", version), helper.make_opsetid("", 18)]
        model = onnx.shape_inference.infer_shapes(helper.make_model(graph, opset_imports=opsets, ir_version=9))
        path = f"{folder}/{name}/test_data_set_0"
        os.makedirs(path)
        onnx.save(model, f"{folder}/{name}/model.onnx")
        session = onnxruntime.InferenceSession(model.SerializeToString())
        found = session.run(None, {"x": x})
        for stem, values in (("input", [x]), ("output", found)):
            for i, value in enumerate(values):
                open(f"{path}/{stem}_{i}.pb", "wb").write(numpy_helper.from_array(np.asarray(value)).SerializeToString())

    transforms = ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"]
    def trees(leaf, targets, count=4, positive=False):
        # Full trees of depth 2: nodes 0, 1, 2 branch, 3 to 6 are leaves.
        a = {f"nodes_{k}": [] for k in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids",
                                        "falsenodeids", "missing_value_tracks_true")}
        a |= {f"{leaf}_{k}": [] for k in ("treeids", "nodeids", "ids", "weights")}
        for t in range(count):
            for n in range(7):
                branch = n < 3
                for k, v in (("treeids", t), ("nodeids", n), ("featureids", int(r.integers(F)) if branch else 0),
                             ("values", float(r.standard_normal()) if branch else 0.0),
                             ("modes", ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"][t % 4] if branch else "LEAF"),
                             ("truenodeids", 2 * n + 1 if branch else 0), ("falsenodeids", 2 * n + 2 if branch else 0),
                             ("missing_value_tracks_true", 0)):
                    a[f"nodes_{k}"].append(v)
                if not branch:
                    for target in range(targets):
                        w = float(r.standard_normal())
                        for k, v in (("treeids", t), ("nodeids", n), ("ids", target),
                                     ("weights", abs(w) / count if positive else w)):
                            a[f"{leaf}_{k}"].append(v)
        return a
    for aggregate in ("SUM", "AVERAGE", "MIN", "MAX"):
        write(f"regressor_{aggregate}", "TreeEnsembleRegressor", n_targets=2, aggregate_function=aggregate,
              **trees("target", 2))
    write("regressor_base", "TreeEnsembleRegressor", n_targets=2, base_values=[1.0, -2.0], **trees("target", 2))
    for transform in transforms:
        write(f"trees_{transform}", "TreeEnsembleClassifier", outputs=2, classlabels_int64s=[4, 5, 6],
              post_transform=transform, **trees("class", 3))
    write("trees_strings", "TreeEnsembleClassifier", outputs=2, classlabels_strings=["a", "b", "c"], **trees("class", 3))
    for positive in (False, True):
        for transform in ("NONE", "LOGISTIC"):
            write(f"trees_binary_{positive}_{transform}", "TreeEnsembleClassifier", outputs=2, post_transform=transform,
                  classlabels_int64s=[10, 20], **trees("class", 1, positive=positive))
    def floats(*shape):
        return [float(v) for v in r.standard_normal(shape).ravel()]
    write("linear", "LinearRegressor", coefficients=floats(2, F), intercepts=floats(2), targets=2)
    for transform in transforms:
        write(f"linear_{transform}", "LinearClassifier", outputs=2, coefficients=floats(4, F), intercepts=floats(4),
              classlabels_ints=[1, 2, 3, 9], post_transform=transform)
    write("linear_strings", "LinearClassifier", outputs=2, coefficients=floats(2, F), intercepts=floats(2),
          classlabels_strings=["no", "yes"])
    for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID"):
        write(f"svm_{kernel}", "SVMRegressor", kernel_type=kernel, kernel_params=[0.4, 0.3, 2.0], n_supports=5,
              support_vectors=floats(5, F), coefficients=floats(5), rho=floats(1))
        write(f"svc_{kernel}", "SVMClassifier", outputs=2, kernel_type=kernel, kernel_params=[0.4, 0.3, 3.0],
              vectors_per_class=[2, 3, 2], support_vectors=floats(7, F), coefficients=floats(2, 7), rho=floats(3),
              classlabels_ints=[7, 8, 9])
    write("svc_probabilities", "SVMClassifier", outputs=2, kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0],
          vectors_per_class=[2, 3, 2], support_vectors=floats(7, F), coefficients=floats(2, 7), rho=floats(3),
          prob_a=[-0.9, -1.2, -0.7], prob_b=[0.1, 0.0, -0.1], classlabels_strings=["a", "b", "c"])
    write("one_class", "SVMRegressor", kernel_type="RBF", kernel_params=[0.4, 0.0, 0.0], n_supports=5, one_class=1,
          support_vectors=floats(5, F), coefficients=floats(5), rho=floats(1))
    for norm in ("MAX", "L1", "L2"):
        write(f"normalizer_{norm}", "Normalizer", x=np.abs(X) if norm == "MAX" else X, norm=norm)
    write("scaler", "Scaler", offset=floats(F), scale=floats(F))
    write("scaler_one", "Scaler", x=r.integers(-5, 5, (N, F)), offset=[2.0], scale=[0.5])
    write("imputer", "Imputer", x=np.where(X > 0, X, np.nan).astype("f4"), imputed_value_floats=floats(F),
          replaced_value_float=float("nan"))
    write("imputer_ints", "Imputer", x=r.integers(0, 3, (N, F)), imputed_value_int64s=[-8], replaced_value_int64=1)
    write("one_hot", "OneHotEncoder", x=r.integers(0, 4, (N, F)), cats_int64s=[2, 0, 7])
    write("binarizer", "Binarizer", threshold=0.25)
    write("vectorizer", "FeatureVectorizer", inputdimensions=[F])
    """

  @Test func resultsAreThoseOfONNXRuntime() throws {
    let folder = try ScratchFolder()
    try Peer.run(Self.script, [folder.path])
    var options = SessionOptions()
    options.usesKernels = false
    let suite = BackendSuite(options: options)
    #expect(folder.names.count > 35)
    for name in folder.names {
      let data = folder.file("\(name)/test_data_set_0")
      let files = namesInFolder(data)
      let outcome = suite.run(
        BackendSuite.Case(
          name: name, folder: folder.file(name),
          dataSets: [
            .init(
              inputs: files.filter { $0.hasPrefix("input") }.map { "\(data)/\($0)" },
              outputs: files.filter { $0.hasPrefix("output") }.map { "\(data)/\($0)" })
          ], tolerance: .init(relative: 1e-4, absolute: 1e-5)))
      #expect(outcome.failure == nil, "\(name): \(outcome.failure ?? "")")
    }
  }

  @Test func theNormalQuantileIsExact() {
    let known: [(Double, Double)] = [
      (0.5, 0), (0.975, 1.959_963_984_540_054), (0.001, -3.090_232_306_167_813_5),
      (1e-12, -7.034_483_825_301_132),
    ]
    for (probability, quantile) in known {
      #expect(abs(PostTransform.probit(probability) - quantile) < 1e-11, "\(probability)")
    }
    #expect(PostTransform.probit(0) == -.infinity && PostTransform.probit(2).isNaN)
  }

  @Test func badTreesAreRefused() throws {
    // A node that leads to itself, and one that asks for a feature that rows don't have.
    for (feature, child) in [(0, 0), (5, 1)] {
      let trees = OperatorCase(
        "TreeEnsembleRegressor", opset: 3,
        [
          "n_targets": .int(1), "nodes_treeids": .ints([0, 0]), "nodes_nodeids": .ints([0, 1]),
          "nodes_featureids": .ints([Int64(feature), 0]), "nodes_values": .floats([.infinity, 0]),
          "nodes_modes": .strings(["BRANCH_LEQ", "LEAF"]), "nodes_truenodeids": .ints([Int64(child), 0]),
          "nodes_falsenodeids": .ints([1, 0]), "target_treeids": .ints([0]), "target_nodeids": .ints([1]),
          "target_ids": .ints([0]), "target_weights": .floats([1]),
        ], domain: "ai.onnx.ml")
      #expect(throws: InterpreterError.self) { try trees(floats([1, 2], [1, 2])) }
    }
  }
}
