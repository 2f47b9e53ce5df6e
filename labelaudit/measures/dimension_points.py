"""The points whose intrinsic dimension is measured."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.label_differences import LabelDifferences

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
    between: Between
    nearest: NearestOf
    classes: NDArray[np.int32]
    what: str


def nearest_in(distances: NDArray[np.float32], k: int) -> NDArray[np.float64]:
    """Return the k smallest numbers of each row, ascending."""
    nearest: NDArray[np.float32] = np.partition(distances, k - 1, axis=1)[:, :k]
    return np.sort(nearest.astype(np.float64), axis=1)


def first_of_each(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first row of each number, in the order of the rows."""
    return np.sort(np.unique(codes, return_index=True)[1])


def classes_of(items: NDArray[np.int64], labels: LabelDifferences | None) -> NDArray[np.int32]:
    """Return the class of each item; nothing where labels are no classes."""
    if labels is None or labels.kind != "classes":
        return np.empty(0, dtype=np.int32)
    return labels.codes[items]
