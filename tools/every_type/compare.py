"""Run one-node models of every operator, version and element type in cbam-run, onnx.reference and ONNX Runtime.

usage: compare.py [--only OP…] [--forms N] [--json FILE] [--jobs N] [--verbose]

Each model falls in one class, by the first judge that answers:

  reference        our outputs are the reference evaluator's
  onnxruntime      … ONNX Runtime's, where the reference evaluator fails, gives other types, or parts from both of us
  wider            … those of either in a wider type (float for float16, int64 for int8), rounded or wrapped to this one
  refused by all   nobody runs it
  only ours        we run it and nobody else does, in a wider type neither
  refused by us    somebody runs it and we don't
  differs          we part from all who run it

The last four are explained by cause in causes.py, or they are defects: the status is 1 where a model has no cause, and
where a version of an operator has no model.
"""

import argparse
import collections
import concurrent.futures
import json
import queue
import re
import sys
import warnings

import numpy as np
from onnx import TensorProto

import causes
import judges
import models
import values

CLASSES = ["reference", "onnxruntime", "wider", "refused by all", "only ours", "refused by us", "differs"]
EXPLAINED = set(CLASSES[:3])
# What the standard leaves open is compared by shape.
RANDOM = {"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"}


def is_random(model):
    node = model.proto.graph.node[0]
    return node.op_type in RANDOM or (node.op_type == "Dropout" and len(node.input) > 2 and node.input[2])


def of_declared_types(outputs, model):
    """Whether tensors among outputs have the types that the model gives them: the reference evaluator computes some
    in the type that NumPy promotes to."""
    for value, info in zip(outputs, model.proto.graph.output):
        kind = info.type.tensor_type.elem_type if info.type.HasField("tensor_type") else 0
        if not kind or value is None:
            continue
        found = np.asarray(value).dtype
        if kind == TensorProto.STRING:
            if found.kind not in "OUS":
                return False
        elif found != values.dtype(kind):
            return False
    return True


def widened(model):
    """The model in a wider type with its inputs, and the type of each output to narrow to; None where there is none."""
    number = values.element(model.type) if model.type else None
    wide = number and values.wider(number)
    if not wide:
        return None
    proto, inputs = type(model.proto)(), dict(model.inputs)
    proto.CopyFrom(model.proto)
    touched = False
    for info in list(proto.graph.input) + list(proto.graph.output):
        if info.type.HasField("tensor_type") and info.type.tensor_type.elem_type == number:
            info.type.tensor_type.elem_type = wide
            if info.name in inputs:
                inputs[info.name] = np.asarray(inputs[info.name]).astype(values.dtype(wide))
                touched = True
    kinds = [
        info.type.tensor_type.elem_type if info.type.HasField("tensor_type") else 0
        for info in model.proto.graph.output]
    return (proto, inputs, kinds) if touched else None


def differences(found, expected, by_shape):
    if len(found) != len(expected):
        return f"{len(found)} outputs, not {len(expected)}"
    for index, (f, e) in enumerate(zip(found, expected)):
        part = values.difference(f, e, by_shape)
        if part:
            return f"output {index}: {part}"
    return None


def judge(model, worker):
    """(class, facts by judge) of a model."""
    wire = model.proto.SerializeToString()
    facts = {}
    ours_ran, ours = worker.ask("ours", wire, model.inputs)
    if not ours_ran:
        facts["ours"] = re.sub(r"^RuntimeError: cbam-run: (/\S*/model\.onnx: )?", "", ours)
    by_shape, others = is_random(model), []
    for name in ("reference", "onnxruntime"):
        ran, outputs = worker.ask(name, wire, model.inputs)
        if not ran:
            facts[name] = outputs
            continue
        if not of_declared_types(outputs, model):
            facts[name] = "gives another type: " + ", ".join(str(np.asarray(o).dtype) for o in outputs)
            continue
        others.append(name)
        if ours_ran:
            part = differences(ours, outputs, by_shape)
            facts[name] = part or "agrees"
            if part is None:
                return name, facts
    wide = widened(model)
    if wide and ours_ran:
        proto, inputs, kinds = wide
        for name in ("reference", "onnxruntime"):
            ran, outputs = worker.ask(name, proto.SerializeToString(), inputs)
            if not ran:
                facts[f"{name}, wider"] = outputs
                continue
            rounded = [values.narrow(o, k) if k and k != TensorProto.STRING else o for o, k in zip(outputs, kinds)]
            part = differences(ours, rounded, by_shape)
            facts[f"{name}, wider"] = part or "agrees"
            if part is None:
                return "wider", facts
            others.append(f"{name}, wider")
    if not ours_ran:
        return ("refused by us" if others else "refused by all"), facts
    return ("differs" if others else "only ours"), facts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", help="operators, by name")
    parser.add_argument("--forms", type=int, default=3, help="bases of different attributes for each type (3)")
    parser.add_argument("--json", help="write every model's class and facts to this file")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true", help="print every model that is explained by a cause")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    workers = queue.Queue()
    for _ in range(arguments.jobs):
        workers.put(judges.Judge())

    def one(model):
        worker = workers.get()
        try:
            return model, *judge(model, worker)
        finally:
            workers.put(worker)

    counts, by_cause, unexplained, rows = collections.Counter(), collections.Counter(), [], []
    only = set(arguments.only) if arguments.only else None
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for model, verdict, facts in pool.map(one, list(models.generate(only, arguments.forms))):
            counts[verdict] += 1
            rows.append({"model": model.name, "operator": model.operator, "version": model.version,
                         "variable": model.variable, "type": model.type, "class": verdict, "facts": facts})
            if verdict in EXPLAINED:
                continue
            cause = causes.find(rows[-1])
            by_cause[(verdict, cause)] += 1
            if cause is None:
                unexplained.append(rows[-1])
            if cause is None or arguments.verbose:
                print(f"{verdict}: {model.name}")
                for name, fact in facts.items():
                    print(f"    {name}: {fact}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(rows, file, indent=1)
    print(f"{len(rows)} models")
    for name in CLASSES:
        print(f"  {counts[name]:6} {name}")
        for (verdict, cause), count in sorted(by_cause.items(), key=lambda c: -c[1]):
            if verdict == name:
                print(f"         {count:6} {cause or 'WITHOUT A CAUSE'}")
    versions = [m for m in models.generate.missing if m[2] == "no model"]
    for (domain, name), version, _ in versions:
        print(f"no model of {domain + ':' if domain else ''}{name}-{version}")
    print(f"{len(unexplained)} unexplained, {len(versions)} versions without a model")
    sys.exit(1 if unexplained or versions or not rows else 0)


if __name__ == "__main__":
    main()
