"""From the bytes of an image to upright 8-bit RGB, by one policy that says what it changed."""

import io
from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

POLICY = "decode-1"
MAX_PIXELS = 89_478_485  # the size from which Pillow itself warns of a decompression bomb
SIGNATURE_SIDE = 16


class Status(IntEnum):
    """Whether an item's image could be read."""

    OK = 0
    MISSING = 1
    EMPTY = 2
    TRUNCATED = 3
    NOT_AN_IMAGE = 4
    TOO_LARGE = 5


class Oddity(IntFlag):
    """What was changed to get upright 8-bit RGB."""

    NONE = 0
    ROTATED = 1
    SIXTEEN_BIT = 2
    CMYK = 4
    ALPHA = 8
    ANIMATED = 16
    GRAYSCALE = 32


class UnreadableError(Exception):
    """An image that cannot be read, with its status."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright 8-bit RGB image, its stored size, and what was changed."""

    image: Image.Image
    width: int
    height: int
    oddities: Oddity


def decode(data: bytes, *, at_least: int = 0) -> Decoded:
    """Decode an image to upright 8-bit RGB.

    EXIF rotation is applied, 16 bits become the upper 8, transparency becomes white, CMYK is
    converted, and of an animation the first frame is taken.

    Parameters
    ----------
    data
        The encoded image.
    at_least
        Shorter side in pixels that is enough; a large JPEG is then decoded at 1/2, 1/4 or 1/8.
        0 for full size.

    Returns
    -------
    The image, its stored size, and what was changed.

    Raises
    ------
    UnreadableError
        When it is empty, no image, truncated, or larger than `MAX_PIXELS`.
    """
    if not data:
        raise UnreadableError(Status.EMPTY, "the file is empty")
    try:
        image = Image.open(io.BytesIO(data))
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise UnreadableError(
                Status.TOO_LARGE,
                f"{width} x {height} pixels, more than {MAX_PIXELS:,}: a decompression bomb?",
            )
        if at_least:
            image.draft(None, _draft_size(width, height, at_least))
        image.load()
        return Decoded(*_upright_rgb(image, width, height))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableError(Status.TOO_LARGE, f"a decompression bomb? {error}") from error
    except UnidentifiedImageError as error:
        raise UnreadableError(Status.NOT_AN_IMAGE, f"not an image: {_begins(data)}") from error
    except (OSError, EOFError, SyntaxError, ValueError, IndexError, TypeError) as error:
        raise UnreadableError(Status.TRUNCATED, f"truncated or damaged: {error}") from error


def signature(image: Image.Image) -> NDArray[np.uint8]:
    """Return a 16 x 16 gray copy, shape ``(256,)``: enough to tell a near copy from a likeness."""
    small = image.convert("L").resize((SIGNATURE_SIDE, SIGNATURE_SIDE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.uint8).reshape(-1)


def _draft_size(width: int, height: int, at_least: int) -> tuple[int, int]:
    """Return the size whose shorter side is enough, in the image's own proportions."""
    scale = at_least / min(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _upright_rgb(
    image: Image.Image, width: int, height: int
) -> tuple[Image.Image, int, int, Oddity]:
    oddities = Oddity.NONE
    if getattr(image, "is_animated", False):
        oddities |= Oddity.ANIMATED
    upright = ImageOps.exif_transpose(image)
    if image.getexif().get(0x0112, 1) != 1:
        oddities |= Oddity.ROTATED
    image = upright
    if image.mode.startswith("I"):
        oddities |= Oddity.SIXTEEN_BIT
        wide = np.asarray(image, dtype=np.int64)
        image = Image.fromarray(np.clip(wide >> 8, 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        oddities |= Oddity.ALPHA
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    if image.mode == "CMYK":
        oddities |= Oddity.CMYK
    if image.mode in {"1", "L", "LA", "F"}:
        oddities |= Oddity.GRAYSCALE
    return image.convert("RGB"), width, height, oddities


def _begins(data: bytes) -> str:
    """Say how a file begins, so that a page saved as an image is seen for what it is."""
    return f"it begins with {data[:16]!r}"
