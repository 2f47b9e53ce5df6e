"""Distances to the nearest sample of another class, and label sharpness from them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError

POOL_SIZE: Final = 4000
DRAW_SIZE: Final = 1000
N_DRAWS: Final = 25
N_PERMUTATIONS: Final = 100
MIN_ROWS: Final = 30
BLOCK: Final = 512


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Label sharpness in each random draw; NaN where a draw has no two classes apart.

    Attributes
    ----------
    size
        Rows of a draw.
    n_rarest
        Rows of the rarest class in any draw.
    steepest
        One over the smallest positive distance between two classes, shape ``(n_draws,)``.
    quantile
        One over the 5 % quantile of the positive distances to the nearest row of another class.
    shuffled
        Mean of ``steepest`` after shuffling the labels of the draw.
    """

    size: int
    n_rarest: int
    steepest: NDArray[np.float64]
    quantile: NDArray[np.float64]
    shuffled: NDArray[np.float64]


def draw_pool(rows: NDArray[np.int64], labels: NDArray[np.int32], seed: int) -> NDArray[np.int64]:
    """Return at most 4,000 of the candidate rows, drawn at random without replacement.

    Parameters
    ----------
    rows
        Candidates: positions of labelled rows.
    labels
        Class of each candidate, as long as ``rows``.
    seed
        Seed of the draw.

    Raises
    ------
    MissingInputError
        When there are fewer than 30 candidates, or those drawn have one class only.
    """
    if len(rows) < MIN_ROWS:
        raise MissingInputError(
            f"{len(rows):,} labelled items with an image are too few: distances between classes "
            f"need {MIN_ROWS}"
        )
    chosen = np.arange(len(rows))
    if len(rows) > POOL_SIZE:
        chosen = np.random.default_rng(seed).choice(len(rows), POOL_SIZE, replace=False)
    if (labels[chosen] == labels[chosen[0]]).all():
        raise MissingInputError(f"the {len(chosen):,} items drawn are all of one class")
    return rows[chosen]


def content_order(vectors: NDArray[np.floating], labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return an order of the rows that depends on their content, and equal ones' class, alone.

    What is drawn at random from rows in this order depends neither on how a dataset is sorted
    nor on how its classes are numbered.
    """
    content = _content(vectors)
    by_class = np.bincount(labels, weights=content)
    order: NDArray[np.int64] = np.lexsort((by_class[labels], content))
    return order


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
    content = _content(vectors)
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


def nearest(
    distances: NDArray[np.float32], labels: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return each row's distance to the nearest of another class, and of its own.

    Infinite where there is none.
    """
    other = labels[:, None] != labels[None, :]
    infinite = np.float32(np.inf)
    enemy = np.where(other, distances, infinite).min(axis=1)
    friend = np.where(other, infinite, distances).min(axis=1)
    return enemy, friend


def draw_sharpness(distances: NDArray[np.float32], labels: NDArray[np.int32], seed: int) -> Draws:
    """Measure label sharpness in 25 random draws of 1,000 rows; in one of all, if not more.

    Parameters
    ----------
    distances
        As from `pairwise_distances`, shape ``(n, n)``.
    labels
        Class of each row.
    seed
        Seed of the draws and of the shuffled labels.
    """
    rng = np.random.default_rng(seed)
    apart = np.where(distances > 0, distances, np.float32(np.inf))
    size = min(DRAW_SIZE, len(labels))
    n_draws = N_DRAWS if len(labels) > size else 1
    found = np.full((3, n_draws), np.nan)
    rarest = size
    for draw in range(n_draws):
        rows = rng.permutation(len(labels))[:size] if n_draws > 1 else np.arange(size)
        near, drawn = apart[np.ix_(rows, rows)], labels[rows]
        enemies, _ = nearest(near, drawn)
        finite = enemies[np.isfinite(enemies)].astype(np.float64)
        rarest = min(rarest, int(np.unique(drawn, return_counts=True)[1].min()))
        if len(finite):
            shuffled = [
                1 / float(nearest(near, rng.permutation(drawn))[0].min())
                for _ in range(N_PERMUTATIONS // n_draws)
            ]
            found[:, draw] = 1 / finite.min(), 1 / np.quantile(finite, 0.05), np.mean(shuffled)
    return Draws(size, rarest, *found)


def _content(vectors: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return a number for each row that only equal rows share."""
    rows = np.ascontiguousarray(vectors)
    keys = rows.view(np.dtype((np.void, rows.strides[0]))).ravel()
    _, found = np.unique(keys, return_inverse=True)
    return found


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
