"""Which parts of a dataset share groups of items: what leaks from one into another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.statistics.groups import Groups


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What parts share.

    Attributes
    ----------
    between
        Items of the one part that are in a group with an item of the other, shape
        ``(n_parts, n_parts)``; 0 on the diagonal.
    leaked
        Items of each part that are in a group with an item of any other part.
    """

    between: NDArray[np.int64]
    leaked: NDArray[np.int64]


def shared_groups(groups: Groups, parts: NDArray[np.integer], n_parts: int) -> Shared:
    """Return how many items each part has in groups that reach into others.

    Parameters
    ----------
    groups
        Groups of items.
    parts
        Part of each item of the dataset, negative for none.
    n_parts
        How many parts there are.

    Examples
    --------
    >>> from labelaudit.statistics.groups import groups_of
    >>> three = groups_of(np.array([0, 0, 0, 1, 1]))
    >>> shared_groups(three, np.array([0, 0, 1, 1, 1]), 2).between.tolist()
    [[0, 2], [1, 0]]
    """
    own = parts[groups.items]
    known = own >= 0
    counts = csr_array(
        (np.ones(int(known.sum()), dtype=np.int64), (groups.numbers[known], own[known])),
        shape=(len(groups.starts), n_parts),
    )
    counts.sum_duplicates()
    there = csr_array((np.ones_like(counts.data), counts.indices, counts.indptr), counts.shape)
    between = (counts.T @ there).toarray().astype(np.int64)
    np.fill_diagonal(between, 0)
    several = np.diff(there.indptr) > 1
    leaked = counts[np.flatnonzero(several)].sum(axis=0).astype(np.int64)
    return Shared(between, leaked)
