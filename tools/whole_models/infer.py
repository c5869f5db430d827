"""Whole networks with open extents: what we infer of every value beside what `onnx.shape_inference` does, and a run.

usage: python infer.py OUT [FILE.onnx …] [--only PATTERN] [--exporter NAME …] [--command PATH] [--document FILE.md] [--resume]

Networks of networks.py are exported with open batch and, where they take it, open height and width or length; the
networks that come with onnx and FILEs are compared as they are. What a file declares of values between its inputs and
outputs, and of its outputs' shapes, is taken out before, so that all there is was inferred.

A value of the main graph disagrees where onnx knows its type, rank, or an extent, as a number or by a name of the file's,
and we don't know the same, or a number for a name; names that onnx makes up say nothing. Then ONNX Runtime computes every
value with extents of its own choosing, other than those of the export: what we say of a value, with these put in for
names, has to be its shape. Nodes with subgraphs are then given the values that they had in this run, and onnx.reference
computes what is in them: what we say of a value has to be its shape in every turn of a loop. Of a branch that is not
taken nothing is known. Prints a table and the disagreements; exits with 1 where there is one.
"""

import argparse
import collections
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, shape_inference
from onnx.reference import ReferenceEvaluator

from compare import EXPORTERS, ROOT, document, export
from networks import networks

PICTURES, BATCH = [{0: "batch", 2: "height", 3: "width"}], [{0: "batch"}]
SEQUENCES, PICTURE = [{0: "batch", 1: "length"}], [{1: "height", 2: "width"}]
OPEN = {
    **dict.fromkeys(
        ["convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "mobilenet_v2",
         "mobilenet_v3_small", "regnet_y_400mf", "resnet18", "shufflenet_v2_x1_0", "squeezenet1_1", "swin_t",
         "hrnet_w18_small", "resnet18 with CBAM"], PICTURES),
    # Their places are learned for one size, and the Transformer's mask has one length.
    **dict.fromkeys(["vit_b_32", "coatnet_nano_rw_224", "mobilevit_xxs"], BATCH), "Transformer": BATCH * 2,
    **dict.fromkeys(["LSTM", "GRU"], SEQUENCES),
    **dict.fromkeys(["ssdlite320_mobilenet_v3_large", "fasterrcnn_mobilenet_v3_large_320_fpn"], PICTURE),
}
# What is put in for names: none is the export's.
SIZES = {"batch": 3, "height": 288, "width": 352, "length": 17}
INVENTED = re.compile(r"unk__\d+$")


def subgraphs(node):
    """The graphs that a node has as attributes."""
    return [graph for a in node.attribute for graph in ([a.g] if a.type == onnx.AttributeProto.GRAPH else a.graphs)]


def bodies(graph):
    """All graphs below `graph`, the outer ones first."""
    for node in graph.node:
        for body in subgraphs(node):
            yield body
            yield from bodies(body)


def written(graph):
    """Names of what the graph's inputs and nodes are the origin of."""
    return [value.name for value in graph.input] + [name for node in graph.node for name in node.output if name]


def undeclared(model):
    """The model without what it declares of anything but its inputs, initializers and element types.

    What goes into a subgraph is declared nowhere else, so that its shape too is taken out.
    """
    inner = list(bodies(model.graph))
    for graph in [model.graph, *inner]:
        del graph.value_info[:]
    for value in [*model.graph.output, *(value for body in inner for value in [*body.input, *body.output])]:
        if value.type.HasField("tensor_type"):
            value.type.tensor_type.ClearField("shape")
    return model


def theirs(model):
    """`{value: (element type, extents or None)}` as onnx infers it; an unknown extent is "?"."""
    known = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    found = {}
    for value in [*known.value_info, *known.output]:
        if not value.type.HasField("tensor_type"):
            continue
        kind, extents = value.type.tensor_type, None
        if kind.HasField("shape"):
            extents = [d.dim_value if d.HasField("dim_value") else d.dim_param or "?" for d in kind.shape.dim]
            extents = ["?" if isinstance(d, str) and INVENTED.match(d) else d for d in extents]
        found[value.name] = (kind.elem_type, extents)
    return found


def ours(path, command):
    """The same as we infer it; of what is no tensor, type 0."""
    done = subprocess.run([command, path], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or f"status {done.returncode}")
    found = {}
    for line in done.stdout.splitlines():
        name, kind, text = line.split("\t")
        extents = None if text == "*" else [int(d) if d.isdigit() else d for d in text.split(",") if d]
        found[name] = (0 if kind == "-" else int(kind), extents)
    return found


def judge(their, our):
    """`same`, `more` where we know more, or what is wrong."""
    if our is None:
        return "not known to us"
    if their[0] != our[0]:
        return "another element type"
    if their[1] is None or our[1] is None:
        return "rank not known to us" if their[1] is not None else "same" if our[1] is None else "more"
    if len(their[1]) != len(our[1]):
        return "another rank"
    result = "same"
    for a, b in zip(their[1], our[1]):
        if a == b:
            continue
        if b == "?":
            return "extent not known to us"
        if a != "?" and not isinstance(b, int):
            return "another name"
        if isinstance(a, int):
            return "another number"
        result = "more"
    return result


def read(node):
    """Names of the values around it that a node or its subgraphs read."""
    names = set(filter(None, node.input))
    for body in subgraphs(node):
        inside = set().union(*map(read, body.node), {value.name for value in body.output})
        names |= inside - set(written(body)) - {tensor.name for tensor in body.initializer}
    return names


class Recorder(ReferenceEvaluator):
    """Keeps the type and the shape of what every run of a graph computes, by its name: also those of subgraphs."""

    seen = collections.defaultdict(set)

    def run(self, output_names, feed_inputs, attributes=None, intermediate=False, **more):
        results = super().run(output_names, feed_inputs, attributes, intermediate=True, **more)
        if isinstance(self.proto_, onnx.GraphProto):
            for name in written(self.proto_):
                if isinstance(results[name], np.ndarray):
                    self.seen[name].add((helper.np_dtype_to_tensor_dtype(results[name].dtype), results[name].shape))
        return results if intermediate else [results[name] for name in output_names or self.output_names]


def inner_shapes(model, values):
    """`{value: {(element type, shape), …}}` of what is in subgraphs, computed from the main graph's `values`."""
    Recorder.seen.clear()
    for node in model.graph.node:
        if not subgraphs(node):
            continue
        feeds = {name: values[name] for name in read(node) if name in values}
        inputs = [onnx.ValueInfoProto(name=name) for name in feeds]
        outputs = [onnx.ValueInfoProto(name=name) for name in node.output if name]
        constants = [tensor for tensor in model.graph.initializer if tensor.name in read(node) and tensor.name not in feeds]
        alone = helper.make_model(helper.make_graph([node], "alone", inputs, outputs, constants), opset_imports=model.opset_import)
        Recorder(alone).run(None, feeds)
    return dict(Recorder.seen)


def run(model, names):
    """The values of `names` and the inputs, of a run with `SIZES` put in for the inputs' open extents."""
    constants = {tensor.name for tensor in model.graph.initializer}
    feeds, random = {}, np.random.default_rng(0)
    for value in model.graph.input:
        if value.name in constants:
            continue
        kind = value.type.tensor_type
        shape = [d.dim_value if d.HasField("dim_value") else SIZES[d.dim_param] for d in kind.shape.dim]
        dtype = helper.tensor_dtype_to_np_dtype(kind.elem_type)
        feeds[value.name] = random.random(shape).astype(dtype) if dtype.kind == "f" else random.integers(1, 500, shape).astype(dtype)
    whole = onnx.ModelProto()
    whole.CopyFrom(model)
    wanted = [name for name in names if name not in {o.name for o in model.graph.output}]
    whole.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(whole.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return feeds | dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds)))


def evaluated(expression):
    """The number that an extent's expression is with `SIZES`: it is Python's, once its divisions are whole ones."""
    if not re.fullmatch(r"[\w\s+*/()-]+", expression):
        raise ValueError(f"the extent {expression!r} is no expression")
    return eval(expression.replace("/", "//"), {"__builtins__": {}}, {**SIZES, "floor": int})


def fits(our, real):
    """Whether a value of a run is as we said."""
    if our is None or our[0] != real[0] or (our[1] is not None and len(our[1]) != len(real[1])):
        return False
    return all(a == "?" or (a if isinstance(a, int) else evaluated(a)) == b for a, b in zip(our[1] or [], real[1]))


def compare(path, command, out):
    model = undeclared(onnx.load(path))
    stripped = out / (path.stem + ".undeclared.onnx")
    onnx.save(model, stripped)
    try:
        known = theirs(model)
        found = ours(stripped, command)
    finally:
        stripped.unlink()
    verdicts = {name: judge(their, found.get(name)) for name, their in known.items()}
    counts = collections.Counter(verdicts.values())
    produced = [name for node in model.graph.node for name in node.output if name and found.get(name, (1,))[0]]
    # ONNX Runtime wants the ranks of what goes into a loop's body.
    values = run(onnx.load(path), produced)
    real = {n: {(helper.np_dtype_to_tensor_dtype(values[n].dtype), values[n].shape)} for n in produced if isinstance(values[n], np.ndarray)}
    inner = [name for body in bodies(model.graph) for name in written(body)]
    if len(set(inner + list(values))) < len(inner) + len(values):
        raise RuntimeError("two values of its graphs have the same name")
    within = inner_shapes(model, values)
    false = [
        f"{name}: ours {found.get(name)}, of a run {shape}"
        for name, shapes in [*real.items(), *within.items()] for shape in shapes if not fits(found.get(name), shape)]
    return {
        "nodes": len(model.graph.node), "values": len(verdicts), "same": counts["same"], "more": counts["more"],
        "open": sum(1 for name in real if (found.get(name) or (0, None))[1] is None or "?" in found[name][1]),
        "wrong": [f"{name}: {verdict}, theirs {known[name]}, ours {found.get(name)}"
                  for name, verdict in verdicts.items() if verdict not in ("same", "more")],
        "run": len(real), "inner": len(inner), "within": len(within), "false": false,
    }


def table(rows):
    lines = ["| network | written by | nodes | values onnx knows of | the same to us | we know more | disagree | of a run | open to us | in subgraphs | of a run | contradicted |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    good = [row for row in rows if "error" not in row]
    keys = ("nodes", "values", "same", "more", "wrong", "run", "open", "inner", "within", "false")
    totals = {key: sum(row[key] if isinstance(row[key], int) else len(row[key]) for row in good) for key in keys}
    for row in rows:
        cells = [row[k] if isinstance(row[k], int) else len(row[k]) for k in keys] if "error" not in row else [row["error"]]
        lines.append(f"| {row['name']} | {row['by']} | " + " | ".join(map(str, cells)) + " |" * (11 - len(cells) if "error" in row else 1))
    lines.append(f"| {len(good)} files | | " + " | ".join(str(totals[k]) for k in keys) + " |")
    return "\n".join(lines) + "\n"


def files(arguments, out):
    """The name, the writer and the path of each file to compare; exports what is to be exported."""
    light = Path(onnx.__file__).parent / "backend/test/data/light"
    for path in [*sorted(light.glob("*.onnx")), *arguments.files]:
        if re.search(arguments.only, path.stem):
            yield path.stem, "onnx's tests" if path.parent == light else onnx.load(path, load_external_data=False).producer_name, path
    for network in networks():
        if network.name not in OPEN or not re.search(arguments.only, network.name):
            continue
        for exporter in network.exporters:
            if exporter not in arguments.exporter:
                continue
            path = out / (re.sub(r"\W+", "_", network.name) + f".open.{exporter}.onnx")
            if not (arguments.resume and path.exists()):
                # Weights don't matter to shapes: they stay as they are initialized.
                module, inputs = network.make().eval(), network.inputs(torch.Generator().manual_seed(0))
                export(module, inputs, network.outputs, exporter, path, OPEN[network.name])
            yield network.name, EXPORTERS[exporter], path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE.onnx")
    parser.add_argument("--only", default="")
    parser.add_argument("--exporter", nargs="+", choices=list(EXPORTERS), default=list(EXPORTERS))
    parser.add_argument("--command", default=str(ROOT / "tools/whole_models/.build/release/infer-types"))
    parser.add_argument("--document", type=Path)
    parser.add_argument("--resume", action="store_true", help="take what an earlier run exported")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    # What PyTorch itself runs of attention in one piece, its older exporter can't write.
    torch.backends.mha.set_fastpath_enabled(False)
    rows = []
    for name, by, path in files(arguments, out):
        start, row = time.monotonic(), {"name": name, "by": by}
        try:
            row |= compare(path, arguments.command, out)
        except shape_inference.InferenceError as error:
            # Where onnx has no answer there is nothing to agree with.
            row["error"] = "onnx: " + str(error).splitlines()[0][:150].replace("|", "/")
        rows.append(row)
        print(f"{name}, {by or path}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
        for line in [*row.get("wrong", []), *row.get("false", [])]:
            print(f"  {line}", file=sys.stderr, flush=True)
    text = table(rows)
    print(text)
    if arguments.document:
        packages = ("onnx", "torch", "torchvision", "timm", "onnxscript", "onnxruntime")
        document(arguments.document, "shapes", text, packages)
    sys.exit(1 if any(row.get("wrong") or row.get("false") for row in rows) or not any("values" in row for row in rows) else 0)


if __name__ == "__main__":
    main()
