"""Whole pictures of every mode, depth, orientation and shape, and of several frames."""

import random
from collections.abc import Callable, Iterator

import numpy as np
from odd import LOSSY, SIZE, Odd, Pixels, gray_waves, on_white, three
from pictures import encoded, gif, oriented, picture, png, rows, stereo, tiff, waves
from PIL import Image

Case = tuple[Image.Image, Pixels, str]
SUFFIX = {"JPEG2000": "jp2"}
OPTIONS: dict[str, dict[str, object]] = {"ICO": {"sizes": [SIZE]}, "WEBP": {"lossless": True}}


def modes() -> Iterator[Odd]:
    """Every mode of Pillow in every format that takes it, without loss or nearly."""
    for mode, (image, seen, formats) in _without_loss().items():
        for kind in formats.split():
            if kind in {"JPEG", "AVIF"}:
                data, tolerance = encoded(image, kind, quality=95), LOSSY
            else:
                data, tolerance = encoded(image, kind, **OPTIONS.get(kind, {})), 1.0
            name = f"mode {mode}.{SUFFIX.get(kind, kind)}"
            yield Odd(name=name, data=data, pixels=seen, tolerance=tolerance)
    indexed, looked_up, index = _indexed()
    holes = np.where((index == 3)[:, :, None], 255, looked_up).astype(np.uint8)
    for kind in ("PNG", "GIF"):
        data = encoded(indexed, kind, transparency=3, optimize=False)
        yield Odd(name=f"mode P with a hole.{kind}", data=data, pixels=holes)
    color = waves(*SIZE)
    for how in ("tiff_lzw", "tiff_deflate", "packbits", "tiff_adobe_deflate"):
        yield Odd(name=f"mode RGB {how}.tiff", data=picture("TIFF", compression=how), pixels=color)
    for sampling in (0, 1, 2):
        data = picture("JPEG", quality=95, subsampling=sampling, progressive=True)
        yield Odd(name=f"mode RGB {sampling}.jpeg", data=data, pixels=color, tolerance=LOSSY)


def _without_loss() -> dict[str, Case]:
    """Return a picture of each mode, what is seen of it, and the formats that take it."""
    gray, color = gray_waves(), waves(*SIZE)
    alpha = np.tile(np.linspace(0, 255, SIZE[0]).astype(np.uint8), (SIZE[1], 1))
    ink = np.dstack([color, 255 - gray]) // 2
    lit = 1 - ink[:, :, 3:] / 255.0
    indexed, looked_up, _ = _indexed()
    return {
        "1": (Image.fromarray(gray > 128), three(255 * (gray > 128)), "PNG TIFF BMP PPM GIF"),
        "L": (
            Image.fromarray(gray),
            three(gray),
            "PNG TIFF BMP PPM GIF WEBP JPEG2000 ICO JPEG AVIF",
        ),
        "LA": (
            Image.fromarray(np.dstack([gray, alpha]), "LA"),
            on_white(three(gray), alpha),
            "PNG TIFF JPEG2000 WEBP ICO",
        ),
        "P": (indexed, looked_up, "PNG GIF BMP TIFF WEBP ICO"),
        "RGB": (Image.fromarray(color), color, "PNG TIFF BMP PPM WEBP JPEG2000 ICO JPEG AVIF"),
        "RGBA": (
            Image.fromarray(np.dstack([color, alpha])),
            on_white(color, alpha),
            "PNG TIFF WEBP JPEG2000 ICO",
        ),
        "CMYK": (
            Image.fromarray(ink, "CMYK"),
            np.rint((255 - ink[:, :, :3]) * lit).astype(np.uint8),
            "TIFF JPEG2000 JPEG",
        ),
    }


def _indexed() -> tuple[Image.Image, Pixels, Pixels]:
    """Return a picture with a palette, its colors, and its numbers."""
    palette = random.Random(3).randbytes(3 * 32)  # noqa: S311 - repeatable, not secret
    index = (np.add.outer(np.arange(SIZE[1]) // 5, np.arange(SIZE[0]) // 7) % 32).astype(np.uint8)
    indexed = Image.fromarray(index, "P")
    indexed.putpalette(palette)
    return indexed, np.frombuffer(palette, np.uint8).reshape(-1, 3)[index], index


def deep() -> Iterator[Odd]:
    """Pictures of more and of fewer bits than 8."""
    deep = np.random.default_rng(5).integers(0, 65_536, (SIZE[1], SIZE[0], 4)).astype(np.uint16)
    upper = (deep >> 8).astype(np.uint8)
    gray, color = three(upper[:, :, 0]), upper[:, :, :3]
    wide = deep.astype(">u2")
    for kind in ("PNG", "TIFF", "PPM", "JPEG2000"):
        yield Odd(
            name=f"deep gray.{SUFFIX.get(kind, kind)}",
            data=encoded(deep[:, :, 0].copy(), kind),
            pixels=gray,
        )
    for name, order in {"little": "<", "big": ">"}.items():
        samples = deep.astype(f"{order}u2")
        yield Odd(
            name=f"deep gray {name} endian.tiff",
            data=tiff(samples[:, :, 0].copy(), order=order),
            pixels=gray,
        )
        yield Odd(
            name=f"deep color {name} endian.tiff",
            data=tiff(samples[:, :, :3].copy(), order=order),
            pixels=color,
        )
    yield Odd(
        name="deep white is zero.tiff",
        data=tiff(deep[:, :, 0].copy(), {262: (0,)}),
        pixels=255 - gray,
    )
    for name, color_type, channels, seen in (
        ("color", 2, wide[:, :, :3], color),
        ("alpha", 6, wide, on_white(color, upper[:, :, 3])),
        ("gray and alpha", 4, wide[:, :, :2], on_white(gray, upper[:, :, 1])),
    ):
        data = png(*SIZE, [rows(np.ascontiguousarray(channels))], 16, color_type)
        yield Odd(name=f"deep {name}.png", data=data, pixels=seen)
    for depth in (1, 2, 4):
        levels = np.random.default_rng(depth).integers(0, 2**depth, (40, 64)).astype(np.uint8)
        bits = np.unpackbits(levels[:, :, None], axis=2)[:, :, 8 - depth :]
        packed = np.packbits(bits.reshape(40, -1), axis=1)
        data = png(64, 40, [rows(packed)], depth, 0)
        yield Odd(
            name=f"deep {depth} bits.png",
            data=data,
            pixels=three(levels * (255 // (2**depth - 1))),
        )


TURNED: dict[int, Callable[[Pixels], Pixels]] = {  # what is stored, seen upright (Exif 2.32)
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90,
}


def oriented_pictures() -> Iterator[Odd]:
    for number, turned in TURNED.items():
        for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
            yield Odd(
                name=f"oriented {number}.{kind}",
                data=oriented(number, kind),
                pixels=turned(waves(*SIZE)),
                tolerance=1 if kind in {"PNG", "TIFF"} else LOSSY,
            )
        large = (600, 410)
        yield Odd(
            name=f"oriented {number} large.jpg",
            data=oriented(number, size=large),
            pixels=turned(waves(*large)),
            tolerance=LOSSY,
        )


def shapes() -> Iterator[Odd]:
    """Very long, very thin, and very small."""
    for size in ((1, 1), (2, 3), (1, 30_000), (30_000, 1), (3, 12_000), (12_000, 7)):
        for kind in ("PNG", "JPEG", "TIFF", "GIF"):
            seen = waves(*size)
            if kind == "GIF":
                seen = three(seen[:, :, 0])
            options: dict[str, object] = {"quality": 95} if kind == "JPEG" else {}
            yield Odd(
                name=f"shape {size[0]}x{size[1]}.{kind}",
                data=encoded(seen[:, :, 0].copy() if kind == "GIF" else seen, kind, **options),
                pixels=seen,
                tolerance=4 * LOSSY if kind == "JPEG" else 1,
            )


def several_frames() -> Iterator[Odd]:
    first = waves(*SIZE)
    others = [Image.new("RGB", SIZE, color) for color in ("lime", "blue", "black", "red")]
    for kind, lossy in {
        "WEBP": False,
        "PNG": False,
        "TIFF": False,
        "MPO": True,
        "AVIF": True,
    }.items():
        for count in (1, 4):
            options: dict[str, object] = {"lossless": True} if kind == "WEBP" else {"quality": 95}
            if kind in {"PNG", "TIFF"}:
                options = {}
            data = encoded(first, kind, save_all=True, append_images=others[:count], **options)
            yield Odd(
                name=f"frames {count + 1}.{kind}",
                data=data,
                pixels=first,
                tolerance=LOSSY if lossy else 1,
            )
    yield Odd(name="frames stereo.mpo", data=stereo(), pixels=first, tolerance=LOSSY)
    colors = [(250, 10, 20), (30, 40, 240), (9, 200, 90)]
    for clear in (None, 2):
        for left, top, width, height in ((0, 0, 9, 7), (2, 1, 4, 3), (0, 5, 9, 2), (8, 6, 1, 1)):
            seen = np.full((7, 9, 3), 255, dtype=np.uint8)
            seen[top : top + height, left : left + width] = colors[1]
            frames = [(left, top, width, height, 1), (0, 0, 9, 7, 0)]
            yield Odd(
                name=f"frames offset {left} {top} {clear}.gif",
                data=gif((9, 7), frames, colors, clear),
                pixels=seen,
            )
