"""One runtime in one process: loads models and answers, for matrix.py.

usage: python runtimes.py RUNTIME < list        (each line: MODEL.onnx INPUT.npy OUTPUT.npy)

For every line one JSON object is printed: {"loads": …, "error": …}; the answer goes to OUTPUT.npy. A runtime that
crashes takes the process with it; matrix.py then starts another one at the next line.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


def bin_folder():
    return Path(sys.executable).parent


def onnxruntime(model):
    import onnxruntime as ort

    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"input": x})[0]


def reference(model):
    from onnx.reference import ReferenceEvaluator

    session = ReferenceEvaluator(model)
    return lambda x: session.run(None, {"input": x})[0]


def openvino(model):
    import openvino as ov

    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda x: compiled(x)[0]


def opencv(model):
    import cv2

    net = cv2.dnn.readNetFromONNX(model)

    def run(x):
        net.setInput(x, "input")
        return net.forward()

    return run


def mnn(model):
    import MNN
    import MNN.nn

    converted = tempfile.NamedTemporaryFile(suffix=".mnn").name
    done = subprocess.run(
        [bin_folder() / "mnnconvert", "-f", "ONNX", "--modelFile", model, "--MNNModel", converted, "--bizCode", "b"],
        capture_output=True, text=True)
    if not Path(converted).exists():
        raise RuntimeError((done.stdout + done.stderr).strip().splitlines()[-1])
    manager = MNN.nn.create_runtime_manager(({"backend": 0, "numThread": 1, "precision": "high"},))
    net = MNN.nn.load_module_from_file(converted, ["input"], ["logits"], runtime_manager=manager)

    def run(x):
        fed = MNN.expr.placeholder(list(x.shape), MNN.expr.NCHW)
        fed.write(x)
        return np.array(MNN.expr.convert(net.forward([fed])[0], MNN.expr.NCHW).read())

    return run


def ncnn(model):
    import ncnn as n
    import onnx

    # pnnx fixes the extents and a batch of one; ncnn has no batch, so pictures run one by one.
    folder = Path(tempfile.mkdtemp())
    loaded = onnx.load(model)
    extents = [d.dim_value or 1 for d in loaded.graph.input[0].type.tensor_type.shape.dim]
    single = folder / "m.onnx"
    loaded.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    loaded.graph.output[0].type.tensor_type.shape.dim[0].dim_value = 1
    del loaded.graph.value_info[:]
    onnx.save(loaded, single)
    done = subprocess.run(
        [os.environ["PNNX"], single.name, "inputshape=[1,{},{},{}]".format(*extents[1:]), "fp16=0"], cwd=folder,
        capture_output=True, text=True)
    net = n.Net()
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    if not (folder / "m.ncnn.param").exists():
        raise RuntimeError("pnnx: " + (done.stderr + done.stdout).strip().splitlines()[-1])
    if net.load_param(str(folder / "m.ncnn.param")) or net.load_model(str(folder / "m.ncnn.bin")):
        raise RuntimeError("ncnn can't load what pnnx wrote")

    def run(x):
        rows = []
        for picture in x:
            extractor = net.create_extractor()
            extractor.input("in0", n.Mat(np.ascontiguousarray(picture)))
            rows.append(np.array(extractor.extract("out0")[1]).ravel())
        return np.stack(rows)

    return run


def onnx2torch(model):
    import torch
    from onnx2torch import convert

    net = convert(model).eval()

    def run(x):
        with torch.inference_mode():
            return net(torch.from_numpy(x)).numpy()

    return run


def tvm(model):
    import onnx
    import tvm
    from tvm import relax
    from tvm.relax.frontend.onnx import from_onnx

    def run(x):
        loaded = onnx.load(model)
        module = from_onnx(loaded, shape_dict={"input": list(x.shape)}, keep_params_in_input=False)
        machine = relax.VirtualMachine(tvm.compile(module, target="llvm"), tvm.cpu())
        result = machine["main"](tvm.runtime.tensor(x) if hasattr(tvm.runtime, "tensor") else tvm.nd.array(x))
        return (result if hasattr(result, "numpy") else result[0]).numpy()

    return run


def iree(model):
    import iree.runtime as rt

    folder = Path(tempfile.mkdtemp())
    commands = [
        [bin_folder() / "iree-import-onnx", model, "-o", folder / "m.mlir"],
        [bin_folder() / "iree-compile", folder / "m.mlir", "--iree-hal-target-device=local",
         "--iree-hal-local-target-device-backends=llvm-cpu", "--iree-llvmcpu-target-cpu=host", "-o", folder / "m.vmfb"],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0].name}: " + ((done.stderr or done.stdout).strip().splitlines() or ["failed"])[0])
    module = rt.load_vm_flatbuffer_file(str(folder / "m.vmfb"), driver="local-task")
    name = next(n for n in module.vm_module.function_names if "$" not in n and not n.startswith("__"))
    return lambda x: np.asarray(getattr(module, name)(x).to_host())


def tinygrad(model):
    from tinygrad import Tensor
    from tinygrad.nn.onnx import OnnxRunner

    runner = OnnxRunner(model)
    return lambda x: next(iter(runner({"input": Tensor(x)}).values())).numpy()


def tract(model):
    import tract as t

    runnable = t.onnx().load(model).into_model().into_runnable()
    return lambda x: runnable.run([x])[0].to_numpy()


RUNTIMES = {
    "onnxruntime": onnxruntime, "onnx.reference": reference, "openvino": openvino, "opencv": opencv, "mnn": mnn,
    "ncnn": ncnn, "onnx2torch": onnx2torch, "tvm": tvm, "iree": iree, "tinygrad": tinygrad, "tract": tract,
}


def sentence(error):
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300]


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    load = RUNTIMES[sys.argv[1]]
    for line in sys.stdin:
        model, source, target = line.split()
        loads, error = False, None
        try:
            run = load(model)
            loads = True
            np.save(target, np.array(run(np.load(source)), dtype="f4"))
        except Exception as caught:  # noqa: BLE001: whatever a runtime throws is its answer
            error = sentence(caught)
        print(json.dumps({"loads": loads, "error": error}), file=answers, flush=True)


main()
