"""Writes every tensor that a runtime computes for an ONNX model into one .npz file, by name.

    python tools/dump_tensors.py model.onnx dump.npz                            ONNX Runtime, made-up input
    python tools/dump_tensors.py model.onnx dump.npz --inputs x.npz --runtime openvino
    python tools/dump_tensors.py model.onnx dump.npz --runtime reference       onnx.reference
    python tools/dump_tensors.py model.onnx dump.npz --runtime pytorch --module net.py:make

The file is for `cbam-verify model.onnx --inputs dump.npz --against dump.npz`: it holds the inputs too. Every value
between the nodes is made an output of the model first, so that no runtime can fuse it away; --outputs-only leaves the
model as it is.

PyTorch runs a module, not the model: `net.py:make` names a function without arguments that gives it, and the model
says only what goes in. What a module gives is called after the module, `relu3#0` and `relu3#1` where it is called
twice, and what the network gives after the model's outputs: the names that cbam-export gives to values.
"""

import argparse
import importlib.util
import os
import sys

import numpy as np


def made_up(value, generator, size):
    """Input of a declared shape: open dimensions are 1, or the size for height and width."""
    import onnx

    tensor = value.type.tensor_type
    shape = [dimension.dim_value or 0 for dimension in tensor.shape.dim]
    for axis, extent in enumerate(shape):
        if extent == 0:
            shape[axis] = size[axis - 2] if len(shape) == 4 and axis >= 2 else 1
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    if np.issubdtype(dtype, np.floating):
        return generator.uniform(-1, 1, shape).astype(dtype)
    return generator.integers(0, 2, shape).astype(dtype)


def with_all_outputs(model):
    """The model with each value between its nodes as an output."""
    import onnx

    inferred = onnx.shape_inference.infer_shapes(model)
    known = {value.name: value for value in inferred.graph.value_info}
    outputs = {value.name for value in model.graph.output}
    for node in model.graph.node:
        for name in node.output:
            if name and name not in outputs:
                outputs.add(name)
                # A value of unknown type is still a value: runtimes infer the type themselves.
                model.graph.output.append(known.get(name, onnx.ValueInfoProto(name=name)))
    return model


def run_onnxruntime(model, inputs):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def run_reference(model, inputs):
    from onnx.reference import ReferenceEvaluator

    names = [output.name for output in model.graph.output]
    return dict(zip(names, ReferenceEvaluator(model).run(names, inputs)))


def run_openvino(model, inputs):
    import io

    import openvino

    compiled = openvino.Core().compile_model(
        openvino.Core().read_model(io.BytesIO(model.SerializeToString())), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    results = compiled(inputs)
    values = {}
    for output in compiled.outputs:
        for name in output.get_names():
            values[name] = np.asarray(results[output])
    return values


def load_module(source):
    """The module that the function of `FILE.py:FUNCTION` gives."""
    path, _, function = source.rpartition(":")
    if not path or not os.path.exists(path):
        sys.exit(f"dump_tensors.py: --module {source}: must be FILE.py:FUNCTION, with a file that is there")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    specification = importlib.util.spec_from_file_location("dumped", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    if not hasattr(module, function):
        sys.exit(f"dump_tensors.py: --module {source}: {path} has no function {function}")
    return getattr(module, function)().eval()


def run_pytorch(network, model, inputs):
    """What each module gives, by name; `inputs` go in by position, in the model's order."""
    import torch

    calls = {}

    def keep(name):
        def hook(_, __, output):
            if isinstance(output, torch.Tensor):
                # In-place operators write into what a module gave.
                calls.setdefault(name, []).append(output.detach().clone().numpy())

        return hook

    for name, child in network.named_modules():
        if name:
            child.register_forward_hook(keep(name))
    with torch.no_grad():
        results = network(*[torch.from_numpy(array) for array in inputs.values()])
    values = {}
    for name, arrays in calls.items():
        for number, array in enumerate(arrays):
            values[name if len(arrays) == 1 else f"{name}#{number}"] = array
    results = [results] if isinstance(results, torch.Tensor) else list(results)
    for output, result in zip(model.graph.output, results):
        values[output.name] = result.numpy()
    return values


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("dump")
    parser.add_argument("--runtime", choices=["onnxruntime", "reference", "openvino", "pytorch"], default="onnxruntime")
    parser.add_argument("--module", metavar="FILE.py:FUNCTION", help="the network of --runtime pytorch")
    parser.add_argument("--inputs", help="inputs by name (.npz); made up without")
    parser.add_argument("--size", default="224x224", help="height and width where the model leaves them open")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--outputs-only", action="store_true", help="leave values between nodes alone")
    arguments = parser.parse_args()

    if (arguments.runtime == "pytorch") != (arguments.module is not None):
        parser.error("--runtime pytorch needs --module FILE.py:FUNCTION, and nothing else does")
    given = dict(np.load(arguments.inputs)) if arguments.inputs else {}
    import onnx

    model = onnx.load(arguments.model)
    constants = {tensor.name for tensor in model.graph.initializer}
    generator = np.random.default_rng(arguments.seed)
    size = [int(extent) for extent in arguments.size.split("x")]
    inputs = {}
    for value in model.graph.input:
        if value.name in constants:
            continue
        inputs[value.name] = given[value.name] if value.name in given else made_up(value, generator, size)
    if arguments.runtime == "pytorch":
        values = run_pytorch(load_module(arguments.module), model, inputs)
    else:
        if not arguments.outputs_only:
            model = with_all_outputs(model)
        run = {"onnxruntime": run_onnxruntime, "reference": run_reference, "openvino": run_openvino}[arguments.runtime]
        values = {name: array for name, array in run(model, inputs).items() if isinstance(array, np.ndarray)}
    np.savez(arguments.dump, **{**values, **inputs})
    print(f"{arguments.dump}: {len(values)} values of {arguments.runtime}, {len(inputs)} inputs", file=sys.stderr)


if __name__ == "__main__":
    main()
