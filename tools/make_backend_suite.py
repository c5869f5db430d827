"""Write ONNX's backend tests as folders: OUT/KIND/NAME/{model.onnx, data.json, test_data_set_0/{input,output}_N.pb}.

usage: python tools/make_backend_suite.py OUT [KIND…]      (kinds: node simple pytorch-converted pytorch-operator)

`data.json` holds a test's own rtol and atol where they differ from the runner's 1e-3 and 1e-7.
"""

import json
import shutil
import sys
from pathlib import Path

import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases as collect_node_testcases
from onnx.backend.test.loader import load_model_tests

KINDS = ["node", "simple", "pytorch-converted", "pytorch-operator"]


def message(value, type_proto, name):
    """The protobuf message that a value of this type travels in."""
    kind = type_proto.WhichOneof("value")
    if isinstance(value, (onnx.TensorProto, onnx.SequenceProto, onnx.OptionalProto)):
        return value
    if kind == "map_type":
        return numpy_helper.from_dict(value, name)
    if kind == "sequence_type":
        return numpy_helper.from_list(value, name)
    if kind == "optional_type":
        return numpy_helper.from_optional(value, name)
    if kind == "sparse_tensor_type":
        raise ValueError("sparse values")
    return numpy_helper.from_array(value, name)


def write(case, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if case.model_dir:
        shutil.copytree(case.model_dir, folder, dirs_exist_ok=True)
    else:
        onnx.save(case.model, folder / "model.onnx")
        for number, (inputs, outputs) in enumerate(case.data_sets):
            data = folder / f"test_data_set_{number}"
            data.mkdir()
            graph = case.model.graph
            for stem, values, infos in (("input", inputs, graph.input), ("output", outputs, graph.output)):
                for index, value in enumerate(values):
                    proto = message(value, infos[index].type, infos[index].name)
                    (data / f"{stem}_{index}.pb").write_bytes(proto.SerializeToString())
    if (case.rtol, case.atol) != (1e-3, 1e-7):
        (folder / "data.json").write_text(json.dumps({"rtol": case.rtol, "atol": case.atol}))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    out, kinds = Path(sys.argv[1]), sys.argv[2:] or KINDS
    for kind in kinds:
        if kind == "node":
            cases = collect_node_testcases(None)
        else:
            cases = load_model_tests(kind=kind)
        for case in cases:
            write(case, out / kind / case.name)
        print(f"{kind}: {len(cases)} tests")


main()
