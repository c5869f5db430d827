"""Element types by the standard's names, and numbers carried from one to another."""

import numpy as np
import onnx
from onnx import TensorProto, helper

# The standard's name of each element type: "tensor(float8e4m3fn)" holds what it calls FLOAT8E4M3FN.
ELEMENTS = {
    name.lower(): number for name, number in TensorProto.DataType.items() if name != "UNDEFINED"}
WRAPPERS = ("optional(", "seq(", "tensor(", "sparse_tensor(", "map(")


def element(type_string):
    """The element type's number in a type such as "seq(tensor(float))", None for maps."""
    if type_string.startswith("map(") or "map(" in type_string:
        return None
    name = type_string
    while name.endswith(")"):
        name = name[name.index("(") + 1:-1]
    return ELEMENTS.get(name)


def dtype(number):
    """The NumPy type of an element type; strings are objects."""
    return np.dtype(object) if number == TensorProto.STRING else np.dtype(helper.tensor_dtype_to_np_dtype(number))


def name_of(numpy_type):
    """The standard's name of a NumPy type."""
    return TensorProto.DataType.Name(helper.np_dtype_to_tensor_dtype(np.dtype(numpy_type))).lower()


def bits(number):
    """How many bits an element has, None for strings."""
    name = TensorProto.DataType.Name(number)
    fixed = {"BOOL": 8, "DOUBLE": 64, "FLOAT": 32, "COMPLEX64": 64, "COMPLEX128": 128, "STRING": None}
    if name in fixed:
        return fixed[name]
    return int("".join(c for c in name.split("E")[0] if c.isdigit()))


def is_integer(number):
    name = TensorProto.DataType.Name(number)
    return name.startswith(("INT", "UINT"))


def is_float(number):
    name = TensorProto.DataType.Name(number)
    return name.startswith(("FLOAT", "BFLOAT", "DOUBLE"))


def is_complex(number):
    return number in (TensorProto.COMPLEX64, TensorProto.COMPLEX128)


def wider(number):
    """The type in which what this type holds can be computed without rounding or wrapping to it; None if none can.
    What double computes can at least be computed in float."""
    if is_integer(number):
        return TensorProto.INT64 if number not in (TensorProto.INT64, TensorProto.UINT64) else None
    if number in (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.STRING, TensorProto.BOOL):
        return {TensorProto.FLOAT: TensorProto.DOUBLE, TensorProto.DOUBLE: TensorProto.FLOAT}.get(number)
    if number == TensorProto.COMPLEX64:
        return TensorProto.COMPLEX128
    return TensorProto.FLOAT if is_float(number) else None


def _bounds(number):
    name = TensorProto.DataType.Name(number)
    bits = int(name.lstrip("UINT"))
    return (0, 2**bits - 1) if name.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def convert(array, number):
    """An array's numbers, as nearly as they fit, in another element type. Fractions become tens of themselves where
    the new type has none, so that not all are 0."""
    array = np.asarray(array)
    target = dtype(number)
    source_is_text = array.dtype == object or array.dtype.kind in "US"
    if number == TensorProto.STRING:
        if source_is_text:
            return array.astype(object)
        return np.array([format(v, "g") if array.dtype.kind == "f" else str(v) for v in array.ravel()],
                        dtype=object).reshape(array.shape)
    if source_is_text:
        numbers = []
        for index, text in enumerate(array.ravel()):
            try:
                numbers.append(float(text))
            except ValueError:
                numbers.append(float(index % 7))
        array = np.array(numbers, dtype=np.float64).reshape(array.shape)
    if array.dtype == target:
        return array
    if number == TensorProto.BOOL:
        return np.asarray(array.astype(np.float64) > 0) if array.dtype.kind != "c" else array.real > 0
    if is_complex(number):
        if array.dtype.kind == "c":
            return array.astype(target)
        real = array.astype(np.float64)
        return (real + 1j * np.roll(real.ravel(), 1).reshape(real.shape)).astype(target)
    if array.dtype.kind == "c":
        array = array.real
    if is_integer(number):
        low, high = _bounds(number)
        if array.dtype.kind in "iub":
            wide = array.astype(object)
            return np.array([min(max(int(v), low), high) for v in wide.ravel()]).astype(target).reshape(array.shape)
        numbers = array.astype(np.float64)
        finite = np.where(np.isfinite(numbers), numbers, 0)
        if finite.size and np.any(finite != np.rint(finite)):
            finite = finite * 10
        if low == 0:
            finite = np.abs(finite)
        limit = min(high, 2**53)
        return np.clip(np.rint(finite), max(low, -(2**53)), limit).astype(np.int64).astype(target)
    if number in (TensorProto.FLOAT8E8M0,):
        return np.abs(array.astype(np.float32)).astype(target)
    return array.astype(np.float64).astype(np.float32).astype(target) if target.itemsize < 4 else array.astype(target)


def is_beyond(array, number):
    """Which floats an integer type can't hold: the standard leaves open what a cast makes of them."""
    low, high = _bounds(number)
    numbers = np.asarray(array).astype(np.float64)
    with np.errstate(all="ignore"):
        whole = np.trunc(numbers)
        return ~(np.isfinite(numbers) & (whole >= low) & (whole < high + 1.0))


def narrow(array, number):
    """A result computed in the wider type, in the type asked for: whole numbers wrap, others round."""
    if array is None or isinstance(array, (list, tuple, dict)):
        return array
    target = dtype(number)
    array = np.asarray(array)
    if array.dtype == target:
        return array
    if is_integer(number) and array.dtype.kind in "iu":
        low, high = _bounds(number)
        wrapped = (array.astype(np.int64) - low) % (high - low + 1) + low
        return wrapped.astype(target)
    with np.errstate(all="ignore"):
        return array.astype(target)


# How far results of one type may part, relative to their size: a few units in the last place, for sums in another
# order.
TOLERANCE = {
    "float64": 1e-6, "float32": 2e-5, "float16": 4e-3, "bfloat16": 3.2e-2, "complex64": 2e-5, "complex128": 1e-6,
    "float8_e4m3fn": 0.125, "float8_e4m3fnuz": 0.125, "float8_e5m2": 0.25, "float8_e5m2fnuz": 0.25,
    "float8_e8m0fnu": 1.0, "float6_e2m3fn": 0.125, "float6_e3m2fn": 0.25, "float4_e2m1fn": 0.5}


def difference(found, expected, by_shape=False, undefined=None):
    """What parts two results, in words; None where nothing does, or only elements that are `undefined`."""
    if found is None or expected is None:
        return None if found is None and expected is None else "one is an empty optional"
    if isinstance(found, dict) or isinstance(expected, dict):
        both = isinstance(found, dict) and isinstance(expected, dict)
        if not both or [_text(k) for k in found] != [_text(k) for k in expected]:
            return f"{found} is not {expected}"
        return difference(list(found.values()), [np.asarray(v, np.asarray(f).dtype) for v, f in zip(
            expected.values(), found.values())], by_shape)
    if isinstance(found, (list, tuple)) or isinstance(expected, (list, tuple)):
        if not isinstance(found, (list, tuple)) or not isinstance(expected, (list, tuple)):
            return "one is a sequence"
        if len(found) != len(expected):
            return f"{len(found)} elements, not {len(expected)}"
        parts = [difference(f, e, by_shape) for f, e in zip(found, expected)]
        return next((f"element {i}: {p}" for i, p in enumerate(parts) if p), None)
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        return f"shape {list(found.shape)}, not {list(expected.shape)}"
    if by_shape:
        return None
    if undefined is not None and undefined.shape == found.shape:
        expected = np.where(undefined, found, expected)
    kind = found.dtype
    if kind == object or expected.dtype == object or expected.dtype.kind in "US":
        wrong = [(f, e) for f, e in zip(found.ravel(), expected.ravel()) if not _same_text(_text(f), _text(e))]
        return f"{wrong[0][0]!r}, not {wrong[0][1]!r} ({len(wrong)} of {found.size})" if wrong else None
    tolerance = TOLERANCE.get(kind.name, 0)
    if tolerance == 0:
        a, b = found.astype(object), expected.astype(object)
        wrong = np.asarray(a != b)
    else:
        wide = np.complex128 if kind.kind == "c" else np.float64
        a, b = found.astype(wide), expected.astype(wide)
        with np.errstate(all="ignore"):
            scale = np.maximum(np.abs(b), np.nanmax(np.abs(b[np.isfinite(b)]), initial=0) * 1e-2)
            near = np.abs(a - b) <= tolerance * scale + 1e-7
        wrong = ~((a == b) | near | (np.isnan(a) & np.isnan(b)))
    if not np.any(wrong):
        return None
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{found[at]!s}, not {expected[at]!s} at {list(at)} ({int(np.sum(wrong))} of {found.size})"


def _same_text(one, other):
    """Whether texts are equal, or the same number: the standard leaves open how many digits a cast writes."""
    if one == other:
        return True
    try:
        a, b = float(one), float(other)
    except ValueError:
        return False
    return a == b or (a != a and b != b) or abs(a - b) <= 1e-6 * abs(b)


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)
