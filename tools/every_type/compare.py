"""Run one-node models of every operator, version and element type in cbam-run, onnx.reference and ONNX Runtime.

usage: compare.py [--only OP…] [--forms N] [--json FILE] [--jobs N] [--verbose]

Each model falls in one class, by the first judge that answers:

  reference        our outputs are the reference evaluator's
  onnxruntime      … ONNX Runtime's, where the reference evaluator fails, gives other types, or parts from both of us
  wider            … those of either in a wider type (float for float16, int64 for int8), rounded or wrapped to this one;
                   for double, those of float
  moved            … what either gives where the elements' numbers stand in for them: operators that only move elements
  earlier          … what either gives under the version before, which differs in the types that it permits alone
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
import dataclasses
import json
import queue
import re
import sys
import warnings

import numpy as np
from onnx import TensorProto, defs, helper

import causes
import judges
import models
import values

CLASSES = ["reference", "onnxruntime", "wider", "moved", "earlier", "refused by all", "only ours", "refused by us", "differs"]
EXPLAINED = set(CLASSES[:5])
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


def retyped(model, number, other):
    """The model with one element type in place of another, in the graphs of its nodes too."""
    proto = type(model.proto)()
    proto.CopyFrom(model.proto)

    def visit(graph):
        for info in [*graph.input, *graph.output, *graph.value_info]:
            if info.type.HasField("tensor_type") and info.type.tensor_type.elem_type == number:
                info.type.tensor_type.elem_type = other
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    visit(attribute.g)
    visit(proto.graph)
    return proto


def substituted(model):
    """The element type that stands in for what the model's schema permits, None where it has types of its own."""
    text = model.type if "(" in model.type or not model.type else f"tensor({model.type})"
    return values.element(text) if text else None


def kinds_of(model):
    """The element type of each output that is a tensor, 0 of others."""
    return [i.type.tensor_type.elem_type if i.type.HasField("tensor_type") else 0 for i in model.proto.graph.output]


def elements(model, number):
    """The names of the inputs that are tensors of this element type."""
    return [i.name for i in model.proto.graph.input
            if i.type.HasField("tensor_type") and i.type.tensor_type.elem_type == number
            and model.inputs.get(i.name) is not None]


def widened(model):
    """The model in each wider type with its inputs, and the type of each output to narrow to. Whole numbers are tried
    as float too, where no output is of their type."""
    number = substituted(model)
    wide = number and values.wider(number)
    others = [wide] if wide else []
    if number and values.is_integer(number) and number not in kinds_of(model):
        others.append(TensorProto.FLOAT)
    for other in others:
        own, inputs = elements(model, number), dict(model.inputs)
        for name in own:
            inputs[name] = np.asarray(inputs[name]).astype(values.dtype(other))
        # Double in float: its results are compared as float ones.
        kinds = [other if other == TensorProto.FLOAT and k == TensorProto.DOUBLE else k for k in kinds_of(model)]
        if own:
            yield retyped(model, number, other), inputs, kinds


def numbered(model):
    """The model with floats in place of elements, each the element's number from 1 on, and the elements with what the
    type has for 0 before them; None where it has no elements of one type alone."""
    number = substituted(model)
    own = elements(model, number) if number and number != TensorProto.FLOAT and not is_random(model) else []
    if not own:
        return None
    inputs, table = dict(model.inputs), ["" if number == TensorProto.STRING else values.dtype(number).type(0)]
    for name in own:
        array = np.asarray(inputs[name])
        inputs[name] = np.arange(len(table), len(table) + array.size, dtype=np.float32).reshape(array.shape)
        table += list(array.ravel())
    return retyped(model, number, TensorProto.FLOAT), inputs, kinds_of(model), number, table


def earlier(model):
    """The model under the version of its operator before its own, where that differs in types alone; None otherwise."""
    node = model.proto.graph.node[-1]
    try:
        own = defs.get_schema(node.op_type, model.version, node.domain)
        before = defs.get_schema(node.op_type, model.version - 1, node.domain)
    except defs.SchemaError:
        return None
    same = sorted(own.attributes) == sorted(before.attributes) and (
        [p.name for p in own.inputs] == [p.name for p in before.inputs])
    if not same or node.domain:
        return None
    proto = type(model.proto)()
    proto.CopyFrom(model.proto)
    proto.opset_import[0].version = model.version - 1
    return dataclasses.replace(model, proto=proto, version=before.since_version)


def renamed(outputs, kinds, number, table):
    """Outputs with each number's element, None where one is no number of an element."""
    result = []
    for value, kind in zip(outputs, kinds):
        if kind != number:
            result.append(value)
            continue
        places = np.asarray(value, np.float64)
        if not np.all((places == np.rint(places)) & (places >= 0) & (places < len(table))):
            return None
        own = np.empty(places.size, values.dtype(number))
        for index, place in enumerate(places.ravel()):
            own[index] = table[int(place)]
        result.append(own.reshape(places.shape))
    return result


def undefined(model):
    """Which elements of the output the standard leaves open, None where it leaves none."""
    node = model.proto.graph.node[-1]
    if node.op_type not in ("Cast", "CastLike"):
        return None
    source = np.asarray(model.inputs[node.input[0]])
    target = model.proto.graph.output[0].type.tensor_type.elem_type
    is_float = source.dtype != object and values.is_float(helper.np_dtype_to_tensor_dtype(source.dtype))
    return values.is_beyond(source, target) if is_float and values.is_integer(target) else None


def differences(found, expected, by_shape, undefined=None):
    if len(found) != len(expected):
        return f"{len(found)} outputs, not {len(expected)}"
    for index, (f, e) in enumerate(zip(found, expected)):
        part = values.difference(f, e, by_shape, undefined)
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
    by_shape, others, open_ = is_random(model), [], undefined(model)
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
            part = differences(ours, outputs, by_shape, open_)
            facts[name] = part or "agrees"
            if part is None:
                return name, facts
    for proto, inputs, kinds in widened(model) if ours_ran else []:
        for name in ("reference", "onnxruntime"):
            ran, outputs = worker.ask(name, proto.SerializeToString(), inputs)
            if not ran:
                facts[f"{name}, wider"] = outputs
                continue
            rounded = [values.narrow(o, k) if k and k != TensorProto.STRING else o for o, k in zip(outputs, kinds)]
            part = differences([values.narrow(o, k) if k else o for o, k in zip(ours, kinds)], rounded, by_shape, open_)
            facts[f"{name}, wider"] = part or "agrees"
            if part is None:
                return "wider", facts
            others.append(f"{name}, wider")
    tagged = numbered(model) if ours_ran else None
    if tagged:
        proto, inputs, kinds, number, table = tagged
        for name in ("reference", "onnxruntime"):
            ran, outputs = worker.ask(name, proto.SerializeToString(), inputs)
            expected = renamed(outputs, kinds, number, table) if ran else None
            if expected is not None and differences(ours, expected, by_shape) is None:
                return "moved", facts
    before = earlier(model) if ours_ran and not others else None
    if before:
        verdict, found = judge(before, worker)
        facts |= {f"{name}, version {before.version}": fact for name, fact in found.items()}
        if verdict in EXPLAINED:
            # What we give under both versions has to be the same too.
            ran, outputs = worker.ask("ours", before.proto.SerializeToString(), model.inputs)
            if ran and differences(ours, outputs, by_shape) is None:
                return "earlier", facts
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
