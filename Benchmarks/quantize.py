"""Quantize ONNX files to 8 bits with onnxruntime.quantization: QuantizeLinear and DequantizeLinear around every operator.

usage: python Benchmarks/quantize.py MODEL.onnx OUT.onnx [--side N] [--signed-activations] [--per-tensor] [--reduce-range]

The network's input is [batch, 3, side, side], named input. Ranges are calibrated on seeded random pictures, so the file
that comes out is the same each time; its answers are good for comparing runtimes and their speed, not for use.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static, shape_inference


class Pictures(CalibrationDataReader):
    """Eight random pictures."""

    def __init__(self, side):
        random = np.random.default_rng(1)
        self.rest = [{"input": random.standard_normal((1, 3, side, side), dtype=np.float32)} for _ in range(8)]

    def get_next(self):
        return self.rest.pop() if self.rest else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--signed-activations", action="store_true")
    parser.add_argument("--per-tensor", action="store_true")
    parser.add_argument("--reduce-range", action="store_true", help="weights of 7 bits, which CPUs without VNNI can't overflow on")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepared = str(Path(folder) / "prepared.onnx")
        shape_inference.quant_pre_process(arguments.model, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared, arguments.out, Pictures(arguments.side), quant_format=QuantFormat.QDQ,
            per_channel=not arguments.per_tensor, reduce_range=arguments.reduce_range,
            activation_type=QuantType.QInt8 if arguments.signed_activations else QuantType.QUInt8,
            weight_type=QuantType.QInt8)


if __name__ == "__main__":
    main()
