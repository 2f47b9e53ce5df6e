"""Images for a page: large enough to judge, and not too large to send."""

import base64
import io

from PIL import Image

LARGE = 512  # longer side of an image, at most
SMALL = 160  # up to this longer side an image is kept without loss, as it will be enlarged
STEPS = ((1.0, 80), (1.0, 60), (0.875, 50), (0.75, 40), (0.75, 20))  # of the side; WebP quality
TOTAL = 14_000_000  # bytes of all large images together, before base64
LEAST_SHARES = 200  # a short list does not make its images larger


def share_of_bytes(n_items: int) -> int:
    """Return how many bytes each of so many images may have."""
    return TOTAL // max(n_items, LEAST_SHARES)


def picture(image: Image.Image, side: int, most_bytes: int) -> dict[str, object]:
    """Return an RGB image as WebP in base64, with its size in pixels, without metadata.

    Its longer side is at most ``side``. It is made coarser and smaller, never less than three
    quarters of that at quality 20, until it has at most ``most_bytes``.
    """
    encoded, small = b"", image
    for part, quality in STEPS:
        small = image.copy()
        small.thumbnail((round(part * side),) * 2, Image.Resampling.LANCZOS)
        encoded = _webp(small, quality)
        if len(encoded) <= most_bytes:
            break
    text = base64.b64encode(encoded).decode()
    return {"webp": text, "width": small.width, "height": small.height}


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    if max(image.size) <= SMALL and quality == STEPS[0][1]:
        image.save(out, "WEBP", lossless=True)
    else:
        image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()
