"""Small copies of images, as text that a page can hold."""

import base64
import io

from PIL import Image

SIDE = 96


def thumbnail(image: Image.Image) -> str:
    """Return an RGB image as WebP in base64, its longer side at most 96, without metadata."""
    small = image.copy()
    small.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=60, method=6)
    return base64.b64encode(out.getvalue()).decode()
