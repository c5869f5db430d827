"""Whole networks of PyTorch, exported by both of its exporters: cbam-run's outputs beside ONNX Runtime's.

usage: python compare.py OUT [--only PATTERN] [--exporter NAME …] [--command PATH] [--document FILE.md] [--keep] [--resume]

Each network gets random weights, is exported, and run by ONNX Runtime and by cbam-run on the same inputs. A difference
is the largest of |ours − theirs| over the largest |theirs| of an output; whole numbers must be equal. Prints a table and
`N agree, N don't`; exits with 1 where any differs by more than 1e-4, or is not exported.
"""

import argparse
import contextlib
import io
import json
import os
import re
import subprocess
import sys
import time
import traceback
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

from networks import networks, prepared

ROOT = Path(__file__).resolve().parent.parent.parent
# Within this, relative to the largest element of an output.
TOLERANCE = 1e-4
EXPORTERS = {"script": "TorchScript", "dynamo": "torch.export"}
OPSETS = {"script": 17, "dynamo": 20}


def export(module, inputs, names, exporter, path, dynamic=None):
    """Writes the file; `dynamic` names the axes of each input whose extents it leaves open: `[{0: "batch"}, …]`."""
    names = {"input_names": [f"input{n}" for n in range(len(inputs))], "output_names": list(names)}
    if dynamic and exporter == "script":
        names["dynamic_axes"] = dict(zip(names["input_names"], dynamic))
    elif dynamic:
        names["dynamic_shapes"] = tuple(dynamic)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, inputs, str(path), dynamo=exporter == "dynamo", opset_version=OPSETS[exporter], external_data=False,
            verbose=False, **names)


def quantize(path, inputs):
    """Replaces the file by one with QuantizeLinear and DequantizeLinear around each product, int8."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.batches = iter([inputs])

        def get_next(self):
            return next(self.batches, None)

    quantize_static(
        str(path), str(path), Reader(), quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QInt8,
        weight_type=QuantType.QInt8)
    model = onnx.load(path)
    round_scales(model)
    onnx.save(model, path)


def round_scales(model):
    """Rounds every scale up to a power of two, and what it scales with it.

    Sums of products are then exact in single precision, in whatever order. Otherwise one that comes to lie between two
    steps is rounded to the one or the other by its last bit, and two right answers part by whole steps.
    """
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    done = set()
    for node in model.graph.node:
        if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            continue
        data, scale_name, zero_name = node.input
        if (scale_name, data if data in constants else None) in done:
            continue
        old = numpy_helper.to_array(constants[scale_name])
        new = np.exp2(np.ceil(np.log2(old))).astype(old.dtype)
        zero = constants[zero_name]
        if data in constants:
            values = numpy_helper.to_array(constants[data])
            axis = next((a.i for a in node.attribute if a.name == "axis"), 0)
            ratio = old / new if old.ndim == 0 or values.ndim == 1 else (old / new).reshape([-1 if i == axis else 1 for i in range(values.ndim)])
            constants[data].CopyFrom(numpy_helper.from_array(np.rint(values * ratio).astype(values.dtype), data))
        else:
            least = np.iinfo(np.int8).min
            kept = np.rint(least - (least - numpy_helper.to_array(zero).astype(float)) * old / new)
            zero.CopyFrom(numpy_helper.from_array(kept.astype(np.int8), zero_name))
        constants[scale_name].CopyFrom(numpy_helper.from_array(new, scale_name))
        done.update({(scale_name, data if data in constants else None)})


def difference(found, expected):
    """The largest difference relative to the largest element; infinite where shapes, types or whole numbers differ."""
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return float("inf")
    if found.dtype.kind != "f":
        return 0.0 if np.array_equal(found, expected) else float("inf")
    if not (np.isfinite(found).all() and np.isfinite(expected).all()):
        return float("inf")
    return float(np.abs(found - expected).max(initial=0) / max(np.abs(expected).max(initial=0), 1e-30))


def spread(outputs):
    """How far the answers to the two samples of the batch lie apart: a network that says the same to all proves nothing."""
    first = outputs[0]
    return float(np.abs(first[0] - first[1]).max() / np.abs(first).max())


def compare(network, exporter, seed, command, out):
    module, inputs = prepared(network, seed)
    with torch.no_grad():
        answer = module(*inputs)
    answers = [a.numpy() for a in (answer if isinstance(answer, tuple) else (answer,))]
    path = out / (re.sub(r"\W+", "_", network.name) + f".{exporter}.onnx")
    export(module, inputs, network.outputs, exporter, path)

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feeds = {i.name: t.numpy() for i, t in zip(session.get_inputs(), inputs)}
    if network.quantized:
        quantize(path, feeds)
        # As the nodes are defined: what ONNX Runtime makes of them otherwise rounds in other places.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    expected = session.run(None, feeds)
    names = [o.name for o in session.get_outputs()]

    given, found = path.with_suffix(".inputs.npz"), path.with_suffix(".outputs.npz")
    np.savez(given, **feeds)
    found.unlink(missing_ok=True)
    done = subprocess.run([command, path, "--inputs", given, "--outputs", found], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"cbam-run: {done.stderr.strip() or f'status {done.returncode}'}")
    with np.load(found) as archive:
        ours = [archive[name] for name in names]
    model = onnx.load(path, load_external_data=False)
    return {
        "nodes": len(model.graph.node), "operators": sorted({n.op_type for n in model.graph.node}),
        "detections": len(expected[0]) if len(expected) == 3 else None,
        "spread": spread(expected) if len(expected) == 1 else None,
        "difference": max(difference(a, b) for a, b in zip(ours, expected)),
        # A quantized network's answers are others than PyTorch's.
        "torch": None if network.quantized else max(difference(a, b) for a, b in zip(answers, expected)), "path": str(path),
    }


def verdict(row):
    if row.get("error"):
        return row["error"]
    if row["difference"] > TOLERANCE:
        return f"differs by {row['difference']:.1e}"
    if (row["spread"] or 1) < 1e-2 or row["detections"] == 0:
        return "degenerate"
    return None


def table(rows):
    lines = ["| network | of | exporter | nodes | ours and ONNX Runtime's | PyTorch's and ONNX Runtime's | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        start = f"| {row['name']} | {row['source']} | {EXPORTERS[row['exporter']]} "
        trouble = verdict(row)
        if row.get("error"):
            lines.append(f"{start}| | | | ✗ {trouble} |")
            continue
        torch_difference = "" if row["torch"] is None else f"{row['torch']:.1e}"
        lines.append(
            f"{start}| {row['nodes']} | {row['difference']:.1e} | {torch_difference} | {'✓' if trouble is None else '✗ ' + trouble} |")
    good = sum(verdict(row) is None for row in rows)
    lines += ["", f"{good} agree, {len(rows) - good} don't."]
    return "\n".join(lines) + "\n"


def document(path, name, text, packages):
    """Puts `text` where the document has `<!-- name -->`, below the versions of what it was made with."""
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    before, rest = path.read_text().split(start)
    used = ", ".join(f"{package} {version(package)}" for package in packages)
    path.write_text(f"{before}{start}With {used}.\n\n{text}{end}{rest.split(end)[1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--exporter", nargs="+", choices=list(EXPORTERS), default=list(EXPORTERS))
    parser.add_argument("--command", default=str(ROOT / ".build/release/cbam-run"))
    parser.add_argument("--document", type=Path)
    parser.add_argument("--keep", action="store_true", help="keep the exported files")
    parser.add_argument("--resume", action="store_true", help="keep what agreed in the run before this one")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)

    results = out / "results.json"
    before = json.loads(results.read_text()) if arguments.resume and results.exists() else []
    before = {(row["name"], row["exporter"]): row for row in before if verdict(row) is None}
    rows = []
    for number, network in enumerate(networks()):
        for exporter in network.exporters:
            if (network.name, exporter) in before:
                rows.append(before[network.name, exporter])
                continue
            if exporter not in arguments.exporter or not re.search(arguments.only, network.name):
                continue
            start = time.monotonic()
            row = {"name": network.name, "source": network.source, "exporter": exporter}
            try:
                row |= compare(network, exporter, number, arguments.command, out)
            except Exception as error:
                text = next((line for line in str(error).splitlines() if line.strip()), "")
                row["error"] = f"{type(error).__name__}: {text}"[:300].replace("|", "/")
                (out / "errors.txt").open("a").write(f"{network.name} {exporter}\n{traceback.format_exc()}\n")
            rows.append(row)
            before.pop((network.name, exporter), None)
            kept = [other for other in before.values() if other not in rows]
            results.write_text(json.dumps(rows + kept, indent=1))
            if not arguments.keep and verdict(row) is None:
                for path in out.glob(Path(row["path"]).stem + ".*"):
                    path.unlink()
            print(
                f"{network.name}, {exporter}: {verdict(row) or format(row['difference'], '.1e')}, "
                f"{time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    text = table(rows)
    print(text)
    if arguments.document:
        document(arguments.document, "table", text, ("torch", "torchvision", "timm", "onnxscript", "onnxruntime"))
    sys.exit(1 if any(verdict(row) for row in rows) or not rows else 0)


if __name__ == "__main__":
    main()
