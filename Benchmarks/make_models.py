"""Write every network of networks.py as NAME.ckpt and, with PyTorch's own exporter, as NAME.onnx into a folder;
of deeper and shallower ResNets the checkpoint alone.

usage: python Benchmarks/make_models.py FOLDER        (needs torch and onnx)
"""

import sys
from pathlib import Path

import torch
from networks import DEPTHS, SIZES, build


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for name, side in SIZES.items():
        model = build(name)
        torch.save(model.state_dict(), out / f"{name}.ckpt")
        torch.onnx.export(
            model, (torch.randn(1, 3, side, side),), out / f"{name}.onnx", opset_version=17, dynamo=False,
            input_names=["input"], output_names=["logits"],
            dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})
        print(name, sum(p.numel() for p in model.parameters()), "parameters", flush=True)
    for name in DEPTHS:
        torch.save(build(name).state_dict(), out / f"{name}.ckpt")


main()
