"""Run our exported files through other runtimes and print who loads them and agrees: tools/interop/run.

usage: python matrix.py OUT [--opsets N …] [--runtimes NAME …] [--torch-python PYTHON] [--document FILE.md] [--check]

Every family is exported with cbam-export at each operator set, with weights in single and half precision, with dynamic
and static batch. A cell is green where the runtime loads the file and no logit differs from
onnxruntime's answer to it by more than 1e-5 of the largest one.
--check exits with 1 where a cell fails that KNOWN does not explain.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXPORT = ROOT / ".build/release/cbam-export"
FIXTURES = ROOT / "Tests/ExportTests/Fixtures"
FAMILIES = {
    "CBAM_CNN": (ROOT / "models/cbam_cnn_cifar10/cbam_cnn_cifar10.ckpt", 32),
    "ResNet (basic, 3×3 stem)": (FIXTURES / "tiny_resnet_cifar.ckpt", 10),
    "ResNet (bottleneck, 7×7 stem)": (FIXTURES / "tiny_resnet_bottleneck.ckpt", 24),
    "MobileNetV2": (FIXTURES / "tiny_mobilenetv2.ckpt", 32),
}
KINDS = [(precision, batch) for precision in ("fp32", "fp16") for batch in ("dynamic", "2")]
NEED_TORCH = ["onnx2torch", "ncnn"]
RUNTIMES = ["onnxruntime", "onnx.reference", "openvino", "opencv", "mnn", "tvm", "iree", "tinygrad", "tract"] + NEED_TORCH
PACKAGES = {"onnx.reference": "onnx", "opencv": "opencv-python-headless", "mnn": "MNN", "tvm": "apache-tvm", "iree": "iree-base-compiler"}
# Why a cell is not green, by runtime and a part of its message; what is not listed is a defect of ours.
KNOWN = json.loads((HERE / "known.json").read_text())


def slug(*parts):
    return "-".join("".join(c if c.isalnum() else "_" for c in str(part)) for part in parts)


def export(out, family, opset, precision, batch):
    checkpoint, side = FAMILIES[family]
    path = out / f"{slug(family, opset, precision, batch)}.onnx"
    command = [EXPORT, "--quiet", checkpoint, "-o", path, "--opset", str(opset), "--precision", precision, "--batch", batch, "--size", f"{side}x{side}"]
    subprocess.run([str(part) for part in command], check=True)
    return path


def answers(runtime, python, jobs):
    """One dictionary a job; a runtime that crashes is started again behind the job that it crashed on."""
    results = []
    while len(results) < len(jobs):
        rest = jobs[len(results):]
        done = subprocess.run(
            [python, HERE / "runtimes.py", runtime], input="".join(" ".join(map(str, job)) + "\n" for job in rest),
            capture_output=True, text=True)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        results += found
        if len(found) < len(rest):
            last = (done.stderr.strip().splitlines() or [""])[-1][:200]
            results.append({"loads": False, "error": f"the process ended with {done.returncode}: {last}"})
    return results


def ranges(opsets, tried):
    """11–13, 17 for 11, 12, 13 and 17: neighbours among those that were tried are joined."""
    groups = []
    for opset in opsets:
        if groups and tried.index(opset) == tried.index(groups[-1][-1]) + 1:
            groups[-1].append(opset)
        else:
            groups.append([opset])
    return ", ".join(f"{g[0]}–{g[-1]}" if len(g) > 1 else str(g[0]) for g in groups)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--opsets", type=int, nargs="+", default=list(range(11, 29)))
    parser.add_argument("--runtimes", nargs="+", default=RUNTIMES, choices=RUNTIMES)
    parser.add_argument("--torch-python", default=sys.executable)
    parser.add_argument("--document", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    os.environ["PNNX"] = str(Path(arguments.torch_python).parent / "pnnx")

    cases = [(family, kind, opset) for family in FAMILIES for kind in KINDS for opset in arguments.opsets]
    models = {case: export(out, case[0], case[2], *case[1]) for case in cases}
    for number, (family, (_, side)) in enumerate(FAMILIES.items()):
        np.save(out / f"{slug(family)}.npy", np.random.default_rng(number).standard_normal((2, 3, side, side)).astype("f4"))

    cells, versions = {}, {}
    for runtime in ["onnxruntime"] + [name for name in arguments.runtimes if name != "onnxruntime"]:
        python = arguments.torch_python if runtime in NEED_TORCH else sys.executable
        jobs = [(models[case], out / f"{slug(case[0])}.npy", out / f"{models[case].stem}.{runtime}.npy") for case in cases]
        for _, _, target in jobs:
            target.unlink(missing_ok=True)
        package = PACKAGES.get(runtime, runtime)
        versions[runtime] = subprocess.run(
            [python, "-c", f"from importlib.metadata import version; print(version({package!r}))"], capture_output=True, text=True).stdout.strip()
        for case, job, result in zip(cases, jobs, answers(runtime, python, jobs)):
            if result["error"] is None:
                expected, found = np.load(out / f"{models[case].stem}.onnxruntime.npy"), np.load(job[2])
                found = found.reshape(expected.shape) if found.size == expected.size else np.full_like(expected, np.nan)
                result["difference"] = float(np.abs(found - expected).max() / np.abs(expected).max())
                result["agrees"] = result["difference"] <= 1e-5
                if not result["agrees"]:
                    result["error"] = f"differs by {result['difference']:.1e}"
            cells[runtime, case] = result
        green = sum(bool(cells[runtime, case].get("agrees")) for case in cases)
        print(f"{runtime} {versions[runtime]}: {green} of {len(cases)} load and agree", file=sys.stderr, flush=True)

    notes, unexplained = {}, []

    def note(runtime, error):
        reason = next((why for name, part, why in KNOWN if name == runtime and part in error), None)
        if reason is None:
            unexplained.append(f"{runtime}: {error}")
            reason = error
        return notes.setdefault(f"{runtime}: {reason}", len(notes) + 1)

    runtimes = list(dict.fromkeys(runtime for runtime, _ in cells))
    lines = ["| file | " + " | ".join(f"{runtime} {versions[runtime]}" for runtime in runtimes) + " |", "| --- " * (len(runtimes) + 1) + "|"]
    for family in FAMILIES:
        for kind in KINDS:
            row = [f"{family}, {kind[0]}, batch {kind[1]}"]
            for runtime in runtimes:
                good, bad, worst = [], {}, 0.0
                for opset in arguments.opsets:
                    cell = cells[runtime, (family, kind, opset)]
                    if cell.get("agrees"):
                        good.append(opset)
                        worst = max(worst, cell["difference"])
                    else:
                        bad.setdefault(note(runtime, cell["error"]), []).append(opset)
                parts = [f"✓ {ranges(good, arguments.opsets)}: {worst:.0e}"] if good else []
                parts += [f"✗ {ranges(opsets, arguments.opsets)} [{number}]" for number, opsets in bad.items()]
                row.append("; ".join(parts))
            lines.append("| " + " | ".join(row) + " |")
    everywhere = [r for r in runtimes if all(any(cells[r, (f, k, o)].get("agrees") for o in arguments.opsets) for f in FAMILIES for k in KINDS)]
    lines += ["", f"{len(everywhere)} of {len(runtimes)} runtimes load and agree on every family, precision and kind of batch: {', '.join(everywhere)}.", ""]
    lines += [f"{number}. {text}" for text, number in notes.items()]
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.document:
        document = arguments.document.read_text()
        start, end = "<!-- matrix -->\n", "<!-- end of matrix -->\n"
        head, rest = document.split(start, 1)
        arguments.document.write_text(head + start + text + end + rest.split(end, 1)[1])
    if arguments.check and unexplained:
        sys.exit("not explained:\n" + "\n".join(sorted(set(unexplained))))


main()
