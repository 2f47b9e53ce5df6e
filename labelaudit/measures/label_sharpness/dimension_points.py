"""The points whose intrinsic dimension is measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.label_differences import LabelDifferences

MOST_NEAR: Final = 0.1
Between = Callable[[NDArray[np.int64]], NDArray[np.float32]]
NearestOf = Callable[[NDArray[np.int64], NDArray[np.int64], int], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """The points that fill some dimensions.

    Attributes
    ----------
    rows
        Their numbers, in an order that is as good as random; no two points are equal.
    n_removed
        Points that equal another one, and were left out.
    n_near
        Points that nearly equal another one; None where that is not known.
    near_removed
        Whether these were left out, too.
    with_near
        The rows before these were left out.
    between
        From rows, at most a few thousand: the distances of all pairs, infinite to themselves.
    nearest
        From rows, some of them as anchors, and k: the sorted distances of the anchors to their k
        nearest of the rows.
    classes
        Class of each row, ``-1`` for none; empty where labels are no classes.
    what
        What they are, for the titles: ``images`` or ``embeddings``.
    """

    rows: NDArray[np.int64]
    n_removed: int
    n_near: int | None
    near_removed: bool
    with_near: NDArray[np.int64]
    between: Between
    nearest: NearestOf
    classes: NDArray[np.int32]
    what: str


def nearest_in(distances: NDArray[np.float32], k: int) -> NDArray[np.float64]:
    """Return the k smallest numbers of each row, ascending."""
    nearest: NDArray[np.float32] = np.partition(distances, k - 1, axis=1)[:, :k]
    return np.sort(nearest.astype(np.float64), axis=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distinct:
    """Rows of which no two are copies; as of `Points`."""

    rows: NDArray[np.int64]
    n_removed: int
    n_near: int | None
    near_removed: bool
    with_near: NDArray[np.int64]


def without_copies(
    rows: NDArray[np.int64], exact: NDArray[np.int64], near: NDArray[np.int64] | None
) -> Distinct:
    """Leave out all but the first of equal rows, and of near copies, where they are few.

    Near copies are joined in chains, which in plain images may run through much of a dataset: of
    more than a tenth of the rows, none is left out.

    Parameters
    ----------
    rows
        In the order in which the first is kept.
    exact, near
        A number for each of them that copies share; None where near copies are not known.

    Examples
    --------
    >>> rows = np.arange(40)
    >>> found = without_copies(rows, np.maximum(rows, 2), np.minimum(rows, 38))
    >>> len(found.rows), found.n_removed, found.n_near
    (37, 2, 1)
    """
    kept = first_of_each(exact)
    n_removed = len(rows) - len(kept)
    if near is None:
        return Distinct(
            rows=rows[kept],
            n_removed=n_removed,
            n_near=None,
            near_removed=False,
            with_near=rows[kept],
        )
    apart = first_of_each(near[kept])
    n_near = len(kept) - len(apart)
    few = n_near <= MOST_NEAR * len(kept)
    return Distinct(
        rows=rows[kept[apart] if few else kept],
        n_removed=n_removed,
        n_near=n_near,
        near_removed=few,
        with_near=rows[kept],
    )


def first_of_each(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first row of each number, in the order of the rows."""
    return np.sort(np.unique(codes, return_index=True)[1])


def classes_of(items: NDArray[np.int64], labels: LabelDifferences | None) -> NDArray[np.int32]:
    """Return the class of each item; nothing where labels are no classes."""
    if labels is None or labels.kind != "classes":
        return np.empty(0, dtype=np.int32)
    return labels.codes[items]
