"""The two directions of some vectors along which the means of their groups lie farthest apart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.blocks import row_blocks, rows_at_once

LEAST: Final = 1e-9  # share of the variance below which means do not differ, but by rounding
Rows = NDArray[np.int64]
Members = Callable[[Rows], csr_array]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Directions:
    """A linear map onto two directions.

    Attributes
    ----------
    center
        What is taken off a vector before it is scaled to length 1.
    axes
        The directions, orthonormal columns, shape ``(n_features, 2)``.
    variance
        Of the scaled vectors, in all directions together.
    between_share
        Share of the spread of the groups' means that lies along them; None where they do not
        differ.
    """

    center: NDArray[np.float64]
    axes: NDArray[np.float64]
    variance: float
    between_share: float | None


def two_directions(
    vectors: NDArray[np.floating], rows: Rows, members: Members, sample: Rows
) -> Directions | None:
    """Return the two directions along which the means of groups lie farthest apart.

    They are the first two principal components of the groups' means, each weighted by its items.
    Where the means differ along fewer than two directions, those of most variance among the
    sample take their place. The sign of a direction makes its largest component positive.

    Parameters
    ----------
    vectors
        Shape ``(n_samples, n_features)``; they are read in blocks, twice.
    rows
        Those that are mapped.
    members
        Returns the groups of some rows, a sparse matrix of ones; a row may be of several or none.
    sample
        Rows that stand for all where the groups say nothing.

    Returns
    -------
    The directions; None when all vectors are equal.
    """
    center = _mean(vectors, rows)
    total: NDArray[np.float64] = np.zeros(vectors.shape[1])
    sums, sizes, squares = np.zeros((0, vectors.shape[1])), np.zeros(0), 0.0
    for block in _blocks(vectors, rows):
        scaled = unit_rows(vectors[block], center)
        of_group = members(block)
        found = of_group.T @ scaled
        sums = found if not len(sums) else sums + found
        sizes = of_group.sum(axis=0) + (sizes if len(sizes) else 0)
        total += scaled.sum(axis=0)
        squares += float(np.einsum("ij,ij->", scaled, scaled))
    mean = total / len(rows)
    variance = squares / len(rows) - float(mean @ mean)
    if variance <= LEAST:
        return None
    there = sizes > 0
    means = (sums[there] / sizes[there, None] - mean) * np.sqrt(sizes[there, None] / len(rows))
    axes, spread = _components(means, least=LEAST * variance)
    if axes.shape[1] < 2:  # noqa: PLR2004 - a map has two
        axes = _completed(axes, unit_rows(vectors[sample], center) - mean)
    axes *= np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1, 1)
    between = float((means**2).sum())
    return Directions(
        center=center,
        axes=axes,
        variance=variance,
        between_share=min(spread / between, 1.0) if between > LEAST * variance else None,
    )


def unit_rows(vectors: NDArray[np.floating], center: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return centered rows at length 1; a row at the center stays there."""
    centered = vectors.astype(np.float64) - center
    lengths = np.sqrt(np.einsum("ij,ij->i", centered, centered))
    small = lengths <= 1e-12 * max(1.0, float(np.abs(center).max(initial=0)))
    found: NDArray[np.float64] = centered / np.where(small, 1, lengths)[:, None]
    found[small] = 0
    return found


def positions(vectors: NDArray[np.floating], rows: Rows, found: Directions) -> NDArray[np.float64]:
    """Return where rows lie along the directions, shape ``(len(rows), 2)``."""
    at = np.empty((len(rows), 2))
    for block in row_blocks(len(rows), rows_at_once(vectors.shape[1])):
        at[block] = unit_rows(vectors[rows[block]], found.center) @ found.axes
    return at


def _blocks(vectors: NDArray[np.floating], rows: Rows) -> "list[Rows]":
    return [rows[block] for block in row_blocks(len(rows), rows_at_once(vectors.shape[1]))]


def _mean(vectors: NDArray[np.floating], rows: Rows) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.zeros(vectors.shape[1])
    for block in _blocks(vectors, rows):
        total += vectors[block].sum(axis=0, dtype=np.float64)
    return total / max(len(rows), 1)


def _components(points: NDArray[np.float64], least: float) -> tuple[NDArray[np.float64], float]:
    """Return at most two principal components above a variance, and what lies along them."""
    spread, axes = np.linalg.eigh(points.T @ points)
    kept = [at for at in (-1, -2) if len(spread) >= -at and spread[at] > least]
    return axes[:, kept], float(sum(spread[at] for at in kept))


def _completed(axes: NDArray[np.float64], sample: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return two directions: what is there, and those of most variance across it."""
    left = sample - (sample @ axes) @ axes.T
    more, _ = _components(left, least=0.0)
    found = np.concatenate([axes, more], axis=1)[:, :2]
    if found.shape[1] < 2:  # noqa: PLR2004 - all lies on a line
        found = np.concatenate([found, np.zeros((len(found), 2 - found.shape[1]))], axis=1)
    return found
