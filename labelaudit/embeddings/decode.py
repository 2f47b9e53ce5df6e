"""From the bytes of an image to upright 8-bit RGB, by one policy that says what it changed."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

POLICY = "decode-1"
MAX_PIXELS = 89_478_485  # the size from which Pillow itself warns of a decompression bomb
SIGNATURE_SIDE = 16
MAX_16_BIT = 65_535
SIXTEEN = re.compile("(?<!BGR);16")  # Pillow's raw modes; in BGR;16 a whole pixel has 16 bits
TURNS = {  # Exif 2.32, tag Orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
PROGRAMS = ("EPS", "WMF", "EMF")  # to draw one, Pillow runs Ghostscript or asks Windows


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
    converted, and of an animation the first frame is taken. Numbers that have no declared black
    and white (floating-point, 32 bits) are no image.

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
        return _decoded(data, at_least)
    except UnreadableError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableError(Status.TOO_LARGE, f"a decompression bomb? {error}") from error
    except UnidentifiedImageError as error:
        raise UnreadableError(Status.NOT_AN_IMAGE, f"not an image: {_begins(data)}") from error
    except Exception as error:  # damaged bytes make a decoder raise just anything
        raise UnreadableError(Status.TRUNCATED, f"truncated or damaged: {error}") from error


@contextmanager
def pillow_warnings_ignored() -> Iterator[None]:
    """Ignore what Pillow warns of in odd files: what matters of it is in what `decode` returns.

    Filters belong to the whole process: enter it before threads start, not in each of them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def signature(image: Image.Image) -> NDArray[np.uint8]:
    """Return a 16 x 16 gray copy, shape ``(256,)``: enough to tell a near copy from a likeness."""
    small = image.convert("L").resize((SIGNATURE_SIDE, SIGNATURE_SIDE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.uint8).reshape(-1)


def _decoded(data: bytes, at_least: int) -> Decoded:
    image = Image.open(io.BytesIO(data))
    width, height = image.size
    if image.format in PROGRAMS:
        raise UnreadableError(Status.NOT_AN_IMAGE, f"{image.format} is drawn by another program")
    if width * height > MAX_PIXELS:
        raise UnreadableError(
            Status.TOO_LARGE,
            f"{width} x {height} pixels, more than {MAX_PIXELS:,}: a decompression bomb?",
        )
    oddities = _oddities(image)
    if image.format == "TIFF":
        width, height = image.tag_v2[256], image.tag_v2[257]  # type: ignore[attr-defined]
    if at_least:
        image.draft(None, _draft_size(width, height, at_least))
    image.load()
    upright, turned = _upright(image)
    return Decoded(_rgb(upright), width, height, oddities | turned)


def _draft_size(width: int, height: int, at_least: int) -> tuple[int, int]:
    """Return the size whose shorter side is enough, in the image's own proportions."""
    scale = at_least / min(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _oddities(image: Image.Image) -> Oddity:
    """Return what an image says of itself before it is loaded, when some of it gets lost."""
    oddities = Oddity.NONE
    if getattr(image, "is_animated", False):
        oddities |= Oddity.ANIMATED
    if image.format == "TIFF" and _orientation(image) in TURNS:
        oddities |= Oddity.ROTATED  # loading it will turn it
    tiles = [str(tile) for tile in getattr(image, "tile", ())]
    if image.mode.startswith("I") or any(SIXTEEN.search(tile) for tile in tiles):
        oddities |= Oddity.SIXTEEN_BIT
    if image.has_transparency_data:
        oddities |= Oddity.ALPHA
    if image.mode == "CMYK":
        oddities |= Oddity.CMYK
    if image.mode in {"1", "L", "LA", "La"} or image.mode.startswith("I"):
        oddities |= Oddity.GRAYSCALE
    return oddities


def _upright(image: Image.Image) -> tuple[Image.Image, Oddity]:
    """Turn an image as its EXIF wants it; a JPEG's or PNG's is still there after loading."""
    turn = TURNS.get(_orientation(image))
    if turn is None:
        return image, Oddity.NONE
    return image.transpose(turn), Oddity.ROTATED


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation; 1, upright, when the EXIF is damaged, as the pixels are not."""
    try:
        said = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - damaged EXIF makes Pillow raise just anything
        return 1
    return said if isinstance(said, int) else 1


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise UnreadableError(
            Status.NOT_AN_IMAGE, "floating-point numbers, of which black and white are unknown"
        )
    if image.mode.startswith("I"):
        wide = np.asarray(image, dtype=np.int64)
        if wide.min() < 0 or wide.max() > MAX_16_BIT:
            raise UnreadableError(
                Status.NOT_AN_IMAGE,
                f"numbers from {wide.min()} to {wide.max()}, of which black and white are unknown",
            )
        image = Image.fromarray((wide >> 8).astype(np.uint8))
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return image.convert("RGB")


def _begins(data: bytes) -> str:
    """Say how a file begins, so that a page saved as an image is seen for what it is."""
    return f"it begins with {data[:16]!r}"
