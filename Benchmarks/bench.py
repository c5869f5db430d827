"""Time cbam-run and every installed peer on the same models, in turn, in interleaved rounds, and print ratios.

usage: python Benchmarks/bench.py MODELS OUT [--rounds N] [--seconds S] [--only NETWORK …] [--peers RUNTIME …]

MODELS holds NAME.onnx and NAME.ckpt of every network of networks.py (make_models.py writes them). Every runtime is a
process of its own that sleeps while another one runs. Before anything is timed, each one's answer is compared with
onnxruntime's: one that is wrong is named and not timed. OUT/results.json and OUT/results.md are written.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
RUN = HERE.parent / ".build/release/cbam-run"
# Network, side, batch, threads.
ROWS = [(name, side, 1, threads)
        for name, side in (("cbam_cnn", 32), ("resnet18_cbam", 224), ("resnet50_cbam", 224), ("resnet18_cbam_cifar", 32), ("mobilenetv2_cbam", 224))
        for threads in (1, 2)] + [("cbam_cnn", 32, 64, 2)]
PEERS = ["onnxruntime", "openvino", "opencv", "mnn", "ncnn", "torch", "inductor"]


class Ours:
    """cbam-run; each round is a process of its own, because the command has no other way."""

    def __init__(self, model, threads, source, target, seconds):
        self.arguments = [str(RUN), model, "--threads", str(threads)]
        subprocess.run(self.arguments + ["--inputs", source, "--outputs", target], check=True, stdout=subprocess.DEVNULL)
        self.source = source
        self.seconds = str(seconds)
        self.version = subprocess.run([str(RUN), "--version"], capture_output=True, text=True).stdout.strip()

    def round(self):
        done = subprocess.run(self.arguments + ["--inputs", self.source, "--benchmark", "--seconds", self.seconds, "--json"], capture_output=True, text=True, check=True)
        answer = json.loads(done.stdout)
        return answer["median_ms"], answer["min_ms"]

    def end(self):
        pass


class Peer:
    """A runtime behind peers.py."""

    def __init__(self, python, runtime, model, threads, source, target, network, seconds):
        self.seconds = seconds
        # The threads of OpenMP and BLAS inside the peer must be as many as asked for, too.
        environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [python, HERE / "peers.py", runtime, model, str(threads), source, target, network], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=environment)
        self.version = self.answer()["version"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.log.seek(0)
            lines = self.log.read().strip().splitlines()
            raise RuntimeError(lines[-1][:160] if lines else f"ended with {self.process.returncode}")
        return json.loads(line)

    def round(self):
        print(self.seconds, file=self.process.stdin, flush=True)
        times = self.answer()["ms"]
        return statistics.median(times), min(times)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def worst_difference(one, other):
    return float(np.abs(one - other).max() / max(1e-9, np.abs(other).max()))


def interleaved(runners, rounds):
    """Milliseconds by runner, over rounds in turn: the median of the rounds' medians, and the shortest run of all,
    which a machine shared with others slows down least. The runners are ended."""
    times = {name: [] for name in runners}
    for number in range(rounds):
        # Another one begins each round, so that nobody always runs behind the same neighbour.
        order = list(runners)
        for name in order[number % len(order):] + order[:number % len(order)]:
            times[name].append(runners[name].round())
    for runner in runners.values():
        runner.end()
    return (
        {name: statistics.median(median for median, _ in values) for name, values in times.items()},
        {name: min(least for _, least in values) for name, values in times.items()})


def measure(row, arguments, pythons, folder):
    network, side, batch, threads = row
    model = str(Path(arguments.models, f"{network}.onnx"))
    source = str(folder / "x.npy")
    x = np.random.default_rng(1).standard_normal((batch, 3, side, side)).astype("f4")
    np.save(source, x)
    runners, notes, answers = {}, {}, {}
    for name in ["ours"] + arguments.peers:
        target = str(folder / f"{name}.npy")
        try:
            if name == "ours":
                runners[name] = Ours(model, threads, source, target, arguments.seconds)
            else:
                runners[name] = Peer(pythons[name], name, model, threads, source, target, network, arguments.seconds)
            answers[name] = np.load(target).reshape(batch, -1)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            notes[name] = str(error)
    if "onnxruntime" not in answers:
        raise SystemExit(f"onnxruntime, by which the others are judged, does not run: {notes.get('onnxruntime')}")
    for name in list(runners):
        difference = worst_difference(answers[name], answers["onnxruntime"])
        if not difference < 1e-3:
            notes[name] = f"wrong by {difference:.1e}"
            if name == "ours":
                raise SystemExit(f"{row}: cbam-run is wrong by {difference:.1e}")
            runners.pop(name).end()
    medians, least = interleaved(runners, arguments.rounds)
    best = min((value, name) for name, value in medians.items() if name != "ours")
    return {
        "network": network, "side": side, "batch": batch, "threads": threads, "ms": medians, "least_ms": least, "notes": notes,
        "fastest_peer": best[1], "ratio": best[0] / medians["ours"],
        "least_ratio": min(value for name, value in least.items() if name != "ours") / least["ours"],
        "versions": {name: runner.version for name, runner in runners.items()},
    }


def table(rows, peers):
    lines = ["| network | batch | threads | ours | " + " | ".join(peers) + " | fastest peer ÷ ours | of the shortest runs |", "| --- " * (len(peers) + 6) + "|"]
    for row in rows:
        def cell(name):
            if name not in row["ms"]:
                return "–"
            text = f"{row['ms'][name]:.3g}"
            return f"**{text}**" if name == row["fastest_peer"] else text
        cells = [f"{row['network']}, {row['side']}×{row['side']}", str(row["batch"]), str(row["threads"]), cell("ours")]
        lines.append("| " + " | ".join(cells + [cell(name) for name in peers] + [f"{row['ratio']:.2f}", f"{row['least_ratio']:.2f}"]) + " |")

    def summary(key):
        ratios = [row[key] for row in rows]
        return f"geometric mean {statistics.geometric_mean(ratios):.2f}, smallest {min(ratios):.2f}"
    lines += ["", f"Milliseconds, medians. Ratios: {summary('ratio')}; of the shortest runs: {summary('least_ratio')}."]
    for name in peers:
        reasons = {row["notes"][name] for row in rows if name in row["notes"]}
        if reasons:
            lines.append(f"{name}, not timed in some rows: {'; '.join(sorted(reasons))}.")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("out")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--peers", nargs="+", default=PEERS, choices=PEERS)
    parser.add_argument("--torch-python", default=sys.executable, help="the Python that has torch")
    arguments = parser.parse_args()
    pythons = {name: arguments.torch_python if name in ("torch", "inductor") else sys.executable for name in PEERS}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for row in ROWS:
            if arguments.only and row[0] not in arguments.only:
                continue
            rows.append(measure(row, arguments, pythons, Path(folder)))
            last = rows[-1]
            times = ", ".join(f"{name} {ms:.3g}" for name, ms in sorted(last["ms"].items(), key=lambda item: item[1]))
            print(f"{row}: ratio {last['ratio']:.2f}; {times}" + "".join(f"; {n}: {w}" for n, w in last["notes"].items()), file=sys.stderr, flush=True)
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    (out / "results.md").write_text(table(rows, arguments.peers))
    print(table(rows, arguments.peers))


if __name__ == "__main__":
    main()
