"""The networks of the comparison, with weights that are random, seeded, and not degenerate."""

from dataclasses import dataclass
from typing import Callable

import timm
import torch
import torchvision
from torch import nn

TORCHVISION = [
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "maxvit_t", "mnasnet1_0",
    "mobilenet_v2", "mobilenet_v3_small", "regnet_y_400mf", "resnet18", "resnext50_32x4d", "shufflenet_v2_x1_0",
    "squeezenet1_1", "swin_t", "swin_v2_t", "vit_b_32"]
TIMM = [
    "cait_xxs24_224", "coatnet_nano_rw_224", "deit_tiny_patch16_224", "dla34", "edgenext_xx_small", "efficientformer_l1",
    "fastvit_t8", "ghostnet_100", "hrnet_w18_small", "levit_128s", "mixer_s32_224", "mobilenetv4_conv_small",
    "mobilevit_xxs", "poolformer_s12", "repvgg_a0", "res2net50_26w_4s", "resnest14d", "xcit_nano_12_p16_224"]
SIDES = {"inception_v3": 299, "maxvit_t": 224, "edgenext_xx_small": 256, "fastvit_t8": 256, "mobilevit_xxs": 256}


@dataclass
class Network:
    """A network to export: `make` gives the module, `inputs` its example inputs; `exporters` those that can write it."""

    name: str
    source: str
    make: Callable[[], nn.Module]
    inputs: Callable[[torch.Generator], tuple]
    exporters: tuple = ("script", "dynamo")
    quantized: bool = False
    outputs: tuple = ("logits",)
    # What BatchNorm is to see instead of the example inputs, where these are too few to have a variance.
    calibration: Callable[[torch.Generator], tuple] | None = None


def pictures(generator, side, count=2):
    """Pictures with structure on every scale: noise alone looks the same to a network that averages it."""
    result = torch.zeros(count, 3, side, side)
    for cells in (2, 7, 28, side):
        layer = torch.randn(count, 3, cells, cells, generator=generator)
        result += nn.functional.interpolate(layer, size=(side, side), mode="bilinear", align_corners=False)
    return result / 2


def randomize(module, generator):
    """Replaces what initializers left at 0, 1 or nearly nothing, so that each part of the network matters."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if parameter.numel() > 1 and parameter.min() != parameter.max():
                continue
            noise = torch.rand(parameter.shape, generator=generator)
            if name.endswith("bias"):
                parameter.copy_((noise - 0.5) * 0.2)
            elif parameter.dim() >= 2 and parameter.squeeze().dim() >= 2:
                parameter.copy_((noise - 0.5) * 2 / parameter[0].numel() ** 0.5)
            else:
                parameter.copy_(0.5 + noise)


def calibrate(module, inputs):
    """Lets each BatchNorm see its input once: without it, signals grow or vanish with depth."""
    norms = [m for m in module.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    with torch.no_grad():
        module(*inputs)
    module.eval()


class Detector(nn.Module):
    """A torchvision detector as a function of one picture, with tensors as outputs."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, picture, *others):
        found = self.detector([picture, *others])[0]
        return found["boxes"], found["scores"], found["labels"]


class Translator(nn.Module):
    """A transformer of an encoder and a decoder over tokens, with a causal mask."""

    def __init__(self, words=500, width=128):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.places = nn.Parameter(torch.randn(1, 32, width))
        self.transformer = nn.Transformer(width, 4, 3, 3, 256, batch_first=True, activation="gelu", norm_first=True)
        self.head = nn.Linear(width, words)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(24))

    def forward(self, source, target):
        def embed(tokens):
            return self.words(tokens) + self.places[:, : tokens.shape[1]]

        return self.head(self.transformer(embed(source), embed(target), tgt_mask=self.mask, tgt_is_causal=True))


class Reader(nn.Module):
    """A recurrent network over tokens: two layers, both directions."""

    def __init__(self, kind, words=500, width=96):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.cells = kind(width, 128, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(256, 20)

    def forward(self, tokens):
        states, _ = self.cells(self.words(tokens))
        return self.head(states.mean(dim=1))


def tokens(generator, *lengths):
    return tuple(torch.randint(0, 500, (2, length), generator=generator) for length in lengths)


def classifier(source, name):
    if source == "timm":
        return timm.create_model(name, pretrained=False)
    more = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}
    model = torchvision.models.get_model(name, weights=None, **more)
    if name in ("googlenet", "inception_v3"):
        # Auxiliary classifiers are for training only.
        model.aux_logits = False
        for part in ("aux1", "aux2", "AuxLogits"):
            if hasattr(model, part):
                setattr(model, part, None)
    return model


def detector(name, **more):
    return Detector(torchvision.models.get_model(name, weights=None, weights_backbone=None, **more))


def networks():
    """All networks, in the order of the table."""
    found = []
    for source, names in (("torchvision", TORCHVISION), ("timm", TIMM)):
        for name in names:
            side = SIDES.get(name, 224)
            # LeViT normalizes behind its pooling, where two pictures are two numbers a channel.
            count = 16 if name == "levit_128s" else 0
            found.append(Network(
                name, source, lambda source=source, name=name: classifier(source, name),
                lambda g, side=side: (pictures(g, side),),
                calibration=(lambda g, side=side, count=count: (pictures(g, side, count),)) if count else None))
    # A network with the attention that this package is about, as timm writes it.
    found.append(Network(
        "resnet18 with CBAM", "timm", lambda: timm.create_model("resnet18", block_args={"attn_layer": "cbam"}),
        lambda g: (pictures(g, 224),)))
    for name, more in (("ssdlite320_mobilenet_v3_large", {}), ("fasterrcnn_mobilenet_v3_large_320_fpn", {"box_score_thresh": 0.001})):
        found.append(Network(
            name, "torchvision", lambda name=name, more=more: detector(name, **more),
            lambda g: (pictures(g, 320, 1)[0].sigmoid(),), ("script",), outputs=("boxes", "scores", "labels"),
            calibration=lambda g: tuple(pictures(g, 320, 4).sigmoid())))
    found.append(Network("Transformer", "torch.nn", Translator, lambda g: tokens(g, 24, 24)))
    found.append(Network("LSTM", "torch.nn", lambda: Reader(nn.LSTM), lambda g: tokens(g, 30)))
    found.append(Network("GRU", "torch.nn", lambda: Reader(nn.GRU), lambda g: tokens(g, 30)))
    found.append(Network(
        "resnet18, int8 (QDQ)", "torchvision", lambda: classifier("torchvision", "resnet18"),
        lambda g: (pictures(g, 224),), quantized=True))
    return found


def prepared(network, seed):
    """The network's module, ready to be exported, and its inputs."""
    # What PyTorch itself runs of attention in one piece, its older exporter can't write.
    torch.backends.mha.set_fastpath_enabled(False)
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    module = network.make().eval()
    randomize(module, generator)
    inputs = network.inputs(generator)
    calibrate(module, network.calibration(generator) if network.calibration else inputs)
    return module, inputs
