"""Exact distances within a pool of rows, and those to the nearest of another class."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError

POOL_SIZE: Final = 4000
MIN_ROWS: Final = 30
BLOCK: Final = 512

# Distance to the nearest enemy, that to the nearest friend, and the enemy, of each row.
Nearest = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]


def draw_pool(rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return at most 4,000 of the candidate rows, drawn at random without replacement.

    Raises
    ------
    MissingInputError
        When there are fewer than 30 candidates.
    """
    if len(rows) < MIN_ROWS:
        raise MissingInputError(
            f"{len(rows):,} labelled items with a vector are too few: distances between labels "
            f"need {MIN_ROWS}"
        )
    if len(rows) <= POOL_SIZE:
        return rows
    return rows[np.random.default_rng(seed).choice(len(rows), POOL_SIZE, replace=False)]


def content_numbers(vectors: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return a number for each row that only equal rows share, the same however they are sorted."""
    rows = np.ascontiguousarray(vectors + 0)  # minus zero is zero
    keys = rows.view(np.dtype((np.void, rows.strides[0]))).ravel()
    _, found = np.unique(keys, return_inverse=True)
    return found


def pairwise_distances(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the Euclidean distances of all rows, exactly 0 for equal rows, infinite to itself.

    The expansion ``|x|^2 + |y|^2 - 2 x.y`` loses all digits for rows that are nearly equal
    compared with their norms, so such pairs are subtracted directly.

    Parameters
    ----------
    vectors
        Shape ``(n, n_features)``; meant for a few thousand rows.

    Returns
    -------
    Shape ``(n, n)``.
    """
    n_rows = len(vectors)
    centered = vectors.astype(np.float64)
    centered -= centered.mean(axis=0)
    norms = np.einsum("ij,ij->i", centered, centered)
    content = content_numbers(vectors)
    distances = np.empty((n_rows, n_rows), dtype=np.float32)
    for start in range(0, n_rows, BLOCK):
        rows = slice(start, start + BLOCK)
        sums = norms[rows, None] + norms[None, start:]
        squared = sums - 2 * centered[rows] @ centered[start:].T
        equal = content[rows, None] == content[None, start:]
        first, second = np.nonzero((squared < 1e-9 * sums) & ~equal)
        squared[first, second] = _squared(centered, first + start, second + start)
        squared[equal] = 0
        distances[rows, start:] = np.sqrt(squared)
        distances[start:, rows] = distances[rows, start:].T
    np.fill_diagonal(distances, np.inf)
    return distances


def nearest(distances: NDArray[np.float32], labels: NDArray[np.int32]) -> Nearest:
    """Return each row's distance to the nearest of another class and of its own, and that enemy.

    Infinite where there is none; of several enemies at one distance, the first row's.
    """
    other = labels[:, None] != labels[None, :]
    infinite = np.float32(np.inf)
    apart = np.where(other, distances, infinite)
    enemies = apart.argmin(axis=1)
    friend = np.where(other, infinite, distances).min(axis=1)
    return apart[np.arange(len(labels)), enemies], friend, enemies


def enemy_friend_ratios(
    enemy: NDArray[np.float32], friend: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the ratio of each row: 1 where both are at 0, infinite where the friend alone is."""
    ties = np.where(enemy == 0, 1.0, np.inf)
    found: NDArray[np.float64] = np.divide(enemy, friend, out=ties, where=friend > 0)
    return found


def effective_size(holds: NDArray[np.bool_], neighbors: NDArray[np.int64]) -> float:
    """Return of how many independent rows some are worth, of which something holds or not.

    What holds of a row by its nearest neighbor is no independent draw: two rows that are each
    other's nearest agree, and so do rows of one neighbor. The variance of the share that holds is
    summed over all pairs of a row with its neighbor, and of rows with one neighbor.

    Parameters
    ----------
    holds
        Shape ``(n,)``.
    neighbors
        Nearest neighbor of each row, shape ``(n,)``.

    Returns
    -------
    At most n; n where it holds of all or none.

    Examples
    --------
    >>> effective_size(np.array([True, True, False, False]), np.array([1, 0, 3, 2]))
    2.0
    """
    apart = holds - holds.mean()
    alone = float(apart @ apart)
    pairs = apart * apart[neighbors]
    each_other = neighbors[neighbors] == np.arange(len(holds))
    together = np.bincount(neighbors, weights=apart) ** 2
    joint = float(together.sum() + pairs.sum() + pairs[~each_other].sum())
    return len(holds) * alone / max(joint, alone) if alone > 0 else float(len(holds))


def _squared(
    vectors: NDArray[np.float64], first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the squared distances of pairs of rows, by subtraction."""
    found = np.empty(len(first))
    for start in range(0, len(first), BLOCK):
        pairs = slice(start, start + BLOCK)
        difference = vectors[first[pairs]] - vectors[second[pairs]]
        found[pairs] = np.einsum("ij,ij->i", difference, difference)
    return found
