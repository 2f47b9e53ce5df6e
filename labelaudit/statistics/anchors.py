"""Distances from some rows of a large array to their nearest among all of its rows."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.statistics.nearest_neighbors import take_better

AT_ONCE: Final = 1024
SPARE: Final = 8
SUBTRACTED: Final = 2**22  # numbers that are subtracted at once


def nearest_distances(
    vectors: NDArray[np.floating],
    rows: NDArray[np.int64],
    anchors: NDArray[np.int64],
    k: int,
    *,
    n_threads: int = 1,
) -> NDArray[np.float64]:
    """Return the Euclidean distances of some rows to the k nearest of all rows.

    Asking a few thousand rows keeps the scale that all rows have, at a cost that grows with their
    number alone. Neighbors are found by inner products in single precision; the distances to
    them, and to eight more, are then found by subtraction, so that rows that nearly coincide keep
    their digits.

    Parameters
    ----------
    vectors
        Shape ``(n_samples, n_features)``, may lie on disk in half precision.
    rows
        Rows that may be neighbors.
    anchors
        Rows whose neighbors are wanted; some of ``rows``, which are left out of their own.
    k
        Less than ``len(rows)``.
    n_threads
        Blocks of anchors that are worked on at once; it changes no result.

    Returns
    -------
    Shape ``(len(anchors), k)``, ascending.
    """
    places = _places(rows, anchors)
    center = vectors[anchors].astype(np.float64).mean(axis=0).astype(np.float32)
    found = np.empty((len(anchors), k))

    def ask(block: slice) -> None:
        found[block] = _nearest(vectors, rows, anchors[block], places[block], center, k)

    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(ask, row_blocks(len(anchors), AT_ONCE)))
    return found


def _places(rows: NDArray[np.int64], anchors: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each anchor is among the rows."""
    order = np.argsort(rows)
    found: NDArray[np.int64] = order[np.searchsorted(rows, anchors, sorter=order)]
    return found


def _nearest(
    vectors: NDArray[np.floating],
    rows: NDArray[np.int64],
    anchors: NDArray[np.int64],
    places: NDArray[np.int64],
    center: NDArray[np.float32],
    k: int,
) -> NDArray[np.float64]:
    """Return the distances of a block of anchors, which are at some places of the rows."""
    width = min(k + SPARE, len(rows) - 1)
    ones = np.ones((len(anchors), 1), dtype=np.float32)
    asked = np.hstack([vectors[anchors].astype(np.float32) - center, ones])
    best = np.full((len(anchors), width), -np.inf, dtype=np.float32)
    index = np.zeros((len(anchors), width), dtype=np.int64)
    whole = slice(0, len(anchors))
    for block in row_blocks(len(rows), 2 * AT_ONCE):
        others = vectors[rows[block]].astype(np.float32) - center
        lengths = np.einsum("ij,ij->i", others, others)[:, None]
        # Half of what |a|^2 exceeds the squared distance by: largest for the nearest.
        near = asked @ np.hstack([others, -lengths / 2]).T
        own = np.flatnonzero((places >= block.start) & (places < block.stop))
        near[own, places[own] - block.start] = -np.inf
        better = np.flatnonzero(near > best.min(axis=1)[:, None])
        line, other = np.divmod(better, near.shape[1])
        take_better(best, index, whole, line, block.start + other, near.ravel()[better])
    return _subtracted(vectors, rows[index], anchors, k)


def _subtracted(
    vectors: NDArray[np.floating],
    candidates: NDArray[np.int64],
    anchors: NDArray[np.int64],
    k: int,
) -> NDArray[np.float64]:
    """Return the k smallest distances to candidates, by subtraction."""
    found = np.empty((len(anchors), k))
    kind = np.result_type(vectors.dtype, np.float32)
    step = max(1, SUBTRACTED // (candidates.shape[1] * vectors.shape[1]))
    for block in row_blocks(len(anchors), step):
        difference = vectors[candidates[block]].astype(kind)
        difference -= vectors[anchors[block]].astype(kind)[:, None]
        squared = np.einsum("ijk,ijk->ij", difference, difference)
        found[block] = np.sqrt(np.sort(squared, axis=1)[:, :k])
    return found
