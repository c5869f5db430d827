"""CBAM's interpreter as an ONNX backend (`onnx.backend.base.Backend`), through the command `cbam-run`.

    from cbam_backend import CbamBackend
    outputs = CbamBackend.run_model(onnx.load("model.onnx"), [array])

The command is taken from the environment variable CBAM_RUN, else from this package's builds, else from the PATH.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.backend.base import Backend, BackendRep


def command():
    """The path of cbam-run."""
    if os.environ.get("CBAM_RUN"):
        return os.environ["CBAM_RUN"]
    root = Path(__file__).resolve().parent.parent
    for path in (root / ".build/release/cbam-run", root / ".build/debug/cbam-run"):
        if path.exists():
            return str(path)
    found = shutil.which("cbam-run")
    if not found:
        raise FileNotFoundError("no cbam-run: build it with swift build -c release, or set CBAM_RUN")
    return found


def to_message(value, type_proto, name):
    """The protobuf message that a value of this type travels in."""
    if isinstance(value, (onnx.TensorProto, onnx.SequenceProto, onnx.OptionalProto)):
        return value
    kind = type_proto.WhichOneof("value")
    if kind == "sequence_type":
        return numpy_helper.from_list(list(value), name)
    if kind == "optional_type":
        return numpy_helper.from_optional(value, name)
    if kind == "map_type":
        return map_message(value, type_proto.map_type, name)
    if kind == "sparse_tensor_type":
        raise TypeError(f"{name}: sparse values have no file of their own")
    return numpy_helper.from_array(np.asarray(value), name)


def map_message(value, map_type, name):
    """A map's message; `numpy_helper.from_dict` takes neither texts nor other types than NumPy makes of the values."""
    message = onnx.MapProto(name=name, key_type=map_type.key_type)
    if map_type.key_type == onnx.TensorProto.STRING:
        message.string_keys.extend(str(key).encode() for key in value)
    else:
        message.keys.extend(int(key) for key in value)
    kind = helper.tensor_dtype_to_np_dtype(map_type.value_type.tensor_type.elem_type)
    message.values.elem_type = onnx.SequenceProto.TENSOR
    message.values.tensor_values.extend(numpy_helper.from_array(np.array(item, kind)) for item in value.values())
    return message


def from_message(data, type_proto):
    """The value in the bytes of a message of this type; a value of unknown type is a tensor."""
    messages = {
        "sequence_type": (onnx.SequenceProto, numpy_helper.to_list),
        "optional_type": (onnx.OptionalProto, numpy_helper.to_optional),
        "map_type": (onnx.MapProto, numpy_helper.to_dict),
    }
    message, convert = messages.get(type_proto.WhichOneof("value"), (onnx.TensorProto, numpy_helper.to_array))
    proto = message()
    proto.ParseFromString(data)
    return convert(proto)


class CbamRep(BackendRep):
    """A model on disk, ready to be run."""

    def __init__(self, model):
        self.folder = tempfile.TemporaryDirectory(prefix="cbam-backend-")
        self.path = os.path.join(self.folder.name, "model.onnx")
        onnx.save(model, self.path)
        self.inputs, self.outputs = list(model.graph.input), list(model.graph.output)

    def run(self, inputs, **kwargs):
        """The outputs for `inputs`: one value, values in the order of the graph's inputs, or values by name."""
        if isinstance(inputs, dict):
            unknown = set(inputs) - {i.name for i in self.inputs}
            if unknown:
                raise ValueError(f"the model has no input {', '.join(sorted(unknown))}")
            given = [(n, i, inputs[i.name]) for n, i in enumerate(self.inputs) if i.name in inputs]
        else:
            values = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
            if len(values) > len(self.inputs):
                raise ValueError(f"{len(values)} inputs for a model that takes {len(self.inputs)}")
            given = [(n, self.inputs[n], v) for n, v in enumerate(values)]
        with tempfile.TemporaryDirectory(dir=self.folder.name) as folder:
            for number, info, value in given:
                message = to_message(value, info.type, info.name)
                Path(folder, f"input_{number}.pb").write_bytes(message.SerializeToString())
            results = os.path.join(folder, "outputs", "")
            done = subprocess.run(
                [command(), self.path, "--inputs", folder, "--outputs", results], capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(done.stderr.strip() or f"cbam-run ended with status {done.returncode}")
            return tuple(
                from_message(Path(results, f"output_{number}.pb").read_bytes(), info.type)
                for number, info in enumerate(self.outputs))


class CbamBackend(Backend):
    """The backend: CPU only."""

    @classmethod
    def supports_device(cls, device):
        return device == "CPU"

    @classmethod
    def prepare(cls, model, device="CPU", **kwargs):
        if not cls.supports_device(device):
            raise ValueError(f"device {device}: only CPU is supported")
        return CbamRep(model)

    @classmethod
    def run_node(cls, node, inputs, device="CPU", outputs_info=None, **kwargs):
        """One node on arrays; `opset_version` says which operator set it is of, the newest otherwise."""
        names = [name for name in node.input if name]
        infos = []
        for name, value in zip(names, inputs):
            array = np.asarray(value)
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            infos.append(helper.make_tensor_value_info(name, kind, array.shape))
        outputs = [onnx.ValueInfoProto(name=name) for name in node.output if name]
        graph = helper.make_graph([node], "node", infos, outputs)
        version = kwargs.get("opset_version", onnx.defs.onnx_opset_version() if not node.domain else 1)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid(node.domain, version)])
        known = onnx.shape_inference.infer_shapes(model)
        return cls.run_model(known, list(inputs), device)


prepare = CbamBackend.prepare
run_model = CbamBackend.run_model
run_node = CbamBackend.run_node
supports_device = CbamBackend.supports_device
