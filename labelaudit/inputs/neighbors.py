"""Each item's nearest neighbors by cosine similarity, exact, found once for every measure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.progress import Progress
from labelaudit.statistics.nearest_neighbors import UnitRows, nearest, unit_vectors

N_NEIGHBORS = 50
MOST = 1_000_000
IN_MEMORY = 2**29  # bytes of float32 beyond which rows are made as they are needed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbors:
    """Nearest neighbors, nearest first, the item itself left out.

    Attributes
    ----------
    indices
        Rows of the dataset, ``-1`` where an item has fewer, shape ``(n_samples, n_neighbors)``.
    similarities
        Cosine similarity of each, ``-inf`` where there is none.
    """

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]


@provider
def neighbors(embeddings: Embeddings, n_threads: int, progress: Progress) -> Neighbors:
    """Return the 50 nearest neighbors of every embedded item.

    The vectors are centered first: features that are all positive point into one cone, and their
    cosines are then all near 1.
    """
    present = np.flatnonzero(embeddings.present)
    if len(present) < 2:  # noqa: PLR2004 - an item and another
        raise MissingInputError("fewer than two items have an embedding")
    if len(present) > MOST:
        raise MissingInputError(
            f"exact neighbors of {len(present):,} items would take days; the limit is {MOST:,}"
        )
    fits = 4 * len(present) * embeddings.vectors.shape[1] <= IN_MEMORY
    vectors = (unit_vectors if fits else UnitRows)(embeddings.vectors, present)
    k = min(N_NEIGHBORS, len(present) - 1)
    found, similarities = nearest(vectors, k, n_threads=n_threads, progress=progress)
    n = len(embeddings.present)
    indices = np.full((n, k), -1, dtype=np.int32)
    indices[present] = present[found]
    spread = np.full((n, k), -np.inf, dtype=np.float32)
    spread[present] = similarities
    return Neighbors(indices=indices, similarities=spread)
