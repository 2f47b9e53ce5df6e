"""Groups of items that belong together: copies, and what can be wrong within a group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Items in groups of two and more, the groups in order of their first item.

    Attributes
    ----------
    items
        Rows of the dataset, group after group, ascending within each.
    starts
        Where each group starts in ``items``.
    """

    items: NDArray[np.int64]
    starts: NDArray[np.int64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Items of each group."""
        return np.diff(self.starts, append=len(self.items))

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Number of the group of each entry of ``items``."""
        return np.repeat(np.arange(len(self.starts)), self.sizes)

    def disagree(self, values: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Tell which groups have two different values; negative ones count for nothing."""
        if not len(self.starts):
            return np.zeros(0, dtype=bool)
        own = values[self.items].astype(np.int64)
        known = own >= 0
        most = np.maximum.reduceat(np.where(known, own, -1), self.starts)
        top = np.iinfo(np.int64).max
        least = np.minimum.reduceat(np.where(known, own, top), self.starts)
        return (least < most) & (most >= 0)

    def marked(self, n_samples: int) -> NDArray[np.bool_]:
        """Tell of each item of the dataset whether it is in a group."""
        found = np.zeros(n_samples, dtype=bool)
        found[self.items] = True
        return found

    def only(self, wanted: NDArray[np.bool_]) -> "Groups":
        """Return some of the groups."""
        kept = wanted[self.numbers]
        sizes = self.sizes[wanted]
        return Groups(self.items[kept], np.cumsum(sizes) - sizes)


def groups_of(codes: NDArray[np.int64]) -> Groups:
    """Return the groups of equal codes; a negative code is in no group.

    Examples
    --------
    >>> found = groups_of(np.array([5, -1, 3, 5, 3, 8, 5]))
    >>> found.items.tolist(), found.starts.tolist()
    ([0, 3, 6, 2, 4], [0, 3])
    """
    known = np.flatnonzero(codes >= 0)
    _, first, inverse, counts = np.unique(
        codes[known], return_index=True, return_inverse=True, return_counts=True
    )
    shared = counts[inverse] > 1
    items, place = known[shared], first[inverse][shared]
    order = np.lexsort((items, place))
    ordered = place[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return Groups(items[order], starts)
