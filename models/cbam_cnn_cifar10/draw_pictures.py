"""Draw the sample pictures in pictures/, 256×256, with Pillow alone. They are public domain (CC0 1.0).

usage: python draw_pictures.py [FOLDER]
"""

import math
import random
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

SIDE = 256
SCALE = 3  # drawn larger, then reduced, so that edges are smooth


def canvas(top, bottom):
    """A vertical gradient."""
    size = SIDE * SCALE
    picture = Image.new("RGB", (size, size))
    draw = ImageDraw.Draw(picture)
    for y in range(size):
        t = y / (size - 1)
        draw.line([(0, y), (size, y)], fill=tuple(round(a + (b - a) * t) for a, b in zip(top, bottom)))
    return picture, draw


def points(*pairs):
    """Points in units of one 256th of the side."""
    return [(x * SCALE, y * SCALE) for x, y in pairs]


def box(x0, y0, x1, y1):
    return [x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE]


def finish(picture, seed, grain=6):
    """Reduce, soften and add grain, as a camera would."""
    picture = picture.resize((SIDE, SIDE), Image.LANCZOS).filter(ImageFilter.GaussianBlur(0.8))
    rng = random.Random(seed)
    pixels = picture.load()
    for y in range(SIDE):
        for x in range(SIDE):
            noise = rng.gauss(0, grain)
            pixels[x, y] = tuple(max(0, min(255, round(c + noise))) for c in pixels[x, y])
    return picture


def ship():
    picture, draw = canvas((150, 185, 215), (205, 220, 230))
    draw.rectangle(box(0, 160, 256, 256), fill=(40, 80, 120))
    rng = random.Random(1)
    for _ in range(160):
        x, y = rng.uniform(-10, 250), rng.uniform(164, 254)
        w = 4 + (y - 160) / 5
        draw.line(points((x, y), (x + w, y)), fill=(75 + rng.randint(0, 40), 115, 150), width=2 * SCALE // 2)
    draw.polygon(points((18, 140), (238, 136), (216, 178), (44, 180)), fill=(45, 45, 55))
    draw.polygon(points((36, 168), (226, 164), (216, 178), (44, 180)), fill=(140, 40, 35))
    draw.rectangle(box(64, 112, 176, 140), fill=(235, 235, 232))
    draw.rectangle(box(84, 90, 150, 112), fill=(225, 225, 225))
    for i in range(8):
        draw.rectangle(box(70 + 13 * i, 120, 77 + 13 * i, 128), fill=(70, 90, 110))
    draw.rectangle(box(100, 62, 120, 92), fill=(190, 60, 45))
    draw.rectangle(box(100, 62, 120, 70), fill=(30, 30, 35))
    draw.line(points((190, 138), (190, 70)), fill=(90, 90, 90), width=2 * SCALE)
    return finish(picture, 11)


def airplane():
    picture, draw = canvas((95, 150, 215), (185, 212, 238))
    for cx, cy, r in [(40, 210, 26), (70, 218, 30), (110, 222, 22), (200, 60, 14), (222, 64, 18)]:
        draw.ellipse(box(cx - 1.6 * r, cy - 0.6 * r, cx + 1.6 * r, cy + 0.6 * r), fill=(236, 242, 248))
    body = (222, 226, 232)
    draw.polygon(points((112, 128), (150, 118), (96, 208), (78, 208)), fill=(160, 168, 180))
    draw.polygon(points((120, 118), (150, 116), (118, 56), (104, 56)), fill=(178, 186, 196))
    draw.polygon(points((14, 96), (34, 94), (58, 124), (34, 132)), fill=(60, 90, 150))
    draw.polygon(points((26, 124), (226, 108), (246, 120), (232, 130), (40, 146), (18, 136)), fill=body)
    draw.polygon(points((26, 138), (52, 136), (34, 158), (20, 158)), fill=(150, 158, 170))
    for i in range(15):
        draw.ellipse(box(64 + 10 * i, 120 - 0.7 * i, 68 + 10 * i, 124 - 0.7 * i), fill=(70, 80, 100))
    draw.polygon(points((222, 112), (236, 113), (240, 118), (226, 118)), fill=(50, 60, 80))
    draw.ellipse(box(106, 158, 126, 168), fill=(110, 116, 128))
    return finish(picture, 12, grain=4)


def automobile():
    picture, draw = canvas((190, 205, 215), (215, 220, 222))
    draw.rectangle(box(0, 96, 256, 150), fill=(110, 130, 95))
    draw.rectangle(box(0, 142, 256, 256), fill=(120, 120, 122))
    draw.ellipse(box(20, 196, 240, 222), fill=(70, 70, 72))
    red = (185, 25, 30)
    draw.polygon(points((14, 200), (14, 160), (30, 146), (72, 140), (100, 104), (176, 102), (206, 140), (240, 150), (246, 176), (244, 202)), fill=red)
    draw.polygon(points((82, 140), (106, 110), (134, 109), (134, 139)), fill=(55, 75, 95))
    draw.polygon(points((140, 139), (140, 109), (172, 108), (194, 138)), fill=(60, 80, 100))
    draw.line(points((16, 170), (244, 168)), fill=(150, 15, 22), width=2 * SCALE)
    draw.line(points((137, 142), (137, 198)), fill=(140, 15, 20), width=1 * SCALE)
    draw.ellipse(box(228, 154, 246, 168), fill=(245, 240, 205))
    draw.rectangle(box(12, 158, 22, 170), fill=(240, 110, 60))
    for cx in (62, 198):
        draw.ellipse(box(cx - 27, 175, cx + 27, 229), fill=(25, 25, 27))
        draw.ellipse(box(cx - 15, 187, cx + 15, 217), fill=(175, 178, 182))
        draw.ellipse(box(cx - 5, 197, cx + 5, 207), fill=(80, 82, 85))
    return finish(picture, 13)


def truck():
    picture, draw = canvas((170, 195, 220), (215, 222, 225))
    draw.rectangle(box(0, 170, 256, 256), fill=(115, 112, 108))
    draw.ellipse(box(10, 206, 250, 228), fill=(65, 63, 60))
    draw.rectangle(box(10, 62, 164, 188), fill=(232, 232, 228))
    for i in range(1, 9):
        draw.line(points((10 + 17 * i, 62), (10 + 17 * i, 188)), fill=(205, 205, 202), width=SCALE)
    draw.rectangle(box(10, 182, 236, 200), fill=(45, 45, 48))
    draw.polygon(points((168, 194), (168, 92), (208, 90), (230, 130), (244, 138), (244, 196)), fill=(35, 75, 150))
    draw.polygon(points((180, 130), (180, 102), (203, 101), (218, 130)), fill=(150, 180, 200))
    draw.rectangle(box(236, 160, 246, 172), fill=(245, 240, 200))
    draw.rectangle(box(232, 184, 250, 198), fill=(150, 150, 152))
    for cx in (40, 92, 206):
        draw.ellipse(box(cx - 22, 178, cx + 22, 222), fill=(24, 24, 26))
        draw.ellipse(box(cx - 11, 189, cx + 11, 211), fill=(165, 165, 168))
    return finish(picture, 14)


def frog():
    picture, draw = canvas((96, 78, 52), (128, 104, 70))
    rng = random.Random(5)
    for _ in range(700):
        x, y, r = rng.uniform(0, 256), rng.uniform(0, 256), rng.uniform(1, 6)
        tone = rng.randint(-28, 28)
        draw.ellipse(box(x - r, y - r / 2, x + r, y + r / 2), fill=(112 + tone, 92 + tone, 62 + tone))
    green, dark = (104, 132, 52), (70, 94, 34)
    draw.ellipse(box(20, 128, 116, 222), fill=dark)
    draw.ellipse(box(140, 128, 236, 222), fill=dark)
    draw.ellipse(box(48, 92, 208, 216), fill=green)
    draw.ellipse(box(62, 56, 194, 156), fill=(112, 142, 58))
    for cx in (84, 172):
        draw.ellipse(box(cx - 24, 38, cx + 24, 86), fill=(118, 148, 62))
        draw.ellipse(box(cx - 15, 46, cx + 15, 76), fill=(205, 170, 60))
        draw.ellipse(box(cx - 10, 54, cx + 10, 68), fill=(15, 15, 12))
    draw.arc(box(76, 70, 180, 140), 20, 160, fill=(50, 66, 24), width=4 * SCALE)
    draw.ellipse(box(84, 134, 172, 212), fill=(176, 178, 120))
    for cx in (60, 196):
        draw.polygon(points((cx - 12, 190), (cx + 12, 190), (cx + 26, 234), (cx, 226), (cx - 26, 234)), fill=green)
    for _ in range(60):
        x, y, r = rng.uniform(60, 196), rng.uniform(70, 130), rng.uniform(2, 5)
        draw.ellipse(box(x - r, y - r, x + r, y + r), fill=(84, 110, 42))
    return finish(picture, 15, grain=9)


def horse():
    picture, draw = canvas((170, 200, 225), (210, 220, 220))
    draw.rectangle(box(0, 150, 256, 256), fill=(98, 128, 58))
    rng = random.Random(8)
    for _ in range(900):
        x, y = rng.uniform(0, 256), rng.uniform(152, 256)
        draw.line(points((x, y), (x + rng.uniform(-2, 2), y - rng.uniform(3, 8))), fill=(80 + rng.randint(0, 50), 120 + rng.randint(0, 30), 50), width=SCALE)
    brown, dark = (112, 66, 34), (52, 30, 18)
    for x in (76, 98):
        draw.polygon(points((x, 160), (x + 17, 160), (x + 12, 232), (x + 3, 232)), fill=(96, 56, 30))
    for x in (156, 178):
        draw.polygon(points((x, 160), (x + 17, 160), (x + 12, 232), (x + 3, 232)), fill=(96, 56, 30))
    for x in (79, 101, 159, 181):
        draw.rectangle(box(x, 226, x + 10, 236), fill=dark)
    draw.ellipse(box(62, 96, 204, 172), fill=brown)
    draw.polygon(points((168, 104), (204, 124), (236, 66), (214, 44)), fill=brown)
    draw.polygon(points((206, 44), (226, 36), (252, 84), (240, 92), (216, 78)), fill=(118, 70, 36))
    draw.polygon(points((212, 46), (214, 26), (224, 40)), fill=brown)
    draw.polygon(points((160, 104), (172, 108), (216, 50), (208, 36), (190, 56)), fill=dark)
    draw.polygon(points((68, 110), (58, 120), (44, 188), (56, 192), (74, 134)), fill=dark)
    draw.ellipse(box(226, 54, 232, 60), fill=(15, 10, 8))
    return finish(picture, 16)


SCENES = {f.__name__: f for f in (airplane, automobile, frog, horse, ship, truck)}


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for name, scene in SCENES.items():
        scene().save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
