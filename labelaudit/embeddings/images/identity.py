"""Which image it is, however it is encoded: a hash of all its pixels, as they are seen."""

import hashlib
from collections.abc import Iterator

from PIL import Image

from labelaudit.embeddings.images.jpeg import END, MARKER

MOST_PIXELS = 2**22  # of a JPEG that is decoded in full for it, at three times the cost
STRIP = 2**20  # bytes of pixels that are copied at once
ADOBE = b"\xee"  # says what the colors of a JPEG are
METADATA = {bytes([marker]) for marker in (*range(0xE0, 0xF0), 0xFE)} - {ADOBE}


def pixels_sha256(image: Image.Image) -> bytes:
    """Return the SHA-256 of an image in RGB: of its width and height, and of its pixels.

    Examples
    --------
    >>> wide, high = Image.new("RGB", (4, 1)), Image.new("RGB", (1, 4))
    >>> pixels_sha256(wide) == pixels_sha256(high)
    False
    """
    if image.mode != "RGB":
        raise ValueError(f"pixels in mode {image.mode}, not RGB")
    found = hashlib.sha256(b"RGB %d %d\n" % image.size)
    rows = max(1, STRIP // (3 * image.width))
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        found.update(strip.tobytes())
    return found.digest()


def jpeg_sha256(data: bytes, orientation: int) -> bytes:
    """Return the SHA-256 of what a JPEG is decoded from, and how it is turned, undecoded.

    Its metadata, profiles, comments and appended pictures are left out.

    Parameters
    ----------
    data
        The file.
    orientation
        As Exif counts it.
    """
    found = hashlib.sha256(b"JPEG %d\n" % orientation)
    for part in _decoded_from(data):
        found.update(part)
    return found.digest()


def _decoded_from(data: bytes) -> Iterator[memoryview]:
    """Yield the segments of the first picture of a JPEG, and what its scans hold."""
    view, at = memoryview(data), 0
    while found := MARKER.search(data, at):
        yield view[at : found.start()]
        if found[1] == END:
            return
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
        if found[1] not in METADATA:
            yield view[found.start() : at]
    yield view[at:]
