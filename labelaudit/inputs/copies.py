"""Which items are the same: by the bytes of their files, or by their embeddings."""

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.decode import Status
from labelaudit.inputs import provider


@provider
def file_copies(content: Content) -> NDArray[np.int64]:
    """Return a number an item that items of equal files share; ``-1`` without a file to speak of.

    Empty files are no copies of each other: there is nothing in them to be the same.
    """
    codes = np.full(len(content.status), -1, dtype=np.int64)
    there = ~np.isin(content.status, (Status.MISSING, Status.EMPTY))
    codes[there] = pd.factorize(_leading_words(content.digests[there]))[0]
    return codes


@provider
def copies(embeddings: Embeddings) -> NDArray[np.int64]:
    """Return a number an item that items of equal embedding share; ``-1`` without embedding."""
    present = np.flatnonzero(embeddings.present)
    hashes = np.fromiter(
        (
            hashlib.blake2b(embeddings.vectors[item].tobytes(), digest_size=8).digest()
            for item in present
        ),
        dtype="S8",
        count=len(present),
    )
    codes = np.full(len(embeddings.present), -1, dtype=np.int64)
    codes[present] = pd.factorize(hashes.view(np.uint64))[0]
    return codes


def _leading_words(digests: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the first 64 bits of each digest."""
    return np.ascontiguousarray(digests[:, :8]).view(np.uint64).ravel()
