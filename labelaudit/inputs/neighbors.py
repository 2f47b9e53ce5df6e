"""Each item's nearest neighbours by cosine similarity, exact, found once for every measure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.linear_probe import row_blocks
from labelaudit.progress import Progress

N_NEIGHBORS = 50
BLOCK = 1024


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbors:
    """Nearest neighbours, nearest first, the item itself left out.

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
def neighbors(embeddings: Embeddings, progress: Progress) -> Neighbors:
    """Return the 50 nearest neighbours of every embedded item.

    The vectors are centered first: features that are all positive point into one cone, and their
    cosines are then all near 1.
    """
    present = np.flatnonzero(embeddings.present)
    if len(present) < 2:  # noqa: PLR2004 - an item and another
        raise MissingInputError("fewer than two items have an embedding")
    vectors = unit_vectors(embeddings.vectors, present)
    k = min(N_NEIGHBORS, len(present) - 1)
    found, similarities = nearest(vectors, k, progress=progress)
    n = len(embeddings.present)
    indices = np.full((n, k), -1, dtype=np.int32)
    indices[present] = present[found]
    spread = np.full((n, k), -np.inf, dtype=np.float32)
    spread[present] = similarities
    return Neighbors(indices=indices, similarities=spread)


def unit_vectors(vectors: NDArray[np.floating], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return rows of an array, centered and brought to unit length, as float32."""
    center = np.zeros(vectors.shape[1])
    for block in row_blocks(len(rows)):
        center += vectors[rows[block]].astype(np.float32).sum(axis=0, dtype=np.float64)
    center /= len(rows)
    out = np.empty((len(rows), vectors.shape[1]), dtype=np.float32)
    for block in row_blocks(len(rows)):
        part = vectors[rows[block]].astype(np.float32) - center.astype(np.float32)
        lengths = np.linalg.norm(part, axis=1, keepdims=True)
        out[block] = part / np.maximum(lengths, 1e-12)
    return out


def nearest(
    vectors: NDArray[np.float32], n_neighbors: int, *, progress: Progress
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Find exact nearest neighbours by inner product, each pair of blocks multiplied once.

    A block's product serves its rows and its columns. Only entries above a row's running k-th
    best are looked at, so after the first blocks there is little left to merge.

    Parameters
    ----------
    vectors
        Unit vectors, shape ``(n, n_features)``.
    n_neighbors
        Neighbours to find, less than ``n``.
    progress
        Told after each pair of blocks.

    Returns
    -------
    Rows of the neighbours, nearest first, ties by row; and their inner products.
    """
    n = len(vectors)
    best = np.full((n, n_neighbors), -np.inf, dtype=np.float32)
    index = np.full((n, n_neighbors), n, dtype=np.int64)
    blocks = list(row_blocks(n, BLOCK))
    total = len(blocks) * (len(blocks) + 1) // 2
    for done, (rows, columns) in enumerate(_pairs(blocks), start=1):
        product = vectors[rows] @ vectors[columns].T
        if rows == columns:
            np.fill_diagonal(product, -np.inf)
        else:
            better = np.flatnonzero(product > best[columns].min(axis=1))
            other, line = np.divmod(better, product.shape[1])
            order = np.argsort(line, kind="stable")
            taken = (line[order], rows.start + other[order], product.ravel()[better[order]])
            _merge(best, index, columns, *taken)
        better = np.flatnonzero(product > best[rows].min(axis=1)[:, None])
        line, other = np.divmod(better, product.shape[1])
        _merge(best, index, rows, line, columns.start + other, product.ravel()[better])
        progress("finding neighbours", done, total)
    order = np.lexsort((index, -best), axis=1)
    return np.take_along_axis(index, order, axis=1), np.take_along_axis(best, order, axis=1)


def _pairs(blocks: list[slice]) -> Iterator[tuple[slice, slice]]:
    """Yield every block with itself, then every pair of different blocks."""
    yield from ((block, block) for block in blocks)
    for at, block in enumerate(blocks):
        yield from ((block, other) for other in blocks[at + 1 :])


def _merge(
    best: NDArray[np.float32],
    index: NDArray[np.int64],
    rows: slice,
    line: NDArray[np.int64],
    other: NDArray[np.int64],
    product: NDArray[np.float32],
) -> None:
    """Take better neighbours into those of some rows.

    ``line`` counts from the first of the rows and ascends; ``other`` and ``product`` are the
    neighbour and its inner product, as long as ``line``.
    """
    if not len(line):
        return
    k = best.shape[1]
    counts = np.bincount(line)
    changed = np.flatnonzero(counts)
    width = int(counts.max())
    values = np.full((len(changed), k + width), -np.inf, dtype=np.float32)
    names = np.zeros((len(changed), k + width), dtype=np.int64)
    targets = rows.start + changed
    values[:, :k], names[:, :k] = best[targets], index[targets]
    slot = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = np.repeat(np.arange(len(changed)), counts[changed])
    values[place, k + slot], names[place, k + slot] = product, other
    kept = np.argpartition(-values, k - 1, axis=1)[:, :k]
    best[targets] = np.take_along_axis(values, kept, axis=1)
    index[targets] = np.take_along_axis(names, kept, axis=1)
