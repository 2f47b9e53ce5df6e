"""Which items are the same: by the bytes of their files, or by their embeddings."""

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.decode import Status
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
def embedding_hashes(embeddings: Embeddings) -> NDArray[np.uint64]:
    """Return 64 bits of BLAKE2 over each item's embedding: by it an order is as good as drawn."""
    hashes = (
        hashlib.blake2b((vector + 0).tobytes(), digest_size=8).digest()  # minus zero is zero
        for vector in embeddings.vectors
    )
    found = np.fromiter(hashes, dtype="S8", count=len(embeddings.vectors))
    return found.view(np.uint64)


@provider
def copies(embeddings: Embeddings, embedding_hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return a number an item that items of equal embedding share; ``-1`` without embedding."""
    codes = np.full(len(embeddings.present), -1, dtype=np.int64)
    codes[embeddings.present] = pd.factorize(embedding_hashes[embeddings.present])[0]
    return codes


def some_of(
    items: NDArray[np.int64],
    most: int,
    embedding_hashes: NDArray[np.uint64],
    labels: NDArray[np.int32] | None = None,
) -> NDArray[np.int64]:
    """Return at most so many of some items, the same ones however the items are sorted.

    Their positions in ``items``, ascending; copies are told apart by their labels.
    """
    ties = np.zeros(len(items)) if labels is None else labels[items]
    return np.sort(np.lexsort((ties, embedding_hashes[items]))[:most])


def _leading_words(digests: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the first 64 bits of each digest."""
    return np.ascontiguousarray(digests[:, :8]).view(np.uint64).ravel()
