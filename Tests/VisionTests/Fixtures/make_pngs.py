"""Writes PNG files of every colour type, depth and interlacing into a folder, and for each the RGB samples that
must be read from it (NAME.png and NAME.rgb). Pillow checks the files that it can open."""

import itertools
import struct
import sys
import zlib

import numpy as np
from PIL import Image

folder = sys.argv[1]
random = np.random.default_rng(7)

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, depth):
    """Scan lines [H, W, C] packed, each after filter type 0."""
    out = b""
    for line in samples:
        if depth == 16:
            data = line.astype(">u2").tobytes()
        elif depth == 8:
            data = line.astype(np.uint8).tobytes()
        else:
            bits = ((line.reshape(-1, 1) >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
            data = np.packbits(bits.reshape(-1)).tobytes()
        out += b"\0" + data
    return out


def png(samples, color, depth, interlaced, before=b"", after=b""):
    height, width = samples.shape[:2]
    if interlaced:
        parts = (samples[y::dy, x::dx] for x, y, dx, dy in ADAM7)
        data = b"".join(rows(part, depth) for part in parts if part.size)
    else:
        data = rows(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(data))
            + after + chunk(b"IEND", b""))


def eight(samples, depth):
    return samples >> 8 if depth == 16 else samples * 255 // ((1 << depth) - 1)


def composed(rgb, alpha):
    """On black, rounded."""
    return ((rgb.astype(np.int64) * alpha[..., None] + 127) // 255).astype(np.uint8)


def save(name, data, rgb, pillow=None):
    with open(f"{folder}/{name}.png", "wb") as file:
        file.write(data)
    rgb = np.ascontiguousarray(rgb, dtype=np.uint8)
    with open(f"{folder}/{name}.rgb", "wb") as file:
        file.write(rgb.tobytes())
    if pillow:
        opened = pillow(Image.open(f"{folder}/{name}.png"))
        assert np.array_equal(np.asarray(opened), rgb), name
    print(name, rgb.shape[1], rgb.shape[0])


def over_black(image):
    back = Image.new("RGB", image.size)
    image = image.convert("RGBA")
    back.paste(image, mask=image.getchannel("A"))
    return back


sizes = [(1, 1), (9, 5), (33, 17)]
for (width, height), interlaced in itertools.product(sizes, [False, True]):
    tail = f"{width}x{height}" + ("_interlaced" if interlaced else "")
    for depth in [1, 2, 4, 8, 16]:
        samples = random.integers(0, 1 << depth, (height, width, 1))
        rgb = np.repeat(eight(samples, depth), 3, axis=2)
        save(f"grey{depth}_{tail}", png(samples, GREY, depth, interlaced), rgb,
             (lambda i: i.convert("RGB")) if depth <= 8 else None)
        key = samples[height // 2, width // 2, 0]
        alpha = np.where(samples[..., 0] == key, 0, 255)
        save(f"grey{depth}_transparent_{tail}",
             png(samples, GREY, depth, interlaced, chunk(b"tRNS", struct.pack(">H", key))), composed(rgb, alpha))
    for depth in [1, 2, 4, 8]:
        count = min(1 << depth, 200)
        palette = random.integers(0, 256, (count, 3), dtype=np.uint8)
        samples = random.integers(0, count, (height, width, 1))
        plte = chunk(b"PLTE", palette.tobytes())
        save(f"palette{depth}_{tail}", png(samples, PALETTE, depth, interlaced, plte), palette[samples[..., 0]],
             lambda i: i.convert("RGB"))
        alphas = random.integers(0, 256, count // 2 + 1, dtype=np.uint8)
        full = np.concatenate([alphas, np.full(count - len(alphas), 255, np.uint8)])
        save(f"palette{depth}_transparent_{tail}",
             png(samples, PALETTE, depth, interlaced, plte + chunk(b"tRNS", alphas.tobytes())),
             composed(palette[samples[..., 0]], full[samples[..., 0]]), over_black)
    for depth in [8, 16]:
        rgba = random.integers(0, 1 << depth, (height, width, 4))
        rgb, alpha = eight(rgba[..., :3], depth), eight(rgba[..., 3], depth)
        save(f"rgb{depth}_{tail}", png(rgba[..., :3], RGB, depth, interlaced), rgb, lambda i: i.convert("RGB"))
        save(f"rgba{depth}_{tail}", png(rgba, RGBA, depth, interlaced), composed(rgb, alpha), over_black)
        key = rgba[0, 0, :3]
        save(f"rgb{depth}_transparent_{tail}",
             png(rgba[..., :3], RGB, depth, interlaced, chunk(b"tRNS", struct.pack(">HHH", *key))),
             composed(rgb, np.where((rgba[..., :3] == key).all(-1), 0, 255)))
        save(f"greyalpha{depth}_{tail}", png(rgba[..., 2:], GREY_ALPHA, depth, interlaced),
             composed(np.repeat(eight(rgba[..., 2:3], depth), 3, axis=2), alpha), over_black)

# What must not change the samples: gamma and colour chunks; what must: the orientation, wherever it stands.
rgb = random.integers(0, 256, (7, 5, 3))
save("gamma", png(rgb, RGB, 8, False, chunk(b"gAMA", struct.pack(">I", 100000))), rgb, lambda i: i.convert("RGB"))
save("srgb", png(rgb, RGB, 8, False, chunk(b"sRGB", b"\0")), rgb)
exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
save("turned_before", png(rgb, RGB, 8, False, chunk(b"eXIf", exif)), np.rot90(rgb, -1))
save("turned_after", png(rgb, RGB, 8, False, after=chunk(b"eXIf", exif)), np.rot90(rgb, -1))
