"""Models of the operators that hold graphs: each carries values of every type that its version permits."""

import numpy as np
from onnx import defs, helper

import models
import values

SAMPLE = np.array([[1, 2, 3], [4, 5, 6]], np.float32)


def _value(text):
    """A value of a type."""
    number = values.element(text)
    own = values.convert(SAMPLE, number)
    return [own, own[:1]] if "seq(" in text else own


def _info(name, text, value=None):
    return helper.make_value_info(name, models.type_proto(text, value if text.startswith("tensor") else None))


def _graph(name, nodes, inputs, outputs):
    return helper.make_graph(nodes, name, inputs, outputs)


def _branches(text):
    """If that gives one of two values of the graph around it."""
    def branch(name):
        return _graph(
            f"give_{name}", [helper.make_node("Identity", [name], [f"{name}_out"])], [], [_info(f"{name}_out", text)])
    node = helper.make_node("If", ["c"], ["y"], then_branch=branch("x"), else_branch=branch("z"))
    data = {"c": np.array(False), "x": _value(text), "z": _value(text)}
    return node, {"c": "tensor(bool)", "x": text, "z": text}, data, {"y": text}


def _counted(text):
    """Loop that carries a value and collects it, where it is a tensor."""
    collects = text.startswith("tensor(")
    nodes = [helper.make_node("Identity", ["v"], ["v_out"]), helper.make_node("Identity", ["go"], ["go_out"])]
    outputs = [_info("go_out", "tensor(bool)", np.array(True)), _info("v_out", text)]
    if collects:
        nodes.append(helper.make_node("Identity", ["v"], ["row"]))
        outputs.append(_info("row", text))
    body = _graph("body", nodes, [
        _info("i", "tensor(int64)", np.array(0)), _info("go", "tensor(bool)", np.array(True)), _info("v", text)], outputs)
    node = helper.make_node("Loop", ["n", "g", "x"], ["y", "rows"][:1 + collects], body=body)
    return (node, {"n": "tensor(int64)", "g": "tensor(bool)", "x": text},
            {"n": np.array(3), "g": np.array(True), "x": _value(text)}, {n: text for n in node.output})


def _scanned(text, version):
    """Scan that carries a value and passes rows through, the last first."""
    nodes = [helper.make_node("Identity", ["s"], ["s_out"]), helper.make_node("Identity", ["r"], ["r_out"])]
    value = _value(text)
    body = _graph("body", nodes, [_info("s", text, value), _info("r", text, value[0])],
                  [_info("s_out", text, value), _info("r_out", text, value[0])])
    attributes = {"directions": [1]} if version == 8 else {"scan_input_directions": [1]}
    inputs = ["", "x", "rows"] if version == 8 else ["x", "rows"]
    node = helper.make_node("Scan", inputs, ["y", "out"], body=body, num_scan_inputs=1, **attributes)
    data = {"x": value, "rows": value}
    if version == 8:
        data = {name: np.stack([value, value]) for name in data}
    return node, {"x": text, "rows": text}, data, {"y": text, "out": text}


def _mapped(text):
    """SequenceMap of a sequence beside a tensor."""
    tensor = text[4:-1]
    body = _graph("body", [helper.make_node("Identity", ["e"], ["e_out"])], [_info("e", tensor)], [_info("e_out", tensor)])
    node = helper.make_node("SequenceMap", ["x"], ["y"], body=body)
    return node, {"x": text}, {"x": _value(text)}, {"y": text}


def _gradient():
    """The gradient of a·b by both, as the standard's page has it."""
    node = helper.make_node(
        "Gradient", ["a", "b"], ["da", "db"], domain="ai.onnx.preview.training", xs=["a", "b"], y="c")
    return node, {"a": "tensor(float)", "b": "tensor(float)"}, {"a": SAMPLE, "b": SAMPLE + 1}, {
        "da": "tensor(float)", "db": "tensor(float)"}


def _passes(text, opset):
    return any(text in c.allowed_type_strs for c in defs.get_schema("Identity", opset, "").type_constraints)


def models_of(key, schema):
    version = schema.since_version
    constraints = {c.type_param_str: sorted(c.allowed_type_strs) for c in schema.type_constraints}
    if key[1] == "Gradient":
        yield _model(key, version, "", "", *_gradient(), before=[helper.make_node("Mul", ["a", "b"], ["c"])])
        return
    makers = {"If": _branches, "Loop": _counted, "Scan": lambda text: _scanned(text, version), "SequenceMap": _mapped}
    if key[1] not in makers:
        return
    variable = "S" if key[1] == "SequenceMap" else "V"
    for text in constraints.get(variable, []):
        if values.element(text) is None or (key[1] == "Scan" and not text.startswith("tensor(")):
            continue
        # A graph can pass on only what Identity takes.
        if not _passes(text[4:-1] if key[1] == "SequenceMap" else text, max(version, models.OLDEST)):
            continue
        yield _model(key, version, variable, text, *makers[key[1]](text))


def _model(key, version, variable, text, node, types, data, outputs, before=()):
    domain = key[0]
    opset = max(version, models.OLDEST) if not domain else 22
    graph = helper.make_graph(
        [*before, node], "with_graphs", [_info(n, t, data[n]) for n, t in types.items()],
        [_info(n, t) for n, t in outputs.items()])
    imports = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, version)] if domain else [])
    proto = helper.make_model(graph, opset_imports=imports, ir_version=13)
    operator = f"{domain}:{key[1]}" if domain else key[1]
    name = f"{operator}-{version}" + (f" {variable}={text}" if variable else "") + " (recipe)"
    return models.Model(name, operator, version, variable, text, proto, data, {variable: text} if variable else {})
