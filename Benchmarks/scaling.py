"""Time how cost grows with batch, image size and depth, ours beside the peers, and print ratios.

usage: python Benchmarks/scaling.py MODELS OUT [--rounds N] [--seconds S] [--peers RUNTIME …]

MODELS is what make_models.py writes; files of other sizes and depths are exported from its checkpoints by cbam-export
into MODELS/scaling. OUT/scaling.json and OUT/scaling.md are written. The rules are those of bench.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import bench

EXPORT = str(bench.RUN.with_name("cbam-export"))
BATCHES = [1, 4, 16, 64, 256]
SIDES = [32, 64, 128, 224, 512, 1024]
# By depth, as the ResNets are called.
DEPTHS = ["resnet10_cbam", "resnet18_cbam", "resnet34_cbam", "resnet50_cbam", "resnet101_cbam"]


def rows(models):
    """What is measured: (part, file, what varies, row of bench.py)."""
    out = models / "scaling"
    out.mkdir(exist_ok=True)

    def export(network, side):
        model = out / f"{network}_{side}.onnx"
        if not model.exists():
            subprocess.run(
                [EXPORT, str(models / f"{network}.ckpt"), "-o", str(model), "--size", f"{side}x{side}", "--quiet"], check=True)
        return model.stem

    for threads in (1, 2):
        for batch in BATCHES:
            yield "batch", batch, (export("cbam_cnn", 32), 32, batch, threads)
        for side in SIDES:
            yield "side", side, (export("resnet18_cbam", side), side, 1, threads)
        for depth in DEPTHS:
            yield "depth", depth, (export(depth, 224), 224, 1, threads)


TITLES = {
    "batch": ("CBAM_CNN, 32×32, by batch", "batch"),
    "side": ("ResNet-18-CBAM by image size, batch 1", "side"),
    "depth": ("ResNets with CBAM by depth, 224×224, batch 1", "network"),
}


def table(measured, peers):
    lines = []
    for part, (title, what) in TITLES.items():
        lines += [f"{title}:", "", f"| {what} | threads | GFLOP | ours | GFLOP/s | " + " | ".join(peers) + " | fastest peer ÷ ours |",
                  "| --- " * (len(peers) + 6) + "|"]
        for row in (row for row in measured if row["part"] == part):
            times = row["least_ms"]
            cells = [str(row["value"]), str(row["threads"]), f"{row['gflop']:.3g}", f"{times['ours']:.3g}", f"{row['gflop'] / times['ours'] * 1e3:.0f}"]
            cells += [f"{times[name]:.3g}" if name in times else "–" for name in peers]
            lines.append("| " + " | ".join(cells) + f" | {row['least_ratio']:.2f} |")
        lines.append("")
    lines.append("Milliseconds, the shortest runs; GFLOP as the definition counts them, two for a multiply-add.")
    return "\n".join(lines) + "\n"


def gflop(model, batch):
    done = subprocess.run(
        [str(bench.RUN), str(model), "--explain", "--json", "--batch", str(batch)], capture_output=True, text=True, check=True)
    return sum(step["multiply_adds"] for step in json.loads(done.stdout)["steps"]) * 2 / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--peers", nargs="+", default=["onnxruntime", "openvino"], choices=bench.PEERS)
    arguments = parser.parse_args()
    models, out = Path(arguments.models), Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    pythons = {name: sys.executable for name in bench.PEERS}
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        wanted = list(rows(models))
        arguments.models = str(models / "scaling")
        for part, value, row in wanted:
            result = bench.measure(row, arguments, pythons, Path(folder))
            result |= {"part": part, "value": value, "gflop": gflop(models / "scaling" / f"{row[0]}.onnx", row[2])}
            measured.append(result)
            print(f"{part} {value}, {row[3]} threads: ours {result['least_ms']['ours']:.3g} ms, ratio {result['least_ratio']:.2f}", file=sys.stderr, flush=True)
    (out / "scaling.json").write_text(json.dumps(measured, indent=1) + "\n")
    (out / "scaling.md").write_text(table(measured, arguments.peers))
    print(table(measured, arguments.peers))


main()
