"""Why models fall in a class that no judge settles. Each cause names its class, its operators, the types that are
substituted, and words that our refusal or a judge's answer has to have; the first that fits is a model's cause."""

import re

ALL, US, ONLY, DIFFERS = "refused by all", "refused by us", "only ours", "differs"
COMPLEX = r"complex(64|128)"
WHOLE = r"u?int\d+"

CAUSES = [
    # Permitted, and without a meaning: docs/operators.md lists these.
    ((ALL,), "Col2Im", "string", "ours: .*a sum of strings is not defined",
     "Strings have neither a sum nor a 0 to stand where no block is."),
    ((ALL,), "GridSample|Resize|Upsample", "string", "ours: .*a weighted sum of strings is not defined",
     "Strings can't be weighed and added."),
    ((ALL, US), "ScatterElements|ScatterND", "string", "ours: .*is not defined for strings",
     "Strings have no product and no order; the reference evaluator compares them as Python does."),
    ((US,), "ScatterElements|ScatterND", COMPLEX, "ours: .*is not defined for complex numbers",
     "Complex numbers have no order; NumPy compares real parts first."),
    # The base's attributes are of one type, and the substituted input of another.
    ((ALL, US), "TfIdfVectorizer", "string", "ours: .*don't fit a pool of 0",
     "The base has a pool of whole numbers: there is nothing to look strings up in."),
    ((ALL, US), "ai.onnx.ml:Imputer", ".*", "ours: .*0 imputed values",
     "The base's values are in the attribute for the other kind of number."),
    ((ALL, US), "ai.onnx.ml:OneHotEncoder", ".*",
     "ours: .*(expected elements of type string|elements of type string can't)",
     "The base's categories are in the attribute for the other kind of input."),
    ((ALL, US), "ai.onnx.ml:(CategoryMapper|LabelEncoder|DictVectorizer)", ".*", "ours: .*(expected elements|is not|none of)",
     "The base's attributes are those for the other kind of input."),
    # Where judges leave the standard.
    ((DIFFERS,), "Loop", ".*", r"reference: output 1: shape \[3, 2, 3\], not \[6, 3\]",
     "The reference evaluator joins scan outputs along their first axis, where the standard adds one."),
    ((DIFFERS,), "ai.onnx.ml:DictVectorizer", ".*", r"reference: output 0: shape \[1, \d\], not \[\d\]",
     "The reference evaluator leaves out the axis of length 1 that ONNX Runtime gives the maps that it takes."),
    ((DIFFERS,), "Resize|Upsample", COMPLEX, r"reference: output 0: .*\+0j",
     "The reference evaluator drops the imaginary parts."),
    ((DIFFERS,), "Attention", "uint64", "cannot convert float infinity",
     "A causal mask adds -inf, which a mask of whole numbers without signs can't hold."),
    ((DIFFERS,), "CastLike", "float8e8m0", "nan",
     "The reference evaluator's CastLike has no `saturate`, as its Cast has: infinities become NaN."),
    ((DIFFERS,), "Cast", "u?int4", "onnxruntime: output 0: 0, not 1",
     "ONNX Runtime rounds 0.5 up where it casts to 4 bits; the standard cuts fractions off."),
    # What the standard leaves open.
    ((DIFFERS,), "GridSample", WHOLE, "reference: output 0: ",
     "How sums of weighted whole numbers become whole is left open: the reference evaluator cuts fractions off after "
     "each axis, we once at the end."),
    ((DIFFERS,), "Resize|Upsample", WHOLE, "onnxruntime: output 0: ",
     "How sums of weighted whole numbers become whole is left open: we round to nearest as the reference evaluator does "
     "for later versions, ONNX Runtime cuts fractions off."),
    ((DIFFERS, ONLY), "QLinearMatMul", r"float8\w+", "",
     "Quotients beyond an output of float8, or NaN that becomes a whole number: the standard has no saturation here, and "
     "nobody else computes it."),
    ((DIFFERS,), "ReduceLogSumExp", "uint64", "9223372036854775808",
     "The logarithm of an empty sum is -inf, which is no whole number."),
    ((ONLY,), "Resize|Upsample", f"{WHOLE}|bool", "",
     "As above, and nobody else has these whole numbers or truth values with weights; the sums are those of float, which "
     "agree, rounded to nearest."),
    # Nobody else runs these; what proves them is a test of ours.
    ((ONLY,), "Resize|Upsample", COMPLEX, "",
     "Only the reference evaluator has complex numbers, and not in this version. Each part is resampled as float is, "
     "which agrees."),
    ((US, ALL, ONLY), "ai.onnx.ml:(CastMap|DictVectorizer)", ".*", "onnxruntime: .*(cannot be linked|Unexpected input)",
     "ONNX Runtime's Python interface takes no such map, and the reference evaluator has no such operator or type."),
    ((ONLY,), "ReduceLogSum|ReduceLogSumExp", "uint64", "Issues with types",
     "NumPy can't store the logarithm in uint64; the code is that of int64, which agrees."),
    ((ONLY,), "Cast", "float4e2m1", "reference: TypeError",
     "From float8e8m0 to float4e2m1: exact for 0.5 to 4, beyond that the code that casts float, which agrees."),
    ((ONLY,), "ai.onnx.preview.training:Gradient", ".*", "",
     "Only we differentiate graphs; GradientTests compares with difference quotients."),
    ((ONLY,), "Multinomial", ".*", "No registered implementation",
     "Version 22 differs from 7 in types alone; what is drawn is judged by shape and range in our tests."),
]


def find(row):
    """The sentence that explains a row of compare.py, None where nothing does."""
    found = re.search(r"\((\w+)\)", row["type"])
    element = found[1] if found else row["type"]
    answers = [f"{name}: {fact}" for name, fact in row["facts"].items()]
    for classes, operators, types, words, why in CAUSES:
        if row["class"] in classes and re.fullmatch(operators, row["operator"]) and (
                re.fullmatch(types, element)) and (not words or any(re.match(words, a) or (
                    not words.startswith(("ours", "reference", "onnxruntime")) and re.search(words, a))
                    for a in answers)):
            return why
    return None
