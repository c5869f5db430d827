"""Time programs from exec to their exit with the first answer: cbam-run, and Python with ONNX Runtime doing the same.

usage: python3 Benchmarks/start.py MODEL.onnx [--run CBAM_RUN] [--python PYTHON] [--side N] [--rounds N]

Both read MODEL.onnx and one input from an npz file, compute with one thread and print the answer's largest element or
its range. They are run in turn, so that whatever else the machine does meets both; files are in the page cache, as after
a first run. Beside them: `cat` of the same files, which is what reading them costs with a process around it, and `true`,
which is what a process costs. With `taskset -c 0` before it all have one core. Then the peak memory, and what cbam-run's
plan says of weights and values.

This script itself imports nothing big: a child's peak memory counts what its parent had when it was born.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN = HERE.parent / ".build/release/cbam-run"
PEER = """
import sys
import numpy, onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
answer = session.run(None, {"input": numpy.load(sys.argv[2])["input"]})[0]
print(int(answer.argmax()), float(answer.max()))
"""
MAKE_INPUT = """
import sys
import numpy
side = int(sys.argv[2])
numpy.savez(sys.argv[1], input=numpy.random.default_rng(3).standard_normal((1, 3, side, side), dtype=numpy.float32))
"""


def timed(command):
    """Milliseconds from before the fork to the exit, those that the CPU worked, and the peak memory in MB."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    end = time.perf_counter()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed with status {process.returncode}: {message.decode(errors='replace').strip()}")
    return (end - begin) * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3, usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--run", default=str(RUN))
    parser.add_argument("--python", default=sys.executable, help="the Python that has onnxruntime")
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=21)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        given = str(Path(folder) / "input.npz")
        subprocess.run([arguments.python, "-c", MAKE_INPUT, given, str(arguments.side)], check=True)
        commands = {
            "cbam-run": [arguments.run, arguments.model, "--inputs", given, "--threads", "1"],
            "python + onnxruntime": [arguments.python, "-c", PEER, arguments.model, given],
            "cat": ["cat", arguments.model, given],
            "true": ["true"],
        }
        times = {name: [] for name in commands}
        work = {name: [] for name in commands}
        memory = {name: 0 for name in commands}
        for round_number in range(arguments.rounds + 1):
            for name, command in commands.items():
                ms, cpu, mb = timed(command)
                # The first round fills the page cache.
                if round_number:
                    times[name].append(ms)
                    work[name].append(cpu)
                    memory[name] = max(memory[name], mb)
        explained = subprocess.run(
            [arguments.run, arguments.model, "--explain", "--inputs", given], check=True, stdout=subprocess.PIPE, text=True).stdout
    print(f"{'':24}{'median ms':>10}{'fastest ms':>12}{'CPU ms':>9}{'peak MB':>9}")
    for name in commands:
        print(f"{name:24}{statistics.median(times[name]):10.2f}{min(times[name]):12.2f}{statistics.median(work[name]):9.2f}{memory[name]:9.1f}")
    for what, of in (
            ("medians", lambda name: statistics.median(times[name])), ("fastest", lambda name: min(times[name])),
            ("CPU's work", lambda name: statistics.median(work[name]))):
        ours, peer, read = (of(name) for name in ("cbam-run", "python + onnxruntime", "cat"))
        print(f"of the {what}: Python with ONNX Runtime takes {peer / ours:.1f} times as long; cbam-run takes {ours / read:.2f} times cat's")
    values, weights = (float(number) for number in re.search(r"values ([\d.]+) MB, packed weights ([\d.]+) MB", explained).groups())
    print(
        f"weights {weights:.1f} MB, values {values:.1f} MB: beside them cbam-run takes {memory['cbam-run'] - weights - values:.1f} MB; "
        f"{Path(arguments.run).name} has {Path(arguments.run).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
