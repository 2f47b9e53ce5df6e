"""One odd or damaged image, and what has to become of it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pictures import picture, waves

from labelaudit.embeddings.images.decode import Status

SIZE = (60, 40)
LOSSY = 4.0  # mean difference in levels that an encoding may leave
DAMAGED = frozenset({Status.TRUNCATED})
NO_IMAGE = frozenset({Status.NOT_AN_IMAGE})
TOO_LARGE = frozenset({Status.TOO_LARGE})
REFUSED = frozenset({Status.TRUNCATED, Status.NOT_AN_IMAGE, Status.TOO_LARGE})
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Odd:
    """One image: its name, its bytes, and what has to become of them.

    Attributes
    ----------
    name
        File name; its first word is the category.
    data
        The bytes.
    pixels
        What has to be seen, upright RGB; None when it must not be read, or may look like anything.
    refused
        The statuses it may be listed with; empty when it must be read.
    tolerance
        Mean difference to `pixels` that is allowed; also the largest difference when it is 1.
    may_be_read
        Whether it may be read in spite of `refused`, with any pixels when `pixels` is None.
    """

    name: str
    data: bytes = field(repr=False)
    pixels: Pixels | None = field(default=None, repr=False)
    refused: frozenset[Status] = frozenset()
    tolerance: float = 1.0
    may_be_read: bool = False


def gray_waves() -> Pixels:
    return waves(*SIZE)[:, :, 0]


def three(gray: NDArray[np.generic]) -> Pixels:
    return np.repeat(gray.astype(np.uint8)[:, :, None], 3, axis=2)


def on_white(color: Pixels, alpha: Pixels) -> Pixels:
    share = alpha[:, :, None] / 255.0
    return np.rint(color * share + 255 * (1 - share)).astype(np.uint8)


def base() -> dict[str, tuple[bytes, float]]:
    """Return the same picture in ten encodings, with what each loses."""
    return {
        "jpg": (picture("JPEG", quality=95), LOSSY),
        "jpeg": (picture("JPEG", quality=95, progressive=True), LOSSY),
        "png": (picture("PNG"), 1),
        "bmp": (picture("BMP"), 1),
        "ppm": (picture("PPM"), 1),
        "tif": (picture("TIFF", compression="tiff_lzw"), 1),
        "tiff": (picture("TIFF"), 1),
        "webp": (picture("WEBP", lossless=True), 1),
        "jp2": (picture("JPEG2000"), 1),
        "avif": (picture("AVIF", quality=95), LOSSY),
    }
