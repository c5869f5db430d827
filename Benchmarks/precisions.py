"""Time networks in other precisions: weights stored as float16, and 8 bits, beside float32; ours and the peers' in turn.

usage: python Benchmarks/precisions.py MODELS OUT [--rounds N] [--seconds S] [--only NETWORK …] [--peers RUNTIME …]

MODELS holds NAME.onnx and NAME.ckpt (make_models.py writes them). OUT/NAME.fp16.onnx is made by cbam-export --precision
fp16, OUT/NAME.int8.onnx by quantize.py, where they are missing. Before anything is timed each answer is compared with
onnxruntime's of the same file; for 8 bits the table tells the share of equal levels and the largest distance in levels,
because runtimes may round to different sides of a middle on the way. OUT/precisions.md is written.
Where the CPU has no VNNI, weights are quantized to 7 bits: onnxruntime's kernels would overflow on more.
onnxruntime is measured whether named among the peers or not, because answers are compared with its own.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench import HERE, PEERS, Ours, Peer, interleaved, worst_difference

ROWS = [(name, side, threads) for name, side in (("cbam_cnn", 32), ("resnet18_cbam", 224), ("mobilenetv2_cbam", 224)) for threads in (1, 2)]
EXPORT = HERE.parent / ".build/release/cbam-export"
# Without VNNI, onnxruntime's products of 8-bit weights overflow 16 bits, and its answers are no measure: weights get 7 bits there.
RANGE = [] if "vnni" in Path("/proc/cpuinfo").read_text() else ["--reduce-range"]
# Column: whose, and which file.
RUNNERS = [("ours", "fp32"), ("ours", "fp16"), ("ours", "int8"), ("onnxruntime", "fp32"), ("onnxruntime", "fp16"), ("onnxruntime", "int8"), ("openvino", "int8")]


def files(arguments, network, side):
    """The network's files by precision."""
    plain, out = Path(arguments.models, f"{network}.onnx"), Path(arguments.out)
    half, levels = out / f"{network}.fp16.onnx", out / f"{network}.int8.onnx"
    if not half.exists():
        subprocess.run([EXPORT, plain.with_suffix(".ckpt"), "--output", half, "--precision", "fp16", "--size", f"{side}x{side}", "--quiet"], check=True)
    if not levels.exists():
        subprocess.run([sys.executable, HERE / "quantize.py", plain, levels, "--side", str(side), *RANGE], check=True, stderr=subprocess.DEVNULL)
    return {"fp32": str(plain), "fp16": str(half), "int8": str(levels)}


def chosen(peers):
    """The columns of ours, onnxruntime's and these peers'."""
    return [runner for runner in RUNNERS if runner[0] in ("ours", "onnxruntime", *peers)]


def levels_apart(one, other):
    """The share of equal elements, and the largest distance in steps of the answers' levels."""
    values = np.unique(np.concatenate([one.ravel(), other.ravel()]))
    step = np.diff(values)
    step = step[step > 1e-6 * np.abs(values).max()].min() if len(values) > 1 else 1
    return float((one == other).mean()), float(np.abs(one - other).max() / step)


def measure(row, arguments, folder):
    network, side, threads = row
    models = files(arguments, network, side)
    source = str(folder / "x.npy")
    np.save(source, np.random.default_rng(3).standard_normal((1, 3, side, side)).astype("f4"))
    runners, answers, notes = {}, {}, []
    for who, precision in chosen(arguments.peers):
        target = str(folder / f"{who}.{precision}.npy")
        if who == "ours":
            runners[who, precision] = Ours(models[precision], threads, source, target, arguments.seconds)
        else:
            runners[who, precision] = Peer(sys.executable, who, models[precision], threads, source, target, network, arguments.seconds)
        answers[who, precision] = np.load(target).reshape(1, -1)
    for precision in ("fp32", "fp16"):
        difference = worst_difference(answers["ours", precision], answers["onnxruntime", precision])
        if not difference < 1e-3:
            raise SystemExit(f"{row}: cbam-run is wrong by {difference:.1e} on {models[precision]}")
    for who in {name: None for name, precision in answers if precision == "int8" and name != "onnxruntime"}:
        share, apart = levels_apart(answers[who, "int8"], answers["onnxruntime", "int8"])
        notes.append(f"{who} int8: {100 * share:.1f} % equal to onnxruntime's, {apart:.0f} levels apart at most")
        if who == "ours" and apart > 3:
            raise SystemExit(f"{row}: cbam-run is {apart:.0f} levels from onnxruntime on {models['int8']}")
    medians, least = interleaved(runners, arguments.rounds)
    return {"row": row, "notes": notes, "ms": medians, "least": least}


def table(rows, columns):
    lines = ["| network | threads | " + " | ".join(f"{who} {precision}" for who, precision in columns) + " | fastest peer int8 ÷ ours | ours fp32 ÷ int8 |",
             "| --- " * (len(columns) + 4) + "|"]
    for which in ("ms", "least"):
        lines.append("| " + ("*medians*" if which == "ms" else "*shortest runs*") + " |" * (len(columns) + 4))
        for row in rows:
            ms = row[which]
            peer = min(time for (who, precision), time in ms.items() if who != "ours" and precision == "int8")
            cells = [f"{row['row'][0]}, {row['row'][1]}×{row['row'][1]}", str(row["row"][2])] + [f"{ms[name]:.3g}" for name in columns]
            lines.append("| " + " | ".join(cells + [f"{peer / ms['ours', 'int8']:.2f}", f"{ms['ours', 'fp32'] / ms['ours', 'int8']:.2f}"]) + " |")
    return "\n".join(lines + [""] + [f"{row['row'][0]}, {row['row'][2]} threads: {note}." for row in rows for note in row["notes"]]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("out")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--peers", nargs="+", default=PEERS, choices=PEERS)
    arguments = parser.parse_args()
    Path(arguments.out).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for row in ROWS:
            if not arguments.only or row[0] in arguments.only:
                rows.append(measure(row, arguments, Path(folder)))
                print(f"{row}: {rows[-1]['ms']}", file=sys.stderr, flush=True)
    if not rows:
        print(f"precisions: {', '.join(sorted({row[0] for row in ROWS}))} are measured, none of which was asked for", file=sys.stderr)
        return
    text = table(rows, chosen(arguments.peers))
    Path(arguments.out, "precisions.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
