"""Each item's nearest neighbors by cosine similarity, exact, found once for every measure."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.dataset import Dataset
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
def neighbors(
    embeddings: Embeddings,
    n_threads: int,
    progress: Progress,
    copies: NDArray[np.int64] | None = None,
    dataset: Dataset | None = None,
) -> Neighbors:
    """Return the 50 nearest neighbors of every embedded item.

    The vectors are centered first: features that are all positive point into one cone, and their
    cosines are then all near 1. Items of equal embedding count once, by ``copies``: a pile of them
    takes one place among anybody's neighbors, and an item's first neighbor is one of its copies,
    where it has any. Which one stands for its pile changes from item to item, so that all do; it
    follows from the paths of both, so that it is the same in whatever order the items come.
    """
    present = np.flatnonzero(embeddings.present)
    if len(present) < 2:  # noqa: PLR2004 - an item and another
        raise MissingInputError("fewer than two items have an embedding")
    if len(present) > MOST:
        raise MissingInputError(
            f"exact neighbors of {len(present):,} items would take days; the limit is {MOST:,}"
        )
    numbers = np.arange(len(present)) if copies is None else pd.factorize(copies[present])[0]
    _, firsts = np.unique(numbers, return_index=True)
    if len(firsts) < 2:  # noqa: PLR2004 - all are copies of one
        numbers, firsts = np.arange(len(present)), np.arange(len(present))
    found, similar = _nearest(embeddings, present[firsts], n_threads, progress)
    k, has_copies = found.shape[1], len(firsts) < len(present)
    width = min(N_NEIGHBORS, k + has_copies)
    indices = np.full((len(embeddings.present), width), -1, dtype=np.int32)
    spread = np.full(indices.shape, -np.inf, dtype=np.float32)
    indices[present, :k], spread[present, :k] = present[firsts][found[numbers]], similar[numbers]
    if has_copies:
        keys = _keys(dataset, present)
        _let_copies_stand(indices, spread, present, numbers, found, keys)
    return Neighbors(indices=indices, similarities=spread)


def _nearest(
    embeddings: Embeddings, rows: NDArray[np.int64], n_threads: int, progress: Progress
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the nearest of some rows among each other, counted from the first of them."""
    fits = 4 * len(rows) * embeddings.vectors.shape[1] <= IN_MEMORY
    vectors = (unit_vectors if fits else UnitRows)(embeddings.vectors, rows)
    k = min(N_NEIGHBORS, len(rows) - 1)
    return nearest(vectors, k, n_threads=n_threads, progress=progress)


def _keys(dataset: Dataset | None, present: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a hash of each item's path; without paths, its row."""
    if dataset is None:
        return present.astype(np.uint64)
    paths = dataset.paths.take(pa.array(present)).to_numpy(zero_copy_only=False)
    return pd.util.hash_array(paths, categorize=False)


def _let_copies_stand(
    indices: NDArray[np.int32],
    similarities: NDArray[np.float32],
    present: NDArray[np.int64],
    numbers: NDArray[np.int64],
    found: NDArray[np.int64],
    keys: NDArray[np.uint64],
) -> None:
    """Let copies stand for their piles in turn, and put each item's next copy first.

    ``numbers`` is the pile of each present item, ``found`` the piles nearest to each pile, and
    ``keys`` what copies, and those they stand for, take their turns by.
    """
    order = np.lexsort((keys, numbers))
    sizes = np.bincount(numbers)
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(numbers), dtype=np.int64)
    place[order] = np.arange(len(numbers)) - np.repeat(starts, sizes)
    for block in row_blocks(len(present)):
        rows = present[block]
        piles = found[numbers[block]]
        turn = (keys[block, None] % sizes[piles].astype(np.uint64)).astype(np.int64)
        indices[rows, : found.shape[1]] = present[order[starts[piles] + turn]]
    copied = np.flatnonzero(sizes[numbers] > 1)
    pile, rows = numbers[copied], present[copied]
    indices[rows, 1:], similarities[rows, 1:] = indices[rows, :-1], similarities[rows, :-1]
    indices[rows, 0] = present[order[starts[pile] + (place[copied] + 1) % sizes[pile]]]
    similarities[rows, 0] = 1
