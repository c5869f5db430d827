"""Try train.py on a small synthetic set: it must learn, and a run that was stopped must end as one that was not.

usage: python test_train.py        (needs torch, numpy and pillow; about a minute)
"""

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

HERE = Path(__file__).parent
NAMES = ["blue", "green", "red"]


def picture(index, rng):
    """Noise with one channel raised: three classes that a network tells apart at once."""
    pixels = rng.integers(0, 120, (32, 32, 3), dtype=np.uint8)
    pixels[..., 2 - index] += 100
    return pixels


def write_folders(folder):
    rng = np.random.default_rng(1)
    for part, count in (("train", 80), ("test", 20)):
        for index, name in enumerate(NAMES):
            (folder / part / name).mkdir(parents=True)
            for number in range(count):
                Image.fromarray(picture(index, rng)).save(folder / part / name / f"{number:03}.png")


def write_pickles(folder):
    rng = np.random.default_rng(1)
    folder.mkdir()
    for name, count in (("data_batch_1", 120), ("data_batch_2", 120), ("test_batch", 60)):
        labels = [i % 3 for i in range(count)]
        data = np.stack([picture(i, rng).transpose(2, 0, 1).reshape(-1) for i in labels])
        (folder / name).write_bytes(pickle.dumps({b"data": data, b"labels": labels}))
    (folder / "batches.meta").write_bytes(pickle.dumps({b"label_names": [n.encode() for n in NAMES]}))


def train(data, out, *options):
    command = [sys.executable, str(HERE / "train.py"), str(data), str(out), "--batch", "32", "--epochs", "3", "--lr", "5e-3", *options]
    subprocess.run(command, check=True)
    return torch.load(out / "cbam_cnn_cifar10.ckpt")


def main():
    with tempfile.TemporaryDirectory() as root:
        root = Path(root)
        write_folders(root / "folders")
        write_pickles(root / "pickles")
        whole = train(root / "folders", root / "whole")
        train(root / "folders", root / "broken", "--stop-after", "1")
        resumed = train(root / "folders", root / "broken")
        assert list(whole) == list(resumed)
        for name in whole:
            assert torch.equal(whole[name], resumed[name]), f"{name} differs after going on"
        last = (root / "whole" / "train_log.txt").read_text().splitlines()[-1]
        assert float(last.split("test ")[1].split()[0]) > 0.9, f"did not learn: {last}"
        assert len(list((root / "broken").glob("epoch_*.ckpt"))) == 3
        train(root / "pickles", root / "from_pickles", "--stop-after", "1")
        other = subprocess.run([sys.executable, str(HERE / "train.py"), str(root / "folders"), str(root / "whole"), "--epochs", "9"], capture_output=True, text=True)
        assert other.returncode == 1 and "other settings" in other.stderr, other.stderr
    print("5 passed, 0 failed")


if __name__ == "__main__":
    main()
