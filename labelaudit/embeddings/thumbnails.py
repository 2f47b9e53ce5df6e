"""Small copies of images, as text that a page can hold."""

import base64
import io

from labelaudit.embeddings.decode import decode, pillow_warnings_ignored

SIDE = 96


def thumbnail(data: bytes) -> str:
    """Return an image as WebP in base64, its longer side at most 96 pixels, without metadata."""
    with pillow_warnings_ignored():
        image = decode(data, at_least=SIDE).image
    image.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=70, method=4)
    return base64.b64encode(out.getvalue()).decode()
