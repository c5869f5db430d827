"""Time reading and exporting a ResNet-50-sized network: cbam-export beside PyTorch, safetensors and cp.

usage: python Benchmarks/export.py OUT [--rounds N] --torch-python PYTHON

Every way is a process of its own from start to end, as a user has it; rounds are interleaved; medians and peak memory
(the largest resident set) are printed, and ratios to cbam-export. A checkpoint of 1 GB shows what listing costs.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXPORT = str(HERE.parent / ".build/release/cbam-export")
PREPARE = """
import sys, torch
sys.path.insert(0, sys.argv[1])
from networks import build
from safetensors.torch import save_file
folder = sys.argv[2]
state = build("resnet50_cbam").state_dict()
torch.save(state, f"{folder}/m.ckpt")
save_file({k: v.contiguous() for k, v in state.items()}, f"{folder}/m.safetensors")
torch.save({f"layer{i}.weight": torch.full((64, 1024, 1024), float(i)) for i in range(4)}, f"{folder}/large.ckpt")
"""
TORCH = """
import sys, torch
sys.path.insert(0, sys.argv[1])
from networks import build
model = build("resnet50_cbam")
{load}
model.load_state_dict(state)
torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), sys.argv[3], opset_version=17, dynamo=False)
"""
LOADS = {
    "torch.load(mmap=True) + torch.onnx.export": "state = torch.load(sys.argv[2] + '/m.ckpt', mmap=True)",
    "safetensors + torch.onnx.export": "from safetensors.torch import load_file; state = load_file(sys.argv[2] + '/m.safetensors')",
}


def timed(command):
    """Seconds and the largest resident set in MB of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command[0]} failed: {errors.decode()[-400:]}")
    return seconds, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--torch-python", default=sys.executable)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([arguments.torch_python, "-c", PREPARE, str(HERE), folder], check=True)
        ways = {
            "cbam-export m.ckpt": [EXPORT, "--quiet", f"{folder}/m.ckpt", "-o", f"{folder}/ours.onnx"],
            "cbam-export m.safetensors": [EXPORT, "--quiet", f"{folder}/m.safetensors", "-o", f"{folder}/ours.onnx"],
            "cbam-export --keep-batchnorm": [EXPORT, "--quiet", f"{folder}/m.ckpt", "--keep-batchnorm", "-o", f"{folder}/ours.onnx"],
            "cp m.ckpt": ["cp", f"{folder}/m.ckpt", f"{folder}/copy"],
            # What cbam-export does before it gives the file its name, too.
            "cp m.ckpt, then sync": ["sh", "-c", 'cp "$1" "$2" && sync "$2"', "sh", f"{folder}/m.ckpt", f"{folder}/copy"],
            "cbam-export --list (1 GB)": [EXPORT, f"{folder}/large.ckpt", "--list"],
            "cbam-export --version": [EXPORT, "--version"],
        }
        for name, load in LOADS.items():
            ways[name] = [arguments.torch_python, "-W", "ignore", "-c", TORCH.format(load=load), str(HERE), folder, f"{folder}/theirs.onnx"]
        size = Path(folder, "m.ckpt").stat().st_size / 1e6
        measured = {name: [] for name in ways}
        for _ in range(arguments.rounds):
            for name, command in ways.items():
                measured[name].append(timed(command))
    ours, rows = None, []
    for name, values in measured.items():
        seconds, memory = (statistics.median(column) for column in zip(*values))
        ours = ours or (seconds, memory)
        rows.append({"way": name, "seconds": seconds, "peak_mb": memory, "time_ratio": seconds / ours[0], "memory_ratio": memory / ours[1]})
    lines = [f"A checkpoint of {size:.0f} MB; medians of {arguments.rounds} rounds.", "", "| way | seconds | peak memory, MB | time ÷ ours | memory ÷ ours |", "| --- " * 5 + "|"]
    for row in rows:
        lines.append(f"| {row['way']} | {row['seconds']:.3f} | {row['peak_mb']:.0f} | {row['time_ratio']:.2f} | {row['memory_ratio']:.2f} |")
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "export.json").write_text(json.dumps(rows, indent=1) + "\n")
    (out / "export.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


main()
