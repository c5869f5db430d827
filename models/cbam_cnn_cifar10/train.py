"""Train CBAM_CNN on CIFAR-10 with PyTorch on a CPU.

usage: python train.py DATA OUT [--epochs 50] [--batch 128] [--lr 2e-3] [--seed 1] [--threads N]

DATA is either a folder of class folders of pictures, with subfolders `train` and `test`

    DATA/train/airplane/*.png … DATA/test/airplane/*.png

or the folder `cifar-10-batches-py` of CIFAR-10's Python edition (data_batch_1 … test_batch). Class folders are
classes in alphabetical order; CIFAR-10's own order is alphabetical too, but for `automobile`.

Everything that is random comes from seeds, and OUT/state.pt holds all that training needs to go on: a run that was
stopped continues where it was when the same command is given again, and ends with the same weights as a run that was
not. After each epoch OUT holds `epoch_NNN.ckpt` (state_dict), `cbam_cnn_cifar10.ckpt` (the newest), and a line more
in `train_log.txt`.
"""

import argparse
import os
import pickle
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2023, 0.1994, 0.2010)


class ChannelAttention(nn.Module):
    """Mean and maximum of each channel through one bottleneck, summed: [N, C, H, W] → the same, weighted."""

    def __init__(self, channels, ratio=16):
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.max_pool = nn.AdaptiveMaxPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // ratio, bias=False), nn.ReLU(), nn.Linear(channels // ratio, channels, bias=False)
        )
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        n, c, _, _ = x.shape
        mean = self.fc(self.avg_pool(x).reshape(n, c))
        peak = self.fc(self.max_pool(x).reshape(n, c))
        return x * self.sigmoid(mean + peak).view(n, c, 1, 1)


class SpatialAttention(nn.Module):
    """Mean and maximum over channels through one k×k convolution: [N, C, H, W] → the same, weighted."""

    def __init__(self, kernel_size=7):
        super().__init__()
        self.conv = nn.Conv2d(2, 1, kernel_size, padding=kernel_size // 2, bias=False)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        planes = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], dim=1)
        return x * self.sigmoid(self.conv(planes))


class CBAM(nn.Module):
    def __init__(self, channels, ratio=16, kernel_size=7):
        super().__init__()
        self.channel_attn = ChannelAttention(channels, ratio)
        self.spatial_attn = SpatialAttention(kernel_size)

    def forward(self, x):
        return self.spatial_attn(self.channel_attn(x))


class CBAM_CNN(nn.Module):
    """Three blocks of Conv3×3 → BatchNorm → ReLU → MaxPool2 → CBAM, then two linear layers: [N, 3, 32, 32] → [N, classes]."""

    def __init__(self, classes=10):
        super().__init__()
        self.conv1, self.bn1, self.relu1, self.pool1 = nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)
        self.cbam1 = CBAM(32)
        self.conv2, self.bn2, self.relu2, self.pool2 = nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)
        self.cbam2 = CBAM(64)
        self.conv3, self.bn3, self.relu3, self.pool3 = nn.Conv2d(64, 128, 3, padding=1), nn.BatchNorm2d(128), nn.ReLU(), nn.MaxPool2d(2)
        self.cbam3 = CBAM(128)
        self.fc1 = nn.Linear(128 * 4 * 4, 512)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(512, classes)

    def forward(self, x):
        x = self.cbam1(self.pool1(self.relu1(self.bn1(self.conv1(x)))))
        x = self.cbam2(self.pool2(self.relu2(self.bn2(self.conv2(x)))))
        x = self.cbam3(self.pool3(self.relu3(self.bn3(self.conv3(x)))))
        x = x.flatten(1)
        return self.fc2(self.dropout(self.relu3(self.fc1(x))))


def load_folder(folder):
    """Pictures [N, 3, 32, 32] as bytes, their classes, and the classes' names, from class folders."""
    from PIL import Image

    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    if not names:
        raise SystemExit(f"{folder}: has no class folders")
    pictures, labels = [], []
    for index, name in enumerate(names):
        for path in sorted((folder / name).iterdir()):
            if path.suffix.lower() not in (".png", ".jpg", ".jpeg"):
                continue
            picture = Image.open(path).convert("RGB")
            if picture.size != (32, 32):
                picture = picture.resize((32, 32), Image.BILINEAR)
            pictures.append(np.asarray(picture).transpose(2, 0, 1))
            labels.append(index)
    if not pictures:
        raise SystemExit(f"{folder}: has no pictures (.png, .jpg)")
    return torch.from_numpy(np.stack(pictures)), torch.tensor(labels), names


def load_pickles(folder):
    """The same from CIFAR-10's Python edition."""

    def read(names):
        parts = []
        for name in names:
            with open(folder / name, "rb") as file:
                parts.append(pickle.load(file, encoding="bytes"))
        data = np.concatenate([part[b"data"] for part in parts]).reshape(-1, 3, 32, 32)
        labels = [label for part in parts for label in part[b"labels"]]
        return torch.from_numpy(data.copy()), torch.tensor(labels)

    batches = sorted(path.name for path in folder.glob("data_batch_*"))
    with open(folder / "batches.meta", "rb") as file:
        names = [name.decode() for name in pickle.load(file, encoding="bytes")[b"label_names"]]
    return read(batches), read(["test_batch"]), names


def load(folder):
    if (folder / "test_batch").exists():
        return load_pickles(folder)
    if not (folder / "train").is_dir() or not (folder / "test").is_dir():
        raise SystemExit(f"{folder}: needs `train` and `test` with class folders, or CIFAR-10's pickles (test_batch)")
    train, test = load_folder(folder / "train"), load_folder(folder / "test")
    if train[2] != test[2]:
        raise SystemExit(f"{folder}: train and test hold different classes: {train[2]} and {test[2]}")
    return train[:2], test[:2], train[2]


def normalize(pictures):
    """Bytes [N, 3, 32, 32] → floats, as the checkpoint's metadata says."""
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, STD))
    return (pictures.float().div_(255) - mean) / std


def augment(pictures, generator):
    """Each picture by itself: flipped left to right with even odds, and cropped from a frame of 4 zero pixels."""
    n, _, height, width = pictures.shape
    padded = nn.functional.pad(pictures, (4, 4, 4, 4))
    top = torch.randint(0, 9, (n, 1), generator=generator)
    left = torch.randint(0, 9, (n, 1), generator=generator)
    flip = torch.rand(n, 1, generator=generator) < 0.5
    rows = top + torch.arange(height)
    columns = torch.arange(width).expand(n, -1)
    columns = left + torch.where(flip, width - 1 - columns, columns)
    # One gather for the whole batch: index = row · width + column in the padded plane.
    index = (rows[:, :, None] * padded.shape[3] + columns[:, None, :]).view(n, 1, -1).expand(-1, 3, -1)
    return padded.flatten(2).gather(2, index).view(n, 3, height, width)


def save(path, value):
    """Whole or not at all."""
    beside = path.with_suffix(path.suffix + ".partial")
    with open(beside, "wb") as file:
        torch.save(value, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def accuracy(model, pictures, labels):
    model.eval()
    with torch.inference_mode():
        right = sum(
            (model(normalize(pictures[i : i + 500]).contiguous(memory_format=torch.channels_last)).argmax(1) == labels[i : i + 500]).sum().item()
            for i in range(0, len(labels), 500)
        )
    return right / len(labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=50, help="of the whole schedule")
    parser.add_argument("--stop-after", type=int, help="stop after this many epochs; the same command without it goes on")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=2e-3, help="the schedule's peak")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    (pictures, labels), (test_pictures, test_labels), names = load(options.data)
    model = CBAM_CNN(len(names)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=options.lr, weight_decay=options.weight_decay)
    steps = -(-len(labels) // options.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.lr, epochs=options.epochs, steps_per_epoch=steps, pct_start=0.2)
    loss_function = nn.CrossEntropyLoss(label_smoothing=0.05)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "labels.txt").write_text("\n".join(names) + "\n")

    first = 1
    state_path = options.out / "state.pt"
    settings = {k: getattr(options, k) for k in ("epochs", "batch", "lr", "weight_decay", "seed")} | {"names": names, "pictures": len(labels)}
    if state_path.exists():
        state = torch.load(state_path)
        if state["settings"] != settings:
            raise SystemExit(f"{state_path} belongs to a run with other settings ({state['settings']}); name another folder")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["epoch"] + 1
    for epoch in range(first, min(options.epochs, options.stop_after or options.epochs) + 1):
        # Seeds follow from the epoch, so that a run that goes on sees what an unbroken one would have seen.
        generator = torch.Generator().manual_seed(options.seed * 1_000_003 + epoch)
        torch.manual_seed(options.seed * 1_000_003 + epoch)
        start, total, right = time.time(), 0.0, 0
        model.train()
        order = torch.randperm(len(labels), generator=generator)
        for chosen in order.split(options.batch):
            x = normalize(augment(pictures[chosen], generator)).contiguous(memory_format=torch.channels_last)
            target = labels[chosen]
            logits = model(x)
            loss = loss_function(logits, target)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(target)
            right += (logits.argmax(1) == target).sum().item()
        weights = {name: value.contiguous() for name, value in model.state_dict().items()}
        test = accuracy(model, test_pictures, test_labels)
        line = f"epoch {epoch} loss {total / len(labels):.4f} train {right / len(labels):.4f} test {test:.4f} {time.time() - start:.0f}s"
        save(options.out / f"epoch_{epoch:03}.ckpt", weights)
        save(options.out / "cbam_cnn_cifar10.ckpt", weights)
        save(state_path, {"epoch": epoch, "settings": settings, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()})
        with open(options.out / "train_log.txt", "a") as log:
            log.write(line + "\n")
        print(line, flush=True)


if __name__ == "__main__":
    main()
