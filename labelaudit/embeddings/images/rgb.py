"""From any of Pillow's modes to 8-bit RGB."""

import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MAX_16_BIT = 65_535
SIXTEEN = re.compile("(?<!BGR);16")  # Pillow's raw modes; in BGR;16 a whole pixel has 16 bits
FEW_BITS = {"L;2": 85, "L;4": 17}  # one step of gray in 8 bits
WHITE_IS_ZERO = (262, 0)  # TIFF 6.0, tag PhotometricInterpretation


class NoBlackAndWhiteError(Exception):
    """Numbers of which it is unknown which are black and white."""


def is_sixteen_bit(image: Image.Image) -> bool:
    """Tell whether an image that is not loaded yet has more than 8 bits a channel."""
    return image.mode.startswith("I") or any(SIXTEEN.search(tile) for tile in _tiles(image))


def prepare(image: Image.Image) -> None:
    """Mend what Pillow gets wrong of few and many bits, before an image is loaded.

    Of a PNG of 2, 4 or 16 bits, the number that is transparent stays as it is in the file while
    the pixels become 8 bits.
    """
    said = image.info.get("transparency")
    step = next((FEW_BITS[raw] for raw in FEW_BITS for tile in _tiles(image) if raw in tile), 1)
    if isinstance(said, int) and step > 1:
        image.info["transparency"] = said * step
    elif isinstance(said, int) and image.mode.startswith("I"):
        image.info["transparency"] = said >> 8
    elif isinstance(said, tuple) and is_sixteen_bit(image):
        image.info["transparency"] = tuple(number >> 8 for number in said)


def bits_of(image: Image.Image) -> int:
    """Return the bits of a gray number of a mode of 16 bits, before an image is loaded."""
    return 12 if any("I;12" in tile for tile in _tiles(image)) else 16


def drawn_part(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box that the first frame of a GIF draws, None when that is all of it.

    To be called before the image is loaded: Pillow fills the rest with color 0 of the palette,
    where a browser leaves it transparent.
    """
    if image.format != "GIF" or not image.tile:  # type: ignore[attr-defined]
        return None
    box: tuple[int, int, int, int] = image.tile[0][1]  # type: ignore[attr-defined]
    return box if box != (0, 0, *image.size) else None


def on_white(image: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """Return an image in RGB with nothing but white outside of a box."""
    whole = Image.new("RGB", image.size, "white")
    whole.paste(image.crop(box), box)
    return whole


def to_rgb(image: Image.Image, bits: int = 16) -> Image.Image:
    """Return an image in 8-bit RGB: the upper 8 bits, on white where it is transparent.

    Parameters
    ----------
    image
        A loaded image.
    bits
        Of a mode of 16 bits, how many are used.

    Raises
    ------
    NoBlackAndWhiteError
        When it has floating-point numbers, or such as do not fit 16 bits.
    """
    if image.mode == "F":
        raise NoBlackAndWhiteError("floating-point numbers, of which black and white are unknown")
    if image.mode.startswith("I"):
        image = _upper_eight(image, bits)
    if image.has_transparency_data:
        seen = image if image.mode == "RGBA" else image.convert("RGBA")
        image = Image.new("RGB", seen.size, "white")
        image.paste(seen, mask=seen)
    return image if image.mode == "RGB" else image.convert("RGB")


def _upper_eight(image: Image.Image, bits: int) -> Image.Image:
    wide: NDArray[np.integer] = np.asarray(image)
    low, high = wide.min(), wide.max()
    if low < 0 or high > MAX_16_BIT:
        raise NoBlackAndWhiteError(
            f"numbers from {low} to {high}, of which black and white are unknown"
        )
    eight = (wide >> (bits - 8)).astype(np.uint8)
    tag, value = WHITE_IS_ZERO
    tags = getattr(image, "tag_v2", {})
    inverted = image.mode == "I;16" and tags.get(tag) == value  # Pillow inverts 8 bits alone
    upper = Image.fromarray(255 - eight if inverted else eight)
    if "transparency" in image.info:
        upper.info["transparency"] = image.info["transparency"]
    return upper


def _tiles(image: Image.Image) -> list[str]:
    return [str(tile) for tile in getattr(image, "tile", ())]
