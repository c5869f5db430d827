"""Write docs/images/attention.png: the shipped pictures beside the attention that `scripts/demo` drew over them.

usage: python tools/make_readme_picture.py out/attention docs/images/attention.png
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

SIDE, GAP = 120, 6
ROWS = [("picture", None), ("block 1", "cbam1"), ("block 2", "cbam2"), ("block 3", "cbam3")]


def main():
    attention, target = Path(sys.argv[1]), Path(sys.argv[2])
    pictures = sorted((Path(__file__).parent.parent / "models/cbam_cnn_cifar10/pictures").glob("*.png"))
    left = 60
    sheet = Image.new("RGB", (left + len(pictures) * (SIDE + GAP), len(ROWS) * (SIDE + GAP)), "white")
    draw = ImageDraw.Draw(sheet)
    for row, (label, block) in enumerate(ROWS):
        draw.text((4, row * (SIDE + GAP) + SIDE // 2), label, fill="black")
        for column, path in enumerate(pictures):
            source = path if block is None else attention / f"{path.stem}.{block}.spatial_attn.sigmoid.png"
            picture = Image.open(source).convert("RGB").resize((SIDE, SIDE), Image.LANCZOS)
            sheet.paste(picture, (left + column * (SIDE + GAP), row * (SIDE + GAP)))
    sheet.quantize(128).save(target, optimize=True)


main()
