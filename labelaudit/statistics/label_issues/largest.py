"""The largest margins of another class over the given one, for each pair of classes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.blocks import Blocks
from labelaudit.statistics.label_issues.evidence import Evidence, by_class

HELD = 2**16  # candidates beyond those wanted that are held before the lesser ones are dropped
WHOLE_SHARE = 8  # vectors that are sorted whole take this part of the probabilities at a time


def largest_margins(
    evidence: Evidence, blocks: Blocks, quota: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Flag, for each given class and each other, the items with the largest margins.

    The margin of an item is the probability of the other class less that of the given one. Nothing
    longer than a block and the flagged items is held.

    Parameters
    ----------
    evidence
        What the probabilities say.
    blocks
        Out-of-sample probabilities, the same again.
    quota
        How many items of a given class (row) to flag for another (column).

    Returns
    -------
    Whether an item is flagged for any other class, shape ``(n_samples,)``.
    """
    as_numpy = evidence.sort_kind is None
    search = _Search(quota, evidence.own.dtype, find_ties=as_numpy)
    for items, rows in blocks():
        search.look_at(evidence.given[items], evidence.own[items], items, rows)
    pairs, items = search.found()
    flagged = np.zeros(len(evidence.given), dtype=bool)
    if as_numpy:
        flagged[items[~search.tied[pairs]]] = True
        for chosen in _sorted_whole(evidence, blocks, quota, np.flatnonzero(search.tied)):
            flagged[chosen] = True
    else:
        flagged[items] = True
    return flagged


class _Search:
    """The best items of each pair so far; pairs are numbered row by row.

    ``tied`` tells, when asked to, for which pairs items were left out that equal the last one in.
    """

    def __init__(
        self, quota: NDArray[np.int64], kind: np.dtype[np.floating], *, find_ties: bool
    ) -> None:
        self._quota = quota.ravel()
        self._n_classes = len(quota)
        self._bars = np.full(quota.size, -np.inf, dtype=kind)
        self._least = np.where(quota > 0, -np.inf, np.inf).astype(kind)
        self._find_ties = find_ties
        self._limit = int(quota.sum()) + HELD
        self._pairs = [np.empty(0, dtype=np.int64)]
        self._items = [np.empty(0, dtype=np.int64)]
        self._margins = [np.empty(0, dtype=kind)]
        self._n_held = 0
        self.tied = np.zeros(quota.size, dtype=bool)

    def look_at(
        self,
        given: NDArray[np.signedinteger],
        own: NDArray[np.floating],
        items: NDArray[np.int64],
        rows: NDArray[np.floating],
    ) -> None:
        """Hold what of a block may be among the best."""
        margins = rows - own[:, None]
        hits = np.flatnonzero(margins >= self._least[given])
        row, other = np.divmod(hits, self._n_classes)
        self._pairs.append(given[row].astype(np.int64) * self._n_classes + other)
        self._items.append(items[row])
        self._margins.append(margins.ravel()[hits])
        self._n_held += len(hits)
        if self._n_held > self._limit:
            self._drop_the_lesser()

    def found(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pairs and the items that are best for them."""
        self._drop_the_lesser()
        return self._pairs[0], self._items[0]

    def _drop_the_lesser(self) -> None:
        """Keep of each pair what its quota allows, the first of equals, and raise its bar."""
        pairs, margins = np.concatenate(self._pairs), np.concatenate(self._margins)
        order = np.lexsort((-margins, pairs))
        pairs, margins = pairs[order], margins[order]
        items = np.concatenate(self._items)[order]
        first = np.flatnonzero(np.diff(pairs, prepend=-1))
        rank = np.arange(len(pairs)) - np.repeat(first, np.diff(first, append=len(pairs)))
        within = self._quota[pairs]
        self._raise_bars(pairs[rank == within - 1], margins[rank == within - 1])
        kept = rank < within
        left_out = pairs[~kept]
        self.tied[left_out[margins[~kept] == self._bars[left_out]]] = True
        self._pairs, self._items, self._margins = [pairs[kept]], [items[kept]], [margins[kept]]
        self._n_held = int(kept.sum())
        self._set_least()

    def _raise_bars(self, pairs: NDArray[np.int64], margins: NDArray[np.floating]) -> None:
        """Set the bars of full pairs; equals of a lower bar are of no consequence now."""
        higher = margins > self._bars[pairs]
        self.tied[pairs[higher]] = False
        self._bars[pairs] = margins

    def _set_least(self) -> None:
        """Ask of new items to exceed the bar, or to reach it while it is unknown if any does."""
        exceed = np.isfinite(self._bars)
        if self._find_ties:
            exceed &= self.tied
        above = np.nextafter(self._bars, np.array(np.inf, dtype=self._bars.dtype))
        bars = np.where(exceed, above, self._bars).reshape(self._least.shape)
        self._least = np.where(np.isposinf(self._least), self._least, bars)


def _sorted_whole(
    evidence: Evidence, blocks: Blocks, quota: NDArray[np.int64], pairs: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Yield the best items of pairs as a whole sort of their margins puts them.

    Among equals, the fastest sort of NumPy takes what only a sort of the same vector tells.
    """
    n_classes = len(quota)
    order, starts = by_class(evidence.given, n_classes)
    sizes = np.diff(starts)
    rank = np.empty(len(order), dtype=np.int64)
    judged = order[starts[0] :]
    rank[judged] = np.arange(starts[0], len(order)) - np.repeat(starts[:-1], sizes)
    lengths = sizes[pairs // n_classes]
    at_a_time = max(HELD, len(order) * n_classes // WHOLE_SHARE)
    group = (np.cumsum(lengths) - 1) // at_a_time
    for number in np.unique(group):
        of_group = group == number
        vectors, places = _margin_vectors(
            evidence, blocks, rank, pairs[of_group], lengths[of_group], n_classes
        )
        for pair, place, length in zip(pairs[of_group], places, lengths[of_group], strict=True):
            best = np.argsort(-vectors[place : place + length])[: quota.flat[pair]]
            yield order[starts[pair // n_classes] + best]


def _margin_vectors(
    evidence: Evidence,
    blocks: Blocks,
    rank: NDArray[np.int64],
    pairs: NDArray[np.int64],
    lengths: NDArray[np.int64],
    n_classes: int,
) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    """Return the margins of all items of some pairs, one vector after the other, and where."""
    places = np.cumsum(lengths) - lengths
    vectors = np.empty(int(lengths.sum()), dtype=evidence.own.dtype)
    place_of = np.full((n_classes, n_classes), -1, dtype=np.int64)
    place_of.flat[pairs] = places
    for items, rows in blocks():
        place = place_of[evidence.given[items]].ravel()
        hits = np.flatnonzero(place >= 0)
        margins = (rows - evidence.own[items][:, None]).ravel()
        vectors[place[hits] + rank[items[hits // n_classes]]] = margins[hits]
    return vectors, places
