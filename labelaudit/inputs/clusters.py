"""Items that look alike, in a few clusters of the embedding."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.copies import some_of

MOST_DRAWN: Final = 20_000
ITEMS_A_CLUSTER: Final = 200
FEWEST_CLUSTERS, MOST_CLUSTERS = 2, 50
FEWEST_ITEMS: Final = 60


@provider
def clusters(
    embeddings: Embeddings, embedding_hashes: NDArray[np.uint64], random_state: int
) -> NDArray[np.int32]:
    """Return the cluster of each item, from 0 for the largest; ``-1`` without an embedding.

    There is one for every 200 items, at least 2 and at most 50: k-means of embeddings that were
    centered and brought to unit length, fitted on at most 20,000 different ones, chosen by their
    content.
    """
    from sklearn.cluster import KMeans

    present = np.flatnonzero(embeddings.present)
    if len(present) < FEWEST_ITEMS:
        raise MissingInputError(
            f"items with an embedding: {len(present):,}, and {FEWEST_ITEMS} are needed for clusters"
        )
    _, first = np.unique(embedding_hashes[present], return_index=True)
    different = present[first]
    drawn = different[some_of(different, MOST_DRAWN, embedding_hashes)]
    drawn = drawn[np.argsort(embedding_hashes[drawn])]
    n_clusters = int(np.clip(len(present) // ITEMS_A_CLUSTER, FEWEST_CLUSTERS, MOST_CLUSTERS))
    if len(drawn) < n_clusters:
        raise MissingInputError("all embeddings are the same, and have no clusters")
    sample = embeddings.vectors[drawn].astype(np.float32)
    center = sample.mean(axis=0)
    fitted = KMeans(n_clusters, n_init=1, random_state=random_state).fit(_units(sample, center))
    centers: NDArray[np.float32] = fitted.cluster_centers_
    half_squares = (centers**2).sum(axis=1) / 2
    codes = np.full(len(embeddings.present), -1, dtype=np.int32)
    for block in row_blocks(len(present)):
        rows = present[block]
        units = _units(embeddings.vectors[rows].astype(np.float32), center)
        codes[rows] = (units @ centers.T - half_squares).argmax(axis=1)
    return _by_size(codes, embedding_hashes)


def _units(vectors: NDArray[np.float32], center: NDArray[np.float32]) -> NDArray[np.float32]:
    part = vectors - center
    units: NDArray[np.float32] = part / np.maximum(
        np.linalg.norm(part, axis=1, keepdims=True), 1e-12
    )
    return units


def _by_size(codes: NDArray[np.int32], hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return clusters numbered from the largest on, equal ones by their items, without gaps."""
    known = codes >= 0
    found, inverse, sizes = np.unique(codes[known], return_inverse=True, return_counts=True)
    first = np.full(len(found), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(first, inverse, hashes[known])
    places = np.argsort(np.lexsort((first, -sizes)))
    numbered = codes.copy()
    numbered[known] = places[inverse]
    return numbered
