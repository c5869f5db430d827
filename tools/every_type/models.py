"""One-node models for every version of every operator and every element type that its schema permits.

They start from the node tests of the installed `onnx` and from `recipes.py`, for what those leave out. A base is put
under each older version, with inputs made attributes where the version wants that, and then each type variable of the
version's schema is given each type that it may have.
"""

import collections
import dataclasses
import itertools

import numpy as np
import onnx
from onnx import TensorProto, defs, helper, numpy_helper

import values

Schema = defs.OpSchema
# Attributes that name the element type of an output.
TYPE_ATTRIBUTES = ("to", "dtype", "output_dtype", "output_datatype")
# Operators with graphs inside, whose types can't be changed from outside; recipes.py makes these for each type.
WITH_GRAPHS = {"If", "Loop", "Scan", "SequenceMap", "Gradient"}
# Attributes without which a base's inputs mean something else; others can be left out.
MEANING = {"allowzero", "axes", "block_size"}
OLDEST = 7


@dataclasses.dataclass
class Base:
    """A node, the type (such as "seq(tensor(float))") and the value of each of its inputs, by name."""
    name: str
    node: onnx.NodeProto
    types: dict
    values: dict


@dataclasses.dataclass
class Model:
    """What the runtimes are asked to run."""
    name: str
    operator: str
    version: int
    variable: str
    type: str
    proto: onnx.ModelProto
    inputs: dict
    # The types that the schema's variables have in it.
    bound: dict
    # Whether inputs are of types that the schema permits.
    is_typed: bool = True


def type_string(proto):
    kind = proto.WhichOneof("value")
    if kind == "tensor_type":
        return f"tensor({TensorProto.DataType.Name(proto.tensor_type.elem_type).lower()})"
    if kind == "sequence_type":
        return f"seq({type_string(proto.sequence_type.elem_type)})"
    if kind == "optional_type":
        return f"optional({type_string(proto.optional_type.elem_type)})"
    if kind == "map_type":
        key = TensorProto.DataType.Name(proto.map_type.key_type).lower()
        return f"map({key}, {type_string(proto.map_type.value_type)})"
    return ""


def type_proto(text, value=None):
    """The protobuf of a type; a tensor's has the shape of `value` where that is known."""
    if text.startswith("seq("):
        return helper.make_sequence_type_proto(type_proto(text[4:-1]))
    if text.startswith("optional("):
        return helper.make_optional_type_proto(type_proto(text[9:-1]))
    if text.startswith("map("):
        key, inner = text[4:-1].split(",", 1)
        return helper.make_map_type_proto(values.ELEMENTS[key.strip()], type_proto(inner.strip()))
    shape = None if value is None else np.asarray(value).shape
    return helper.make_tensor_type_proto(values.element(text), shape)


def schemas():
    """Each operator's schemas that a model of operator set 7 or later may use, oldest first, by domain and name."""
    known = collections.defaultdict(list)
    for schema in defs.get_all_schemas_with_history():
        known[(schema.domain, schema.name)].append(schema)
    result = {}
    for key, versions in sorted(known.items()):
        versions.sort(key=lambda s: s.since_version)
        older = [s for s in versions if s.since_version <= OLDEST]
        own = older[-1:] + [s for s in versions if s.since_version > OLDEST] if not key[0] else versions
        own = [s for s in own if not s.deprecated]
        if own:
            result[key] = own
    return result


def node_tests():
    """The node tests of `onnx` that are one node, as bases by domain and name."""
    from onnx.backend.test.case.node import collect_testcases
    bases = collections.defaultdict(list)
    for case in collect_testcases(None):
        graph = case.model.graph
        if len(graph.node) != 1 or graph.initializer or graph.sparse_initializer or case.model.functions:
            continue
        node, given = graph.node[0], case.data_sets[0][0]
        if node.op_type in WITH_GRAPHS:
            continue
        types = {i.name: type_string(i.type) for i in graph.input}
        data = {}
        for info, value in zip(graph.input, given):
            if isinstance(value, TensorProto):
                value = numpy_helper.to_array(value)
            elif isinstance(value, onnx.SequenceProto):
                value = numpy_helper.to_list(value)
            elif isinstance(value, onnx.OptionalProto):
                value = numpy_helper.to_optional(value)
            data[info.name] = value
        bases[(node.domain, node.op_type)].append(Base(case.name, node, types, data))
    return bases


def formal(schema, index, of_outputs=False):
    """The formal parameter at a position, the last one for more of a variadic."""
    own = schema.outputs if of_outputs else schema.inputs
    if index < len(own):
        return own[index]
    return own[-1] if own and own[-1].option == Schema.FormalParameterOption.Variadic else None


def _attribute(value, kind):
    array = np.asarray(value)
    number = float if kind in (Schema.AttrType.FLOAT, Schema.AttrType.FLOATS) else int
    if kind in (Schema.AttrType.INTS, Schema.AttrType.FLOATS):
        return [number(x) for x in array.ravel()]
    return number(array.ravel()[0]) if array.size == 1 else None


def fit(base, schema):
    """A base's node as this version of its operator writes it; None where it can't say that."""
    node = onnx.NodeProto()
    node.CopyFrom(base.node)
    if any(a.name in MEANING and (a.i or a.ints) and a.name not in schema.attributes for a in node.attribute):
        return None
    if any(a.name not in schema.attributes for a in node.attribute):
        kept = [a for a in node.attribute if a.name in schema.attributes]
        del node.attribute[:]
        node.attribute.extend(kept)
    names = [p.name for p in schema.inputs]
    variadic = bool(names) and schema.inputs[-1].option == Schema.FormalParameterOption.Variadic
    newest = defs.get_schema(schema.name, schema.domain)
    inputs = list(node.input)
    # What has become an input since is an attribute here.
    for index, name in enumerate(inputs):
        parameter = formal(newest, index)
        if parameter is None or not name or (index < len(names) and names[index] == parameter.name):
            continue
        own = next((a for a in (parameter.name, parameter.name.lower(), {
            "pads": "pads", "constant_value": "value", "k": "k", "max": "max", "min": "min", "repeats": "repeats",
        }.get(parameter.name, "")) if a in schema.attributes), None)
        if own and not any(a.name == own for a in node.attribute):
            value = _attribute(base.values[name], schema.attributes[own].type)
            if value is None:
                return None
            node.attribute.append(
                helper.make_attribute(own, value, attr_type=int(schema.attributes[own].type.value)))
            inputs[index] = ""
        elif index < len(names) or variadic:
            continue
    if not variadic:
        if any(inputs[len(names):]):
            return None
        inputs = inputs[:len(names)]
    while inputs and not inputs[-1]:
        inputs.pop()
    if len(inputs) < schema.min_input:
        return None
    del node.input[:]
    node.input.extend(inputs)
    if len(node.output) > schema.max_output:
        kept = list(node.output)[:schema.max_output]
        del node.output[:]
        node.output.extend(kept)
    needed = [n for n, a in schema.attributes.items() if a.required and not any(b.name == n for b in node.attribute)]
    return None if needed else Base(base.name, node, base.types, base.values)


def _permitted(schema, variable):
    for constraint in schema.type_constraints:
        if constraint.type_param_str == variable:
            return list(constraint.allowed_type_strs)
    return []


def _with_type_attribute(node, number):
    """The node with the attribute that names its output's type set, None where it has none."""
    result = onnx.NodeProto()
    result.CopyFrom(node)
    for attribute in result.attribute:
        if attribute.name in TYPE_ATTRIBUTES and attribute.type == onnx.AttributeProto.INT:
            attribute.i = number
            return result
        if attribute.name == "value" and node.op_type in ("Constant", "ConstantOfShape"):
            array = values.convert(numpy_helper.to_array(attribute.t), number)
            attribute.t.CopyFrom(numpy_helper.from_array(array, attribute.t.name))
            return result
    schema = defs.get_schema(node.op_type, node.domain)
    own = next((a for a in TYPE_ATTRIBUTES if a in schema.attributes), None)
    if own is None:
        return None
    result.attribute.append(helper.make_attribute(own, number))
    return result


def retype(base, schema, variable, text):
    """The types and values of a base's inputs with those of a variable given a type, and whether there are any; None
    where the type can't hold what the base has. The variable "*" stands for all inputs of the first one's element
    type: those of coupled variables, such as a sequence and what is put in it, change together."""
    types, data, touched = dict(base.types), dict(base.values), variable is None
    first = next((values.element(base.types[n]) for n in base.node.input if n), None)
    for index, name in enumerate(base.node.input):
        parameter = formal(schema, index)
        if not name or parameter is None or variable is None:
            continue
        new = text
        if variable == "*":
            number = values.element(base.types[name])
            if number is None or number != first or "(" in parameter.type_str:
                continue
            new = base.types[name].replace(TensorProto.DataType.Name(number).lower() + ")", f"{text})")
        elif parameter.type_str != variable:
            continue
        touched, number = True, values.element(new)
        if number is None:
            if base.types[name] != new:
                return None
            continue
        holder, own = _holder(new), _holder(base.types[name])
        if holder != own and not (holder == f"optional({own})" or own == f"optional({holder})"):
            return None
        types[name], value = new, data[name]
        if value is None and not new.startswith("optional("):
            return None
        if isinstance(value, (list, tuple)):
            data[name] = [values.convert(v, number) for v in value]
        elif value is not None:
            zero = values.is_float(number) and parameter.name.endswith("zero_point")
            # Floats are quantized about 0: the standard says of other zero points only that they are unusual.
            data[name] = values.convert(np.zeros_like(value) if zero else value, number)
    return types, data, touched


def build(base, schema, variable=None, text=None):
    """The model of a base with a variable of the schema given a type; None where the base has nothing of it."""
    found = retype(base, schema, variable, text)
    if found is None:
        return None
    (types, data, touched), node, bound, is_typed = found, base.node, {}, True
    for index, name in enumerate(node.input):
        parameter = formal(schema, index)
        if not name or parameter is None:
            continue
        permitted = _permitted(schema, parameter.type_str) or [parameter.type_str]
        is_typed = is_typed and types[name] in permitted and (
            not parameter.is_homogeneous or bound.get(parameter.type_str, types[name]) == types[name])
        bound[parameter.type_str] = types[name]
    if variable == "*" and node.op_type in ("SequenceEmpty",):
        touched = False
    if not touched:
        outputs = [formal(schema, i, True) for i in range(len(node.output))]
        if not any(p is not None and p.type_str == variable for p in outputs):
            return None
        number = values.element(text)
        node = _with_type_attribute(node, number) if number is not None else None
        if node is None:
            return None
        bound[variable] = text
    used = {name for name in node.input if name}
    opset = max(schema.since_version, OLDEST) if not schema.domain else schema.since_version
    graph = helper.make_graph(
        [node], "one_node",
        [helper.make_value_info(n, type_proto(types[n], data[n] if types[n].startswith("tensor") else None))
         for n in types if n in used], [])
    proto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid(schema.domain, opset)], ir_version=13)
    inferred = {}
    try:
        probe = onnx.ModelProto()
        probe.CopyFrom(proto)
        probe.graph.output.extend(onnx.ValueInfoProto(name=n) for n in node.output if n)
        for info in onnx.shape_inference.infer_shapes(probe, data_prop=True).graph.output:
            inferred[info.name] = type_string(info.type)
    except Exception:
        inferred = {}
    for index, name in enumerate(node.output):
        if not name:
            continue
        parameter = formal(schema, index, True)
        if parameter is None:
            return None
        own = inferred.get(name, "")
        if not own or own.endswith("(undefined)"):
            own = bound.get(parameter.type_str) or (parameter.type_str if "(" in parameter.type_str else None)
        if own is None:
            permitted = _permitted(schema, parameter.type_str)
            own = permitted[0] if len(permitted) == 1 else None
        if own is None:
            return None
        proto.graph.output.append(helper.make_value_info(name, type_proto(own)))
        bound[parameter.type_str] = own
    return Model(
        "", f"{schema.domain}:{schema.name}" if schema.domain else schema.name, schema.since_version, variable or "",
        text or "", proto, {n: data[n] for n in types if n in used and n in data}, bound, is_typed)


def _element_name(text):
    number = values.element(text) if text else None
    return "" if number is None else TensorProto.DataType.Name(number).lower()


def _holder(text):
    """What holds the elements: "tensor", "seq(tensor)", "optional(tensor)"."""
    number = values.element(text)
    if number is None:
        return text
    name = TensorProto.DataType.Name(number).lower()
    return text.replace(f"({name})", "")


def _give_shape(kind):
    """The checker wants a shape, of whatever rank, where these models leave it open."""
    name = kind.WhichOneof("value")
    if name == "tensor_type":
        kind.tensor_type.shape.SetInParent()
    elif name in ("sequence_type", "optional_type"):
        _give_shape(getattr(kind, name).elem_type)


def is_legal(model):
    """Whether ONNX's own checker and strict inference have nothing against the model."""
    if not model.is_typed:
        return False
    try:
        whole = onnx.ModelProto()
        whole.CopyFrom(model.proto)
        for info in [*whole.graph.input, *whole.graph.output]:
            _give_shape(info.type)
        onnx.checker.check_model(whole)
        node = model.proto.graph.node[-1]
        if not defs.get_schema(node.op_type, model.version, node.domain).has_function:
            # Bodies of functions are typed more narrowly than the operators that they define.
            onnx.shape_inference.infer_shapes(model.proto, strict_mode=True, check_type=True, data_prop=True)
        return True
    except Exception:
        return False


def _form(base):
    """What makes bases differ beyond numbers: attributes, modes, which inputs and outputs there are, their ranks."""
    # Numbers in attributes make no form of their own, but for those that name types.
    modes = tuple(sorted(
        (a.name, a.s, a.i if a.name in (*TYPE_ATTRIBUTES, "stash_type") else a.t.data_type) for a in base.node.attribute))
    inputs = tuple(bool(n) for n in base.node.input)
    holders = tuple(_holder(t) for t in base.types.values())
    return modes, inputs, holders, tuple(bool(n) for n in base.node.output)


def generate(only=None, forms=3, types=True):
    """All models, and the versions of operators for which there is none. `forms` bases with different attributes,
    inputs and outputs are tried for each version; without `types`, each with the types that it has."""
    import recipes
    bases = node_tests()
    for key, own in recipes.bases().items():
        bases[key] = own + bases[key]
    missing = []
    for key, versions in schemas().items():
        if only and key[1] not in only:
            continue
        for schema in versions:
            made = 0
            # Where a version has bases of its own, the others mean something else to it.
            candidates = recipes.older(key, schema.since_version) or bases.get(key, [])
            distinct = {}
            for base in candidates:
                fitted = fit(base, schema)
                if fitted is None:
                    continue
                plain = build(fitted, schema)
                if plain is None or not is_legal(plain):
                    # The base's own types may be newer than this version.
                    plain = None
                size = sum(np.asarray(v).size for v in fitted.values.values() if isinstance(v, np.ndarray))
                distinct.setdefault(_form(fitted), []).append((plain is None, size, fitted))
            chosen = [min(own, key=lambda c: c[:2]) for own in distinct.values()]
            chosen.sort(key=lambda c: c[:2])
            seen = collections.Counter()
            for _, _, base in chosen:
                plain = build(base, schema)
                pairs = [(None, None)] + [
                    (c.type_param_str, t) for c in schema.type_constraints for t in sorted(c.allowed_type_strs)
                    if types]
                # Coupled variables, after those that can be changed one by one.
                pairs += sorted({("*", _element_name(t)) for _, t in pairs[1:]} - {("*", "")})
                for variable, text in pairs:
                    if seen[(variable, text)] >= forms:
                        continue
                    if variable == "*" and all(
                            seen[(v, t)] for v, t in pairs[1:] if v != "*" and _element_name(t) == text):
                        continue
                    model = plain if variable is None else build(base, schema, variable, text)
                    if model is None or not is_legal(model):
                        continue
                    seen[(variable, text)] += 1
                    for pair in model.bound.items():
                        seen[pair] += pair != (variable, text)
                    made += 1
                    label = f" {variable}={text}" if variable else ""
                    model.name = f"{model.operator}-{schema.since_version}{label} ({base.name})"
                    yield model
            for model in recipes.models_of(key, schema):
                made += 1
                yield model
            # What an operator gives in one type only is in every model of it.
            absent = [
                f"{c.type_param_str}={t}" for c in schema.type_constraints for t in sorted(c.allowed_type_strs)
                if not seen[(c.type_param_str, t)] and len(c.allowed_type_strs) > 1]
            if made == 0:
                missing.append((key, schema.since_version, "no model"))
            elif absent and key[1] not in WITH_GRAPHS:
                missing.append((key, schema.since_version, ", ".join(absent)))
    generate.missing = missing
