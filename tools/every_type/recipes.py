"""Bases for the operators that `onnx` has no one-node test of, and for what older versions alone can say."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import graphs
import models

_numbers = np.random.default_rng(4)
ML = "ai.onnx.ml"


def _float(*shape):
    return _numbers.standard_normal(shape).astype(np.float32)


def _base(operator, inputs, outputs=("y",), domain="", **attributes):
    """A base of `operator`: `inputs` are arrays or (type, value), None for one that is left out."""
    names, types, data = [], {}, {}
    for index, value in enumerate(inputs):
        if value is None:
            names.append("")
            continue
        name = f"x{index}"
        names.append(name)
        if isinstance(value, tuple):
            types[name], data[name] = value
        else:
            kind = "string" if value.dtype == object else models.values.name_of(value.dtype)
            types[name], data[name] = f"tensor({kind})", value
    node = helper.make_node(operator, names, list(outputs), domain=domain, **attributes)
    return models.Base("recipe", node, types, data)


def _ml(operator, inputs, outputs=("y",), **attributes):
    return _base(operator, inputs, outputs, ML, **attributes)


def bases():
    x, plane = _float(3, 4), _float(2, 3, 5, 6)
    tensors = ("seq(tensor(float))", [_float(2, 3), _float(2, 3), _float(2, 3)])
    ints = np.array([[1, 2], [3, 1], [2, 2]], np.int64)
    words = np.array(["a", "b", "c", "a"], object)
    tree = {
        "nodes_treeids": [0] * 5 + [1] * 3, "nodes_nodeids": [0, 1, 2, 3, 4, 0, 1, 2],
        "nodes_featureids": [0, 1, 0, 0, 0, 2, 0, 0], "nodes_values": [0.1, -0.2, 0, 0, 0, 0.3, 0, 0],
        "nodes_modes": ["BRANCH_LEQ", "BRANCH_LT", "LEAF", "LEAF", "LEAF", "BRANCH_GT", "LEAF", "LEAF"],
        "nodes_truenodeids": [1, 3, 0, 0, 0, 1, 0, 0], "nodes_falsenodeids": [2, 4, 0, 0, 0, 2, 0, 0],
        "nodes_missing_value_tracks_true": [0] * 8}
    leaves = {"treeids": [0, 0, 0, 1, 1], "nodeids": [2, 3, 4, 1, 2]}
    support = {"kernel_params": [0.5, 0.25, 2.0], "support_vectors": [float(v) for v in _float(20)]}
    found = [
        _base("ConcatFromSequence", [tensors], axis=1), _base("ConcatFromSequence", [tensors], axis=0, new_axis=1),
        _base("SequenceAt", [tensors, np.array(-1, np.int64)]), _base("SequenceConstruct", [x, x + 1]),
        _base("SequenceEmpty", [], dtype=1), _base("SequenceErase", [tensors, np.array(1, np.int64)]),
        _base("SequenceErase", [tensors]), _base("SequenceLength", [tensors]),
        _base("SequenceInsert", [tensors, _float(2, 3), np.array(1, np.int64)]),
        _base("SplitToSequence", [_float(4, 3), np.array([1, 3], np.int64)], axis=0),
        _base("SplitToSequence", [_float(4, 3)], axis=1, keepdims=0),
        _base("Optional", [x]), _base("Optional", [tensors]),
        _base("Identity", [tensors]), _base("Identity", [("optional(tensor(float))", x)]),
        _base("OptionalHasElement", [("optional(tensor(float))", x)]),
        _base("OptionalHasElement", [("optional(seq(tensor(float)))", tensors[1])]),
        _base("OptionalGetElement", [("optional(tensor(float))", x)]),
        _base("GlobalLpPool", [plane], p=3), _base("GlobalLpPool", [plane]),
        _base("MaxRoiPool", [plane, np.array([[0, 0, 0, 4, 4], [1, 1, 2, 5, 4]], np.float32)], pooled_shape=[2, 2]),
        _base("MaxRoiPool", [plane, np.array([[1, 2, 2, 9, 9]], np.float32)], pooled_shape=[2, 3], spatial_scale=0.5),
        _base("MeanVarianceNormalization", [plane], axes=[0, 2, 3]), _base("MeanVarianceNormalization", [plane]),
        _base("Multinomial", [_float(2, 5)], sample_size=4, seed=1.0), _base("Multinomial", [_float(2, 5)], dtype=7),
        _base("RandomNormal", [], shape=[2, 3]), _base("RandomNormal", [], shape=[2, 3], dtype=11, seed=2.0),
        _base("RandomUniform", [], shape=[2, 3]), _base("RandomUniform", [], shape=[4], dtype=11, low=1.0, high=2.0),
        _base("RandomNormalLike", [x]), _base("RandomNormalLike", [x], dtype=11),
        _base("RandomUniformLike", [x]), _base("RandomUniformLike", [x], dtype=11),
        _base("Resize", [plane, _float(0), np.array([1, 1, 2, 1.5], np.float32)], mode="linear"),
        _base("Resize", [plane, _float(0), np.array([1, 1, 0.6, 0.7], np.float32)], mode="nearest"),
        _base("Upsample", [plane, np.array([1, 1, 2, 1.5], np.float32)], mode="linear"),
        _base("Upsample", [plane, np.array([1, 1, 3, 2], np.float32)], mode="nearest"),
        *_bit_casts(),
        _base("DequantizeLinear", [np.array([1, 2, 3], np.int8), models.values.convert(
            np.array(0.5), TensorProto.FLOAT8E8M0)], output_dtype=1),
        *(_base("LayerNormalization", [plane, _float(6)], ["y", "m"], stash_type=s) for s in (1, 16)),
        _base("DFT", [_float(1, 8, 1), np.array(6, np.int64)], axis=1),
        _base("GRU", [_float(3, 2, 4), _float(1, 15, 4), _float(1, 15, 5), _float(1, 30),
                      np.array([3, 1], np.int32)], ["y", "h"], hidden_size=5),
        _base("RNN", [_float(3, 2, 4), _float(1, 5, 4), _float(1, 5, 5), _float(1, 10),
                      np.array([3, 1], np.int32)], ["y", "h"], hidden_size=5),
        _base("LSTM", [_float(3, 2, 4), _float(2, 20, 4), _float(2, 20, 5), _float(2, 40),
                       np.array([3, 1], np.int32)], ["y", "h", "c"], hidden_size=5, direction="bidirectional"),
        _base("MaxPool", [plane], ["y", "i"], kernel_shape=[2, 2], strides=[2, 2]),
        _base("RMSNormalization", [plane, _float(6)]),
        _ml("CastMap", [("map(int64, float)", {1: 1.5, 4: -2.5})], cast_to="TO_FLOAT"),
        _ml("CastMap", [("map(int64, float)", {1: 1.5, 4: -2.5})], cast_to="TO_FLOAT", map_form="SPARSE", max_map=6),
        _ml("CastMap", [("map(int64, string)", {1: "1.5", 4: "-2"})], cast_to="TO_STRING"),
        _ml("CastMap", [("map(int64, string)", {1: "1", 4: "-2"})], cast_to="TO_INT64"),
        _ml("CategoryMapper", [words], cats_strings=["a", "b"], cats_int64s=[3, 5], default_int64=-7),
        _ml("CategoryMapper", [ints], cats_strings=["a", "b"], cats_int64s=[1, 2], default_string="none"),
        _ml("DictVectorizer", [("map(string, float)", {"a": 1.5, "c": 2.5})], string_vocabulary=["c", "b", "a"]),
        _ml("DictVectorizer", [("map(int64, float)", {1: 1.5, 3: 2.5})], int64_vocabulary=[3, 2, 1]),
        _ml("DictVectorizer", [("map(int64, double)", {1: 1.5, 3: 2.5})], int64_vocabulary=[3, 2, 1]),
        _ml("DictVectorizer", [("map(string, double)", {"a": 1.5})], string_vocabulary=["c", "a"]),
        _ml("DictVectorizer", [("map(int64, string)", {1: "u", 3: "v"})], int64_vocabulary=[3, 2, 1]),
        _ml("DictVectorizer", [("map(string, int64)", {"a": 4})], string_vocabulary=["c", "a"]),
        _ml("FeatureVectorizer", [_float(3, 2), _float(3, 1)], inputdimensions=[2, 1]),
        _ml("Imputer", [np.array([[1, np.nan], [np.nan, 2]], np.float32)], imputed_value_floats=[7.0, 8.0],
            replaced_value_float=float("nan")),
        _ml("Imputer", [ints], imputed_value_int64s=[9], replaced_value_int64=2),
        _ml("LinearClassifier", [_float(4, 2)], ["y", "z"], classlabels_ints=[3, 5, 7],
            coefficients=[0.5, -1, 2, 1, -0.5, 0.25], intercepts=[0.1, 0.2, 0.3], post_transform="SOFTMAX"),
        _ml("LinearClassifier", [_float(4, 2)], ["y", "z"], classlabels_strings=["n", "p"],
            coefficients=[0.5, -1, 2, 1], intercepts=[0.1, 0.2], post_transform="LOGISTIC"),
        _ml("LinearRegressor", [_float(4, 2)], coefficients=[0.5, -1, 2, 1], intercepts=[0.1, 0.2], targets=2),
        *(_ml("Normalizer", [_float(3, 4)], norm=norm) for norm in ("MAX", "L1", "L2")),
        _ml("OneHotEncoder", [words], cats_strings=["a", "b"]),
        _ml("OneHotEncoder", [ints], cats_int64s=[1, 2]),
        _ml("Scaler", [_float(3, 2)], offset=[0.5, 1.5], scale=[2.0, 3.0]),
        _ml("Scaler", [_float(3, 2)], offset=[0.5], scale=[2.0]),
        _ml("ZipMap", [_float(2, 3)], classlabels_strings=["a", "b", "c"]),
        _ml("ZipMap", [_float(2, 3)], classlabels_int64s=[4, 5, 6]),
        _ml("SVMRegressor", [_float(3, 4)], kernel_type="RBF", n_supports=5, rho=[0.5],
            coefficients=[0.5, -0.25, 1.0, -1.0, 0.1], **support),
        _ml("SVMRegressor", [_float(3, 4)], kernel_type="POLY", n_supports=5, rho=[0.5],
            coefficients=[0.5, -0.25, 1.0, -1.0, 0.1], **support),
        _ml("SVMClassifier", [_float(3, 4)], ["y", "z"], kernel_type="RBF", rho=[0.5], vectors_per_class=[2, 3],
            classlabels_ints=[4, 9], coefficients=[0.5, -0.25, 1.0, -1.0, 0.1], **support),
        _ml("SVMClassifier", [_float(3, 4)], ["y", "z"], kernel_type="SIGMOID", rho=[0.5], vectors_per_class=[2, 3],
            classlabels_strings=["a", "b"], coefficients=[0.5, -0.25, 1.0, -1.0, 0.1], **support),
        _ml("TreeEnsembleClassifier", [_float(5, 3)], ["y", "z"], classlabels_int64s=[1, 2, 3],
            class_ids=[0, 1, 2, 0, 1], class_weights=[0.5, 1.0, -1.0, 0.25, 0.75],
            **{f"class_{k}": v for k, v in leaves.items()}, post_transform="SOFTMAX", **tree),
        _ml("TreeEnsembleClassifier", [_float(5, 3)], ["y", "z"], classlabels_strings=["a", "b", "c"],
            class_ids=[0, 1, 2, 0, 1], class_weights=[0.5, 1.0, -1.0, 0.25, 0.75],
            **{f"class_{k}": v for k, v in leaves.items()}, **tree),
        *(_ml("TreeEnsembleRegressor", [_float(5, 3)], n_targets=2, target_ids=[0, 1, 1, 0, 1],
              target_weights=[0.5, 1.0, -1.0, 0.25, 0.75], aggregate_function=how,
              **{f"target_{k}": v for k, v in leaves.items()}, **tree) for how in ("SUM", "MIN", "AVERAGE")),
        *_label_encoders(words, ints),
    ]
    result = {}
    for base in found:
        result.setdefault((base.node.domain, base.node.op_type), []).append(base)
    return result


def _label_encoders(words, ints):
    """LabelEncoder since version 2: keys and values in attributes that name their types."""
    keys = {"strings": ["a", "b"], "int64s": [1, 2], "floats": [1.0, 2.0]}
    texts = {"strings": "none", "int64s": -9, "floats": -0.5}
    arrays = {"strings": words, "int64s": ints, "floats": ints.astype(np.float32)}
    for own, other in (("strings", "int64s"), ("int64s", "strings"), ("int64s", "floats"), ("floats", "int64s"),
                       ("floats", "floats"), ("strings", "strings")):
        default = {"strings": "default_string", "int64s": "default_int64", "floats": "default_float"}[other]
        yield _ml("LabelEncoder", [arrays[own]], **{
            f"keys_{own}": keys[own], f"values_{other}": [v for v in keys[other]][::-1], default: texts[other]})
    # Since version 4 they may be tensors of more types.
    for own, other in (("double", "int16"), ("int16", "int32"), ("int32", "double")):
        keys, found = np.array([1, 2], own), np.array([7, -8], other)
        yield _ml("LabelEncoder", [ints.astype(own)], keys_tensor=numpy_helper.from_array(keys),
                  values_tensor=numpy_helper.from_array(found),
                  default_tensor=numpy_helper.from_array(np.array([3], other)))


def _bit_casts():
    """Each type seen as the unsigned integer of its width."""
    widths = {2: "UINT2", 4: "UINT4", 8: "UINT8", 16: "UINT16", 32: "UINT32", 64: "UINT64"}
    for name, number in models.values.ELEMENTS.items():
        bits = models.values.bits(number)
        if bits in widths:
            value = models.values.convert(np.arange(6, dtype=np.float32).reshape(2, 3), number)
            yield _base("BitCast", [(f"tensor({name})", value)], to=TensorProto.DataType.Value(widths[bits]))
    yield _base("BitCast", [_float(2).astype(np.complex128)], to=TensorProto.COMPLEX128)


# The oldest versions of these say what later ones can't; newer bases mean something else to them.
def older(key, version):
    """Bases for one version only."""
    plane = _float(2, 3, 5, 6)
    channels = [_float(3), _float(3), _float(3), np.abs(_float(3)) + 0.5]
    words = np.array(["a", "b", "c", "a"], object)
    return {
        ("BatchNormalization", 7): lambda: [
            _base("BatchNormalization", [plane, *channels]),
            _base("BatchNormalization", [plane, *(np.abs(_float(3, 5, 6)) + 0.5 for _ in range(4))], spatial=0)],
        ("BatchNormalization", 9): lambda: [_base("BatchNormalization", [plane, *channels], epsilon=1e-2)],
        ("Dropout", 7): lambda: [_base("Dropout", [plane], ratio=0.75)],
        ("Dropout", 10): lambda: [_base("Dropout", [plane], ratio=0.75), _base("Dropout", [plane], ["y", "mask"])],
        ("LabelEncoder", 1): lambda: [
            _ml("LabelEncoder", [words], classes_strings=["a", "b"], default_int64=-3),
            _ml("LabelEncoder", [np.array([0, 1, 5], np.int64)], classes_strings=["a", "b"], default_string="none")],
        ("Slice", 1): lambda: [
            _base("Slice", [plane], starts=[1, -4], ends=[3, 100], axes=[1, -1]), _base("Slice", [plane], starts=[1], ends=[2])],
        ("TopK", 1): lambda: [_base("TopK", [plane], ["y", "i"], axis=1, k=2)],
        ("Upsample", 7): lambda: [
            _base("Upsample", [plane], scales=[1.0, 1.0, 2.0, 3.0], mode=m) for m in ("nearest", "linear")],
        ("Gemm", 7): lambda: [
            _base("Gemm", [_float(4, 3), _float(5, 4), _float(1)], transA=1, transB=1, alpha=0.5, beta=0.25)],
        ("Pad", 2): lambda: [
            _base("Pad", [plane], mode=m, pads=[0, 0, 1, 2, 0, 0, 2, 1], **({"value": 1.5} if m == "constant" else {}))
            for m in ("constant", "reflect", "edge")],
        ("Clip", 6): lambda: [_base("Clip", [plane]), _base("Clip", [plane], min=-0.3, max=0.7)],
        ("Squeeze", 1): lambda: [_base("Squeeze", [_float(1, 3, 1)], axes=[2]), _base("Squeeze", [_float(1, 3, 1)])],
        ("Unsqueeze", 1): lambda: [_base("Unsqueeze", [plane], axes=[0, 3])],
        ("Split", 2): lambda: [_base("Split", [plane], ["a", "b"], axis=-1, split=[2, 4])],
        ("MaxPool", 8): lambda: [
            _base("MaxPool", [plane], ["y", "i"], kernel_shape=[2, 3], storage_order=1, strides=[1, 2])],
        ("Resize", 10): lambda: [
            _base("Resize", [plane, np.array(s, np.float32)], mode=m) for m in ("nearest", "linear")
            for s in ([1, 1, 2, 3], [1, 1, 0.6, 0.6])],
    }.get((key[1], version), lambda: [])()


def models_of(key, schema):
    """Whole models of the operators with graphs inside."""
    return graphs.models_of(key, schema)
