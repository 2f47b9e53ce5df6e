"""Images that were read before, read again for what needs their pixels."""

import hashlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelaudit.dataset import Dataset
from labelaudit.embeddings.images.decode import UnreadableError, decode, pillow_warnings_ignored
from labelaudit.errors import InputError


def image_again(
    dataset: Dataset, item: int, digest: NDArray[np.uint8], *, at_least: int
) -> Image.Image:
    """Return an image in RGB that was read before.

    Parameters
    ----------
    dataset
        A dataset with media.
    item
        Its row.
    digest
        SHA-256 of the bytes that were read before.
    at_least
        As `decode` has it.

    Raises
    ------
    InputError
        When it is not the same any more, or cannot be read, though it could be.
    """
    if dataset.media is None:
        raise ValueError("the dataset has no media")
    name = f"{dataset.name}: {dataset.paths[item]}"
    try:
        data = dataset.media.read(item)
        if hashlib.sha256(data).digest() != digest.tobytes():
            raise InputError(
                f"{name}: the image changed during the scan", hint="scan again when it rests"
            )
        with pillow_warnings_ignored():
            return decode(data, at_least=at_least).image
    except (OSError, ValueError, MemoryError, UnreadableError) as error:
        said = getattr(error, "strerror", None) or str(error) or "it does not fit into memory"
        raise InputError(
            f"{name}: the image was read before and cannot be read now: {said}",
            hint="were files changed, or packages removed? scan again with --no-cache",
        ) from error
