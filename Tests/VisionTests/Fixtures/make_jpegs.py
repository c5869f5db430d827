"""Writes JPEG files of many kinds into a folder, and for each the RGB samples that Pillow reads from it."""

import sys

import numpy as np
from PIL import Image, ImageOps

folder = sys.argv[1]
random = np.random.default_rng(11)


def smooth(width, height, channels):
    """Something like a photograph: noise, enlarged."""
    small = random.integers(0, 256, (5, 7, channels), dtype=np.uint8)
    planes = [Image.fromarray(small[..., c]).resize((width, height), Image.BICUBIC) for c in range(channels)]
    return np.stack([np.asarray(plane) for plane in planes], axis=2)


def save(name, image, **options):
    image.save(f"{folder}/{name}.jpg", **options)
    report(name)


def report(name):
    rgb = ImageOps.exif_transpose(Image.open(f"{folder}/{name}.jpg")).convert("RGB")
    with open(f"{folder}/{name}.rgb", "wb") as file:
        file.write(rgb.tobytes())
    print(name, rgb.width, rgb.height)


if len(sys.argv) > 2:
    for name in sys.argv[2:]:
        report(name)
    sys.exit()

for width, height in [(1, 1), (8, 8), (17, 31), (64, 48)]:
    tail = f"{width}x{height}"
    color = Image.fromarray(smooth(width, height, 3))
    save(f"grey_{tail}", color.convert("L"), quality=90)
    for subsampling in [0, 1, 2]:
        for progressive in [False, True]:
            save(f"ycc{subsampling}_{'progressive_' if progressive else ''}{tail}", color, quality=85,
                 subsampling=subsampling, progressive=progressive)
    save(f"rgb_{tail}", color, quality=90, keep_rgb=True)
    save(f"cmyk_{tail}", Image.fromarray(smooth(width, height, 4), "CMYK"), quality=90)
    save(f"restarts_{tail}", color, quality=90, restart_marker_blocks=2)
    save(f"comment_{tail}", color, quality=90, comment=b"\xff\xd8 not a marker", icc_profile=b"x" * 70000)

color = Image.fromarray(smooth(23, 14, 3))
for orientation in range(0, 10):
    exif = Image.Exif()
    exif[0x010F] = "maker"
    exif[0x0112] = orientation
    exif[0x0132] = "2026:01:01 00:00:00"
    save(f"orientation{orientation}", color, quality=95, exif=exif)
