"""Write models that are damaged in one place each, and what onnx.checker says of them.

usage: python tools/make_broken_models.py OUT      (writes OUT/NUMBER.onnx, prints lines of NUMBER, verdict, damage)

Sound models of several kinds are walked field by field; at each place one thing is broken: a field or an element is
taken away, repeated, renamed or given a value out of its range. Verdicts are `sound`, `broken` (onnx.checker says so)
and `inconsistent` (only its full check, which infers types and shapes, says so). The same models on every run.
"""

import sys
from itertools import islice
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.descriptor import FieldDescriptor
from onnx import TensorProto, checker, helper, numpy_helper

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
# Fields that say nothing of what a model means.
SILENT = {"doc_string", "producer_name", "producer_version", "metadata_props", "model_version", "denotation"}


def info(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def constant(name, values, kind="float32"):
    return numpy_helper.from_array(np.array(values, kind), name)


def model(nodes, inputs, outputs, initializers=(), functions=(), opset=21, ir=10, imports=(), **more):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, list(initializers), **more)
    opsets = [helper.make_opsetid("", opset), *imports]
    return helper.make_model(graph, functions=list(functions), opset_imports=opsets, ir_version=ir)


def convolutional():
    return model(
        [helper.make_node("Conv", ["x", "w", "b"], ["c"], "conv", pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
         helper.make_node("Relu", ["c"], ["r"], "relu"),
         helper.make_node("MaxPool", ["r"], ["m"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
         helper.make_node("Flatten", ["m"], ["f"], "flatten", axis=1),
         helper.make_node("Gemm", ["f", "k"], ["y"], "gemm", transB=1)],
        [info("x", FLOAT, ["n", 1, 4, 4])], [info("y", FLOAT, ["n", 3])],
        [constant("w", np.ones((2, 1, 3, 3))), constant("b", [1, 2]), constant("k", np.ones((3, 8)))],
        value_info=[info("r", FLOAT, ["n", 2, 4, 4])], opset=17, ir=8)


def old():
    return model(
        [helper.make_node("Reshape", ["x", "s"], ["r"], "reshape"),
         helper.make_node("Clip", ["r"], ["y"], "clip", min=0.0, max=6.0)],
        [info("x", FLOAT, [2, 3]), info("s", INT64, [1])], [info("y", FLOAT, [6])], [constant("s", [6], "int64")],
        opset=9, ir=3)


def branching():
    def branch(name, kind):
        return helper.make_graph([helper.make_node(kind, ["x"], [name + "_y"], name)], name, [], [info(name + "_y", FLOAT, [2])])

    return model(
        [helper.make_node("If", ["c"], ["y"], "if", then_branch=branch("then", "Relu"), else_branch=branch("else", "Neg"))],
        [info("c", BOOL, []), info("x", FLOAT, [2])], [info("y", FLOAT, [2])])


def looping():
    body = helper.make_graph(
        [helper.make_node("Add", ["state", "step"], ["next"], "add"),
         helper.make_node("Identity", ["condition"], ["again"], "identity"),
         helper.make_node("Mul", ["next", "x"], ["seen"], "mul")],
        "body", [info("number", INT64, []), info("condition", BOOL, []), info("state", FLOAT, [2])],
        [info("again", BOOL, []), info("next", FLOAT, [2]), info("seen", FLOAT, [2])], [constant("step", [1, 1])])
    return model(
        [helper.make_node("Loop", ["count", "", "x"], ["last", "all"], "loop", body=body)],
        [info("count", INT64, []), info("x", FLOAT, [2])], [info("last", FLOAT, [2]), info("all", FLOAT, [None, 2])])


def with_function():
    function = helper.make_function(
        "own", "Twice", ["a"], ["b"],
        [helper.make_node("Add", ["a", "a"], ["s"], "add"), helper.make_node("Relu", ["s"], ["b"], "relu")],
        [helper.make_opsetid("", 21)])
    return model(
        [helper.make_node("Twice", ["x"], ["y"], "twice", domain="own")], [info("x", FLOAT, [2])], [info("y", FLOAT, [2])],
        functions=[function], imports=[helper.make_opsetid("own", 1)])


def sequences():
    return model(
        [helper.make_node("SequenceConstruct", ["x", "x"], ["s"], "construct"),
         helper.make_node("ConcatFromSequence", ["s"], ["y"], "concat", axis=0)],
        [info("x", FLOAT, [2])], [info("y", FLOAT, [4])],
        value_info=[helper.make_tensor_sequence_value_info("s", FLOAT, [2])])


def quantized():
    return model(
        [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], "quantize"),
         helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"], "dequantize"),
         helper.make_node("Cast", ["d"], ["y"], "cast", to=TensorProto.DOUBLE)],
        [info("x", FLOAT, [4])], [info("y", TensorProto.DOUBLE, [4])],
        [constant("s", 0.5), constant("z", 3, "int8")])


def sparse():
    def thin(name):
        return helper.make_sparse_tensor(constant(name, [2, 3]), constant(name + "_indices", [0, 3], "int64"), [4])

    return model(
        [helper.make_node("Constant", [], ["k"], "constant", sparse_value=thin("k")),
         helper.make_node("Add", ["x", "k"], ["y"], "add"),
         helper.make_node("LabelEncoder", ["x"], ["z"], "encoder", domain="ai.onnx.ml", keys_floats=[1.0], values_int64s=[2])],
        [info("x", FLOAT, [4])], [info("y", FLOAT, [4]), info("z", INT64, [4])], sparse_initializer=[thin("unused")],
        imports=[helper.make_opsetid("ai.onnx.ml", 4)])


BASES = [convolutional, old, branching, looping, with_function, sequences, quantized, sparse]


def replacements(field, value):
    """What a scalar is replaced by."""
    if field.cpp_type in (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64):
        return [other for other in (0, 99, -7) if other != value and (other >= 0 or field.cpp_type != FieldDescriptor.CPPTYPE_UINT64)]
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING and field.type == FieldDescriptor.TYPE_STRING:
        return ["nowhere", "x", ""]
    if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
        return [number for number in (0, 2, 7) if number != value and number in field.enum_type.values_by_number]
    return []


def damages(message, path):
    """Pairs of what is broken and a function that breaks it in the message, which has then to be restored."""
    for field, value in message.ListFields():
        name = field.name
        here = f"{path}.{name}"
        if name in SILENT:
            continue
        yield f"{here} cleared", lambda name=name: message.ClearField(name)
        if field.is_repeated:
            items = getattr(message, name)
            for index in range(len(items) if name not in ("float_data", "int64_data") else 1):
                place = f"{here}[{index}]"
                if field.message_type:
                    yield f"{place} repeated", lambda items=items, index=index: items.append(items[index])
                    yield from damages(items[index], place)
                else:
                    for other in replacements(field, items[index]):
                        def change(items=items, index=index, other=other):
                            items[index] = other
                        yield f"{place} = {other!r}", change
                    yield f"{place} repeated", lambda items=items, index=index: items.append(items[index])
                if len(items) > 1:
                    yield f"{place} removed", lambda items=items, index=index: items.pop(index)
                    yield f"{here} reversed", lambda items=items, name=name: reverse(message, name)
        elif field.message_type:
            yield from damages(value, here)
        else:
            for other in replacements(field, value):
                yield f"{here} = {other!r}", lambda name=name, other=other: setattr(message, name, other)


def reverse(message, name):
    items = list(getattr(message, name))
    items = [type(i).FromString(i.SerializeToString()) if hasattr(i, "SerializeToString") else i for i in items]
    message.ClearField(name)
    getattr(message, name).extend(items[::-1])


def verdict(data):
    try:
        checker.check_model(data)
    except Exception as error:
        return "broken", error
    try:
        checker.check_model(data, full_check=True)
    except Exception as error:
        return "inconsistent", error
    return "sound", ""


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = Path(sys.argv[1])
    number = 0
    for base in BASES:
        sound = base()
        data = sound.SerializeToString()
        if verdict(data)[0] != "sound":
            sys.exit(f"{base.__name__} is not sound: {verdict(data)[1]}")
        seen = {data}
        for count in range(len(list(damages(sound, base.__name__)))):
            damaged = onnx.ModelProto.FromString(data)
            what, damage = next(islice(damages(damaged, base.__name__), count, None))
            damage()
            bytes_ = damaged.SerializeToString()
            if bytes_ in seen:
                continue
            seen.add(bytes_)
            (out / f"{number}.onnx").write_bytes(bytes_)
            kind, error = verdict(bytes_)
            reason = (str(error).strip().splitlines() or [""])[0]
            print("\t".join([str(number), kind, what, reason[:200]]))
            number += 1


main()
