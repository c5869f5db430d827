"""Write Tests/ExportTests/Fixtures: small networks of every family with PyTorch's own answers.

Each NAME.ckpt is a state_dict, each NAME.pt a network saved whole, each NAME.npz holds `input`, `logits` and the output of every module by its name
(a module called twice has '#0', '#1'), computed by PyTorch in float32.

usage: python tools/make_export_fixtures.py        (needs torch and numpy)
"""

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = Path(__file__).parent.parent
sys.path.insert(0, str(HERE / "models/cbam_cnn_cifar10"))
from train import CBAM  # noqa: E402

OUT = HERE / "Tests/ExportTests/Fixtures"


class TinyCBAMCNN(nn.Module):
    """The shipped network's shape with two blocks of other widths, 5 classes, 12×12 pictures."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.relu1, self.pool1 = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)
        self.cbam1 = CBAM(8, ratio=4)
        self.conv2, self.bn2, self.relu2, self.pool2 = nn.Conv2d(8, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)
        self.cbam2 = CBAM(16, ratio=4, kernel_size=5)
        self.fc1, self.dropout, self.fc2 = nn.Linear(16 * 3 * 3, 12), nn.Dropout(0.5), nn.Linear(12, 5)

    def forward(self, x):
        x = self.cbam1(self.pool1(self.relu1(self.bn1(self.conv1(x)))))
        x = self.cbam2(self.pool2(self.relu2(self.bn2(self.conv2(x)))))
        return self.fc2(self.dropout(self.relu2(self.fc1(x.flatten(1)))))


class Gate(nn.Module):
    """CBAM as the paper's authors wrote it: a bottleneck with biases, maximum before mean, BatchNorm behind the 7×7."""

    class Channel(nn.Module):
        def __init__(self, c, r):
            super().__init__()
            self.mlp = nn.Sequential(nn.Flatten(), nn.Linear(c, c // r), nn.ReLU(), nn.Linear(c // r, c))

        def forward(self, x):
            return x * torch.sigmoid(self.mlp(F.adaptive_avg_pool2d(x, 1)) + self.mlp(F.adaptive_max_pool2d(x, 1)))[:, :, None, None]

    class Spatial(nn.Module):
        class Convolution(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv, self.bn = nn.Conv2d(2, 1, 7, padding=3, bias=False), nn.BatchNorm2d(1)

            def forward(self, x):
                return self.bn(self.conv(x))

        def __init__(self):
            super().__init__()
            self.spatial = self.Convolution()

        def forward(self, x):
            return x * torch.sigmoid(self.spatial(torch.cat([x.amax(1, keepdim=True), x.mean(1, keepdim=True)], 1)))

    def __init__(self, c, r=4):
        super().__init__()
        self.ChannelGate, self.SpatialGate = self.Channel(c, r), self.Spatial()

    def forward(self, x):
        return self.SpatialGate(self.ChannelGate(x))


class Residual(nn.Module):
    def __init__(self, i, p, stride, bottleneck):
        super().__init__()
        o = p * 4 if bottleneck else p
        if bottleneck:
            self.conv1, self.bn1 = nn.Conv2d(i, p, 1, bias=False), nn.BatchNorm2d(p)
            self.conv2, self.bn2 = nn.Conv2d(p, p, 3, stride, 1, bias=False), nn.BatchNorm2d(p)
            self.conv3, self.bn3 = nn.Conv2d(p, o, 1, bias=False), nn.BatchNorm2d(o)
        else:
            self.conv1, self.bn1 = nn.Conv2d(i, p, 3, stride, 1, bias=False), nn.BatchNorm2d(p)
            self.conv2, self.bn2 = nn.Conv2d(p, p, 3, 1, 1, bias=False), nn.BatchNorm2d(p)
        self.cbam = Gate(o)
        self.downsample = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)) if stride > 1 or i != o else None

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if hasattr(self, "conv3"):
            y = self.bn3(self.conv3(F.relu(y)))
        return F.relu(self.cbam(y) + (x if self.downsample is None else self.downsample(x)))


class TinyResNet(nn.Module):
    def __init__(self, stem, bottleneck):
        super().__init__()
        self.stem = stem
        self.conv1, self.bn1 = nn.Conv2d(3, 8, stem, 2 if stem == 7 else 1, stem // 2, bias=False), nn.BatchNorm2d(8)
        width, stages = 8, []
        for p, stride in ((8, 1), (12, 2)):
            blocks = [Residual(width, p, stride, bottleneck)]
            width = p * 4 if bottleneck else p
            stages.append(nn.Sequential(*blocks, Residual(width, p, 1, bottleneck)))
        self.layer1, self.layer2 = stages
        self.fc = nn.Linear(width, 6)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.max_pool2d(x, 3, 2, 1) if self.stem == 7 else x
        return self.fc(self.layer2(self.layer1(x)).mean([2, 3]))


class Inverted(nn.Module):
    def __init__(self, i, o, stride, t):
        super().__init__()
        h = i * t
        layers = [] if t == 1 else [nn.Conv2d(i, h, 1, bias=False), nn.BatchNorm2d(h), nn.ReLU6()]
        layers += [nn.Conv2d(h, h, 3, stride, 1, groups=h, bias=False), nn.BatchNorm2d(h), nn.ReLU6(), nn.Conv2d(h, o, 1, bias=False), nn.BatchNorm2d(o)]
        self.conv, self.cbam, self.skip = nn.Sequential(*layers), CBAM(o, 2), stride == 1 and i == o

    def forward(self, x):
        y = self.cbam(self.conv(x))
        return x + y if self.skip else y


class TinyMobileNet(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU6())]
        width = 4
        for t, c, n, s in [(1, 2, 1, 1), (2, 4, 2, 2), (2, 6, 1, 2), (2, 8, 2, 2), (2, 10, 1, 1), (2, 12, 1, 2), (2, 14, 1, 1)]:
            for k in range(n):
                layers.append(Inverted(width, c, s if k == 0 else 1, t))
                width = c
        layers.append(nn.Sequential(nn.Conv2d(width, 20, 1, bias=False), nn.BatchNorm2d(20), nn.ReLU6()))
        self.features, self.classifier = nn.Sequential(*layers), nn.Linear(20, 5)

    def forward(self, x):
        return self.classifier(self.features(x).mean([2, 3]))


def randomize(model, seed):
    """Weights and running statistics that make every part count."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                for p, low, high in ((module.weight, 0.5, 1.5), (module.bias, -0.3, 0.3), (module.running_mean, -0.2, 0.2), (module.running_var, 0.3, 1.3)):
                    p.copy_(torch.rand(p.shape, generator=g) * (high - low) + low)
            for p in module.parameters(recurse=False):
                if p.dim() > 1:
                    p.copy_((torch.rand(p.shape, generator=g) - 0.5) * 3 / p[0].numel() ** 0.5)
    return model.eval()


class Standardized(nn.Conv2d):
    """A convolution by its tensors' names and shapes, and not by what it computes."""

    def forward(self, x):
        return F.conv2d(x, self.weight - self.weight.mean((1, 2, 3), keepdim=True), self.bias, self.stride, self.padding)


def unusual_resnet():
    """A ResNet whose strides, dilations and epsilons no shape tells."""
    model = TinyResNet(3, False)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 0.01
    first, strided = model.layer1[0].conv1, model.layer2[0]
    first.dilation, first.padding = (2, 2), (2, 2)
    strided.conv1.stride = strided.downsample[0].stride = (1, 2)
    return model


def refused(**modules):
    """A network whose tensors are CBAM_CNN's, with other modules."""
    model = TinyCBAMCNN()
    for name, module in modules.items():
        setattr(model, name, module)
    return randomize(model, 60)


def write(name, model, side, seed, whole=False):
    randomize(model, seed)
    if whole:
        torch.save(model, OUT / f"{name}.pt")
    calls, order = {}, []
    for path, module in model.named_modules():
        if path:
            module.register_forward_hook(lambda m, i, o, p=path: calls.setdefault(p, []).append(o.detach().numpy()))
    x = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(seed + 1))
    with torch.no_grad():
        arrays = {"input": x.numpy(), "logits": model(x).numpy()}
    for path, outputs in calls.items():
        for index, output in enumerate(outputs):
            arrays[path if len(outputs) == 1 else f"{path}#{index}"] = output
    if not whole:
        torch.save(model.state_dict(), OUT / f"{name}.ckpt")
    np.savez_compressed(OUT / f"{name}.npz", **arrays)
    print(name, len(arrays), "arrays", (OUT / f"{name}.npz").stat().st_size)


def main():
    torch.manual_seed(1)
    OUT.mkdir(parents=True, exist_ok=True)
    write("tiny_cbam_cnn", TinyCBAMCNN(), 12, 10)
    write("tiny_resnet_cifar", TinyResNet(3, False), 10, 20)
    write("tiny_resnet_bottleneck", TinyResNet(7, True), 24, 30)
    write("tiny_mobilenetv2", TinyMobileNet(), 32, 40)
    write("tiny_resnet_whole", unusual_resnet(), 10, 50, whole=True)
    torch.save(refused(relu1=nn.SiLU()), OUT / "refused_activation.pt")
    torch.save(refused(conv1=Standardized(3, 8, 3, padding=1)), OUT / "refused_class.pt")
    torch.save(refused(conv1=nn.Conv2d(3, 8, 3, padding=1, padding_mode="reflect")), OUT / "refused_padding.pt")
    torch.save(refused(pool2=nn.AvgPool2d(2)), OUT / "refused_pooling.pt")


main()
