"""What JPEG has of its own: decoding at a fraction of the size, and scans without end."""

import re

from PIL import Image

SCALES = (8, 4, 2)
MAX_SHIFT = 0.25  # of a pixel that is asked for
MARKER = re.compile(rb"\xff([\xc0-\xcf\xd9-\xfe])")  # those that a length follows, and the end
END, SCAN = b"\xd9", b"\xda"


def enough(image: Image.Image, at_least: int) -> int:
    """Return 8, 4 or 2 where an 1/8, 1/4 or 1/2 of a JPEG is enough; 1 for all else.

    Smaller, it is made of whole blocks and shows more than there is: what hangs over moves the
    picture, so a scale at which that could be seen is not taken.

    Parameters
    ----------
    image
        An image that is not loaded yet.
    at_least
        Shorter side in pixels that is enough; 0 for all of it.
    """
    if not (at_least and is_jpeg(image)):
        return 1
    width, height = image.size
    short = min(width, height)
    for scale in SCALES:
        over = max(-width % scale, -height % scale)
        if short >= scale * at_least and over * at_least <= MAX_SHIFT * short:
            return scale
    return 1


def is_jpeg(image: Image.Image) -> bool:
    """Tell whether an image is a JPEG, of several pictures too."""
    return image.format in {"JPEG", "MPO"}


def n_scans(data: bytes) -> int:
    """Return the scans of the first picture of a JPEG, not of what is appended to it; else 0."""
    at = scans = 0
    while data.startswith(b"\xff\xd8") and (found := MARKER.search(data, at)):
        if found[1] == END:
            break
        scans += found[1] == SCAN
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
    return scans
