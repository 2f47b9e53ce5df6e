"""Images drawn from formulas, in the encodings and conditions that datasets have them in."""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def waves(width: int, height: int) -> NDArray[np.uint8]:
    """Return a smooth picture without symmetry, shape ``(height, width, 3)``."""
    y, x = np.mgrid[:height, :width]
    channels = [128 + 100 * np.sin(x / (9 + 4 * k) + y / (17 - 3 * k) + k) for k in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def encoded(
    image: Image.Image | NDArray[np.generic], kind: str = "PNG", **options: object
) -> bytes:
    """Return an image, or the pixels of one, in an encoding."""
    out = io.BytesIO()
    if not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    image.save(out, kind, **options)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """Return the smooth picture in an encoding."""
    return encoded(waves(*size), kind, **options)


def oriented(orientation: int, kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """Return the smooth picture with an EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, object] = {"quality": 95} if kind == "JPEG" else {}
    return encoded(waves(*size), kind, exif=exif, **options)


def png(width: int, height: int, chunks: list[tuple[bytes, bytes]], depth: int = 8) -> bytes:
    """Return an RGB PNG of a declared size, with the chunks that are given."""
    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return PNG_MAGIC + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in [(b"IHDR", header), *chunks, (b"IEND", b"")]
    )


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG that declares a huge size."""
    return png(width, height, [(b"IDAT", zlib.compress(bytes(1000)))])


def text_bomb() -> bytes:
    """Return a good PNG with a compressed text of 80 MB before its pixels."""
    rows = zlib.compress(b"".join(b"\0" + row.tobytes() for row in waves(20, 10)))
    text = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
    return png(20, 10, [(b"zTXt", text), (b"IDAT", rows)])


def float_tiff() -> bytes:
    """Return a TIFF of floating-point numbers between 0 and 1."""
    return encoded(np.linspace(0, 1, 200, dtype=np.float32).reshape(10, 20), "TIFF")


def damaged_tiff() -> bytes:
    """Return a TIFF whose strips lie beyond its end."""
    data = bytearray(picture("TIFF"))
    tags = Image.open(io.BytesIO(bytes(data))).tag_v2  # type: ignore[attr-defined]
    offset = tags[TiffImagePlugin.STRIPOFFSETS][0]
    return bytes(data[: offset + 50]) if offset < len(data) // 2 else bytes(data[: len(data) // 2])
