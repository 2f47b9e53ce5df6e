"""Small copies of images, as text that a page can hold."""

import base64
import io

from labelaudit.embeddings.images.decode import UnreadableError, decode, pillow_warnings_ignored
from labelaudit.errors import InputError

SIDE = 96


def thumbnail(data: bytes) -> str:
    """Return an image as WebP in base64, its longer side at most 96 pixels, without metadata.

    Raises
    ------
    InputError
        When it cannot be read, though it could be when it was embedded.
    """
    try:
        with pillow_warnings_ignored():
            image = decode(data, at_least=SIDE).image
    except UnreadableError as error:
        raise InputError(
            f"an image that was read before cannot be read now: {error}",
            hint="were files changed, or packages removed? scan again with --no-cache",
        ) from error
    image.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=70, method=4)
    return base64.b64encode(out.getvalue()).decode()
