"""The runtimes, each asked in a process of its own kind, because a runtime may end the process that asks it."""

import multiprocessing
import sys
import time
import traceback
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "python"))

# Element types that ONNX Runtime's Python interface gives no arrays of.
NO_ARRAYS = {
    number for name, number in TensorProto.DataType.items()
    if name.startswith(("BFLOAT", "FLOAT8", "FLOAT6", "FLOAT4", "INT4", "UINT4", "INT2", "UINT2"))}


def run_ours(model, inputs):
    from cbam_backend import CbamRep
    return CbamRep(model).run(inputs)


def run_reference(model, inputs):
    from onnx.reference import ReferenceEvaluator
    with np.errstate(all="ignore"):
        outputs = ReferenceEvaluator(model).run(None, inputs)
    if model.graph.node[-1].op_type == "Optional" and model.graph.node[-1].input:
        # It gives what is in an optional as the only one of a list.
        return [output[0] for output in outputs]
    return outputs


def run_onnxruntime(model, inputs):
    """Tensors go in as initializers, so that types without NumPy arrays go in too; such outputs come back by Cast."""
    import onnxruntime
    own = onnx.ModelProto()
    own.CopyFrom(model)
    graph, feeds, returned = own.graph, {}, []
    for info in list(graph.input):
        if info.name not in inputs:
            continue
        if info.type.WhichOneof("value") == "tensor_type":
            graph.initializer.append(numpy_helper.from_array(np.asarray(inputs[info.name]), info.name))
            graph.input.remove(info)
        else:
            feeds[info.name] = inputs[info.name]
    for index, info in enumerate(list(graph.output)):
        kind = info.type.tensor_type.elem_type if info.type.HasField("tensor_type") else 0
        returned.append(kind)
        if kind in NO_ARRAYS:
            name = f"as_float_{index}"
            graph.node.append(helper.make_node("Cast", [info.name], [name], to=TensorProto.FLOAT))
            graph.output[index].CopyFrom(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(own.SerializeToString(), options, providers=["CPUExecutionProvider"])
    found = session.run(None, feeds)
    return [
        np.asarray(value).astype(helper.tensor_dtype_to_np_dtype(kind)) if kind in NO_ARRAYS else value
        for value, kind in zip(found, returned)]


RUNTIMES = {"ours": run_ours, "reference": run_reference, "onnxruntime": run_onnxruntime}


def _serve(pipe):
    import warnings
    warnings.simplefilter("ignore")
    onnxruntime_quiet = None
    try:
        import onnxruntime
        onnxruntime.set_default_logger_severity(4)
    except ImportError as error:
        onnxruntime_quiet = error
    del onnxruntime_quiet
    while True:
        name, model, inputs = pipe.recv()
        try:
            proto = onnx.load_from_string(model)
            pipe.send((True, list(RUNTIMES[name](proto, inputs))))
        except Exception as error:  # a runtime's refusal, of whatever kind, is its answer
            text = str(error).strip() or traceback.format_exception_only(error)[-1].strip()
            pipe.send((False, f"{type(error).__name__}: {text.splitlines()[0][:400]}"))


class Judge:
    """A process that runs models in any runtime; it is started anew when a runtime ends it or doesn't answer."""

    def __init__(self, seconds=60):
        self.seconds, self.process = seconds, None

    def _start(self):
        here, there = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=_serve, args=(there,), daemon=True)
        self.process.start()
        there.close()
        self.pipe = here

    def ask(self, name, model, inputs):
        """(True, outputs) or (False, why not)."""
        if self.process is None:
            self._start()
        try:
            self.pipe.send((name, model, inputs))
            if not self.pipe.poll(self.seconds):
                raise TimeoutError(f"no answer in {self.seconds} s")
            return self.pipe.recv()
        except (EOFError, OSError, TimeoutError) as error:
            self.process.kill()
            self.process.join()
            status, self.process = self.process.exitcode, None
            return False, str(error) if isinstance(error, TimeoutError) else f"the process ended with {status}"
        except Exception as error:  # a value that can't travel between processes
            return False, f"{type(error).__name__}: {str(error)[:200]}"
