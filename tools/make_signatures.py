"""Write Sources/Graph/Operators/Generated/Signatures.swift from the installed `onnx` package.

The file is a table of facts of the standard: of every version of every operator its inputs, outputs, attributes
and permitted types. One line is one version:

    name|domain|since|d if deprecated|inputs|outputs|attributes|type parameters

  input, output   NAME:TYPE with ? for optional, *MIN for variadic of one type, ~MIN for variadic of mixed types
  attribute       NAME:KIND with ! for required, or =DEFAULT (percent-encoded)
  type parameter  NAME=&SET, an index into the table of type sets

usage: python tools/make_signatures.py [--check]      (--check: only compare, exit 1 where the file differs)
"""

import sys
from pathlib import Path
from urllib.parse import quote

import onnx
from onnx import defs, helper

TARGET = Path(__file__).parent.parent / "Sources/Graph/Operators/Generated/Signatures.swift"
KINDS = {
    "FLOAT": "f", "INT": "i", "STRING": "s", "TENSOR": "t", "GRAPH": "g", "SPARSE_TENSOR": "p", "TYPE_PROTO": "y",
    "FLOATS": "fs", "INTS": "is", "STRINGS": "ss", "TENSORS": "ts", "GRAPHS": "gs", "SPARSE_TENSORS": "ps",
    "TYPE_PROTOS": "ys",
}


def parameter(p):
    option = str(p.option).rsplit(".", 1)[-1].lower()
    mark = ""
    if option == "optional":
        mark = "?"
    elif option == "variadic":
        mark = ("*" if p.is_homogeneous else "~") + str(p.min_arity)
    return f"{p.name}:{p.type_str}{mark}"


def default(a):
    value = helper.get_attribute_value(a)
    if isinstance(value, bytes):
        return quote(value.decode(), safe="")
    if isinstance(value, (list, tuple)) or hasattr(value, "__len__"):
        return ",".join(v.decode() if isinstance(v, bytes) else str(v) for v in value)
    return repr(value)


def attribute(name, a):
    text = f"{name}:{KINDS[str(a.type).rsplit('.', 1)[-1]]}"
    if a.required:
        return text + "!"
    if a.default_value.name:
        return text + "=" + default(a.default_value)
    return text


def main():
    sets, lines = {}, []
    schemas = sorted(defs.get_all_schemas_with_history(), key=lambda s: (s.domain, s.name, s.since_version))
    for s in schemas:
        constraints = []
        for c in s.type_constraints:
            # A space stands between types; maps have one inside.
            key = " ".join(sorted(t.replace(", ", ",") for t in c.allowed_type_strs))
            constraints.append(f"{c.type_param_str}=&{sets.setdefault(key, len(sets))}")
        lines.append("|".join([
            s.name, s.domain, str(s.since_version), "d" if s.deprecated else "",
            " ".join(map(parameter, s.inputs)), " ".join(map(parameter, s.outputs)),
            " ".join(attribute(n, a) for n, a in sorted(s.attributes.items())), " ".join(constraints)]))
    newest = {d: max(s.since_version for s in schemas if s.domain == d) for d in {s.domain for s in schemas}}
    newest[""] = defs.onnx_opset_version()
    text = [
        f"// Written by tools/make_signatures.py from onnx {onnx.__version__}; do not edit. The grammar stands there.",
        "// swift-format-ignore-file", "",
        "extension OperatorSignatures {",
        "  static let newestVersions: [String: Int] = [",
        *[f'    "{d}": {v},' for d, v in sorted(newest.items())],
        "  ]", "",
        '  static let typeSets: StaticString = #"""', *[f"    {k}" for k in sets], '    """#', "",
        '  static let lines: StaticString = #"""', *[f"    {line}" for line in lines], '    """#', "}", ""]
    content = "\n".join(text)
    if "--check" in sys.argv:
        if TARGET.read_text() != content:
            sys.exit(f"{TARGET.name} differs from what onnx {onnx.__version__} says: run tools/make_signatures.py")
        return
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(content)
    print(f"{len(lines)} operator versions, {len(sets)} type sets")


main()
