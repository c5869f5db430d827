"""Run our exported files through other runtimes and print who loads them and agrees: tools/interop/run.

usage: python matrix.py OUT [--opsets N …] [--compiled-opsets N …] [--runtimes NAME …] [--torch-python PYTHON]
                        [--document FILE.md] [--check]

Every family is exported with cbam-export at each operator set, with weights in single and half precision, with dynamic
and static batch. A cell is green where the runtime loads the file and no logit differs from
onnxruntime's answer to it by more than 1e-5 of the largest one.
Answers are kept in OUT beside the files; a file whose bytes, runtime and version are the same is not run again, so that
a matrix that was stopped goes on where it was. --check exits with 1 where a cell fails that known.json does not explain.
"""

import argparse
import fnmatch
import hashlib
import json
import os
import subprocess
import sys
import threading
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
    # Maps of more than one pixel up to the end, as at the 224 that it is made for.
    "MobileNetV2": (FIXTURES / "tiny_mobilenetv2.ckpt", 64),
}
KINDS = [(precision, batch) for precision in ("fp32", "fp16") for batch in ("dynamic", "2")]
NEED_TORCH = ["onnx2torch", "ncnn"]
# These convert or compile for seconds a file: --compiled-opsets may give them fewer.
COMPILERS = ["mnn", "tvm", "iree", "tinygrad", "ncnn"]
RUNTIMES = ["onnxruntime", "onnx.reference", "openvino", "opencv", "mnn", "tvm", "iree", "tinygrad", "tract"] + NEED_TORCH
PACKAGES = {"onnx.reference": "onnx", "opencv": "opencv-python-headless", "mnn": "MNN", "tvm": "apache-tvm", "iree": "iree-base-compiler"}
# Why a cell is not green: the runtime, a pattern of file names, a part of its message, and the reason. What is not
# listed is a defect of ours.
KNOWN = json.loads((HERE / "known.json").read_text())


def slug(*parts):
    return "-".join("".join(c if c.isalnum() else "_" for c in str(part)) for part in parts)


def export(out, family, opset, precision, batch):
    checkpoint, side = FAMILIES[family]
    path = out / f"{slug(family, opset, precision, batch)}.onnx"
    command = [EXPORT, "--quiet", checkpoint, "-o", path, "--opset", str(opset), "--precision", precision, "--batch", batch, "--size", f"{side}x{side}"]
    subprocess.run([str(part) for part in command], check=True)
    return path


def answers(runtime, python, jobs, kept):
    """One dictionary a job, from the file `kept` where it holds the answer to the same bytes.

    A runtime that crashes is started again behind the job that it crashed on.
    """
    known = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    results = {entry["bytes"]: entry for entry in known if Path(entry["answer"]).exists() or entry["error"]}
    digests = [hashlib.sha256(model.read_bytes() + source.read_bytes()).hexdigest() for model, source, _ in jobs]

    def left():
        return [(digest, job) for digest, job in zip(digests, jobs) if digest not in results]

    todo = kept.with_suffix(".jobs")
    with kept.open("a") as log:

        def keep(result, digest, job):
            results[digest] = {**result, "bytes": digest, "answer": str(job[2])}
            print(json.dumps(results[digest]), file=log, flush=True)

        while rest := left():
            todo.write_text("".join(" ".join(map(str, job)) + "\n" for _, job in rest))
            with todo.open() as lines, subprocess.Popen(
                [python, HERE / "runtimes.py", runtime], stdin=lines, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True) as process:
                # stderr may fill its pipe before the answers end.
                said = []
                reader = threading.Thread(target=lambda: said.extend(process.stderr))
                reader.start()
                for (digest, job), line in zip(rest, process.stdout):
                    keep(json.loads(line), digest, job)
                reader.join()
            if not left():
                break
            digest, job = left()[0]
            last = ([line.strip() for line in said if line.strip()] or [""])[-1][:200]
            keep({"loads": False, "error": f"the process ended with {process.returncode}: {last}"}, digest, job)
    return [dict(results[digest]) for digest in digests]


def ranges(opsets):
    """11–13, 17 for 11, 12, 13 and 17."""
    groups = []
    for opset in opsets:
        if groups and opset == groups[-1][-1] + 1:
            groups[-1].append(opset)
        else:
            groups.append([opset])
    return ", ".join(f"{g[0]}–{g[-1]}" if len(g) > 1 else str(g[0]) for g in groups)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--opsets", type=int, nargs="+", default=list(range(11, 29)))
    parser.add_argument("--compiled-opsets", type=int, nargs="+", help=f"those for {', '.join(COMPILERS)}; all without")
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

    cells, versions, tried = {}, {}, {}
    for runtime in ["onnxruntime"] + [name for name in arguments.runtimes if name != "onnxruntime"]:
        python = arguments.torch_python if runtime in NEED_TORCH else sys.executable
        tried[runtime] = [
            opset for opset in arguments.opsets
            if runtime not in COMPILERS or opset in (arguments.compiled_opsets or arguments.opsets)]
        own = [case for case in cases if case[2] in tried[runtime]]
        jobs = [(models[case], out / f"{slug(case[0])}.npy", out / f"{models[case].stem}.{runtime}.npy") for case in own]
        package = PACKAGES.get(runtime, runtime)
        versions[runtime] = subprocess.run(
            [python, "-c", f"from importlib.metadata import version; print(version({package!r}))"], capture_output=True, text=True).stdout.strip()
        kept = out / f"{slug(runtime, versions[runtime])}.jsonl"
        for case, result in zip(own, answers(runtime, python, jobs, kept)):
            if result["error"] is None:
                expected, found = np.load(out / f"{models[case].stem}.onnxruntime.npy"), np.load(result["answer"])
                found = found.reshape(expected.shape) if found.size == expected.size else np.full_like(expected, np.nan)
                result["difference"] = float(np.abs(found - expected).max() / np.abs(expected).max())
                result["agrees"] = result["difference"] <= 1e-5
                if not result["agrees"]:
                    result["error"] = f"differs by {result['difference']:.1e}"
            cells[runtime, case] = result
        green = sum(bool(cells[runtime, case].get("agrees")) for case in own)
        print(f"{runtime} {versions[runtime]}: {green} of {len(own)} load and agree", file=sys.stderr, flush=True)

    notes, unexplained = {}, []

    def note(runtime, stem, error):
        reason = next(
            (why for name, files, part, why in KNOWN
             if name == runtime and fnmatch.fnmatchcase(stem, files) and part in error), None)
        if reason is None:
            unexplained.append(f"{runtime}: {stem}: {error}")
            reason = error
        return notes.setdefault(f"{runtime}: {reason}", len(notes) + 1)

    runtimes = list(dict.fromkeys(runtime for runtime, _ in cells))
    lines = ["| file | " + " | ".join(f"{runtime} {versions[runtime]}" for runtime in runtimes) + " |", "| --- " * (len(runtimes) + 1) + "|"]
    for family in FAMILIES:
        for kind in KINDS:
            row = [f"{family}, {kind[0]}, batch {kind[1]}"]
            for runtime in runtimes:
                good, bad, worst = [], {}, 0.0
                for opset in tried[runtime]:
                    cell = cells[runtime, (family, kind, opset)]
                    if cell.get("agrees"):
                        good.append(opset)
                        worst = max(worst, cell["difference"])
                    else:
                        bad.setdefault(note(runtime, models[family, kind, opset].stem, cell["error"]), []).append(opset)
                parts = [f"✓ {ranges(good)}: {worst:.0e}"] if good else []
                parts += [f"✗ {ranges(opsets)} [{number}]" for number, opsets in bad.items()]
                row.append("; ".join(parts))
            lines.append("| " + " | ".join(row) + " |")
    everywhere = [r for r in runtimes if all(any(cells[r, (f, k, o)].get("agrees") for o in tried[r]) for f in FAMILIES for k in KINDS)]
    lines += ["", f"{len(everywhere)} of {len(runtimes)} runtimes load and agree on every family, precision and kind of batch, at the operator sets in their cells: {', '.join(everywhere)}.", ""]
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
