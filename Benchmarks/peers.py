"""One runtime in one process: loads a model, answers once, then times rounds as it is told.

usage: python peers.py RUNTIME MODEL.onnx THREADS INPUT.npy OUTPUT.npy [NETWORK]

Prints {"version": …} when the output is written. Then each line `SECONDS` on stdin is answered by {"ms": […]}, the
times of single runs in that many seconds after a short warm-up. The process sleeps in between.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np


def onnxruntime(model, threads, x, _):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return ort.__version__, lambda: session.run(None, {"input": x})[0]


def openvino(model, threads, x, _):
    import openvino as ov

    core = ov.Core()
    net = core.read_model(model)
    net.reshape({"input": list(x.shape)})
    # float32 is what all compute in; without this a CPU with bfloat16 would round.
    compiled = core.compile_model(
        net, "CPU",
        {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    request.set_input_tensor(ov.Tensor(x, shared_memory=True))

    def run():
        request.infer()
        return request.get_output_tensor(0).data

    return ov.__version__.split("-")[0], run


def opencv(model, threads, x, _):
    import cv2

    cv2.setNumThreads(threads)
    net = cv2.dnn.readNetFromONNX(model)

    def run():
        net.setInput(x, "input")
        return net.forward()

    return cv2.__version__, run


def mnn(model, threads, x, _):
    from importlib.metadata import version

    import MNN
    import MNN.nn

    converted = str(Path(model).with_suffix(".mnn"))
    if not Path(converted).exists():
        subprocess.run(
            [str(Path(sys.executable).parent / "mnnconvert"), "-f", "ONNX", "--modelFile", model, "--MNNModel", converted, "--bizCode", "b"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    manager = MNN.nn.create_runtime_manager(({"backend": 0, "numThread": threads, "precision": "high"},))
    net = MNN.nn.load_module_from_file(converted, ["input"], ["logits"], runtime_manager=manager, shape_mutable=False)
    fed = MNN.expr.placeholder(list(x.shape), MNN.expr.NCHW)
    fed.write(x)

    def run():
        return MNN.expr.convert(net.forward([fed])[0], MNN.expr.NCHW).read()

    return version("MNN"), run


def ncnn(model, threads, x, _):
    import ncnn as n

    # pnnx, which writes these, is run by make_models: it needs a fixed batch of 1.
    stem = Path(model).with_suffix("")
    if x.shape[0] != 1:
        raise SystemExit("ncnn takes one picture at a time")
    net = n.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    if net.load_param(f"{stem}.ncnn.param") or net.load_model(f"{stem}.ncnn.bin"):
        raise SystemExit("ncnn can't load what pnnx wrote")
    fed = n.Mat(x[0])

    def run():
        extractor = net.create_extractor()
        extractor.input("in0", fed)
        return np.array(extractor.extract("out0")[1])[None]

    return n.__version__, run


def torch_eager(model, threads, x, network, compiled=False):
    import torch

    sys.path.insert(0, str(Path(__file__).parent))
    from networks import build

    torch.set_num_threads(threads)
    net = build(network)
    net.load_state_dict(torch.load(Path(model).with_suffix(".ckpt")))
    if compiled:
        net = torch.compile(net)
    fed = torch.from_numpy(x)

    def run():
        with torch.inference_mode():
            return net(fed).numpy()

    return torch.__version__.split("+")[0], run


def torch_inductor(model, threads, x, network):
    return torch_eager(model, threads, x, network, compiled=True)


RUNTIMES = {
    "onnxruntime": onnxruntime, "openvino": openvino, "opencv": opencv, "mnn": mnn, "ncnn": ncnn,
    "torch": torch_eager, "inductor": torch_inductor,
}


def main():
    # Whatever a runtime prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    runtime, model, threads, source, target, *network = sys.argv[1:]
    x = np.ascontiguousarray(np.load(source))
    version, run = RUNTIMES[runtime](model, int(threads), x, network[0] if network else None)
    np.save(target, np.array(run()))
    print(json.dumps({"version": version}), file=answers, flush=True)
    for line in sys.stdin:
        seconds = float(line)
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds / 4:
            run()
        times, begin = [], time.perf_counter()
        while not times or time.perf_counter() - begin < seconds:
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps({"ms": times}), file=answers, flush=True)


main()
