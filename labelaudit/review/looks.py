"""What the page shows of each item, read again from a dataset that must not have changed."""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

from labelaudit.dataset import Dataset
from labelaudit.embeddings.images.again import image_again
from labelaudit.errors import InputError
from labelaudit.review.items import SCAN_AGAIN, Items
from labelaudit.review.pictures import LARGE, picture, share_of_bytes

EXAMPLE_SIDE, EXAMPLE_BYTES = 96, 8_000
TEXTS = 3_000_000  # characters of all texts together
EXAMPLE_CHARACTERS = 200
Look = dict[str, object]


def check_content(dataset: Dataset, items: Items, rows: Iterable[int]) -> None:
    """Refuse items of which the bytes are not those that were scanned.

    Raises
    ------
    InputError
        When some cannot be read, or changed; all are said.
    """
    problems = []
    for row in rows:
        found = content_of(dataset, row)
        if found != items.cell("content_sha256", row):
            what = f"it has the hash {found[:12]}" if found else "it cannot be read"
            was = items.cell("content_sha256", row)[:12]
            problems.append(f"{dataset.paths[row]}: {what}, and had {was}")
    if problems:
        raise InputError(
            f"{dataset.name}: {len(problems):,} items are not what they were when scanned",
            details=problems,
            hint=SCAN_AGAIN,
        )


def content_of(dataset: Dataset, row: int) -> str:
    """Return the SHA-256 of an item's bytes in hexadecimal; empty when it cannot be read."""
    if dataset.media is None:
        return ""
    try:
        return hashlib.sha256(dataset.media.read(row)).hexdigest()
    except OSError:
        return ""


def looks(dataset: Dataset, items: Items, rows: Sequence[int]) -> list[Look]:
    """Return items as a page shows them large: a picture, or a text."""
    if dataset.modality == "text":
        most = TEXTS // max(1, len(rows))
        return [_text(dataset, row, most) for row in rows]
    most_bytes = share_of_bytes(len(rows))
    return [_image(dataset, items, row, LARGE, most_bytes) for row in rows]


def small_looks(dataset: Dataset, items: Items, rows: Sequence[int]) -> list[Look]:
    """Return items as a page shows them small, as examples of a class."""
    if dataset.modality == "text":
        return [_text(dataset, row, EXAMPLE_CHARACTERS) for row in rows]
    return [_image(dataset, items, row, EXAMPLE_SIDE, EXAMPLE_BYTES) for row in rows]


def _image(dataset: Dataset, items: Items, row: int, side: int, most_bytes: int) -> Look:
    digest = np.frombuffer(bytes.fromhex(items.cell("content_sha256", row)), dtype=np.uint8)
    image = image_again(dataset, row, digest, at_least=side)
    return picture(image, side, most_bytes)


def _text(dataset: Dataset, row: int, most: int) -> Look:
    text = dataset.text(row) or ""
    return {"text": text[:most], "cut": max(0, len(text) - most)}
