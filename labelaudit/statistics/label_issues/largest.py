"""The largest margins of another class over the given one, for each pair of classes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.blocks import Blocks
from labelaudit.statistics.label_issues.evidence import CLOSE, Evidence
from labelaudit.statistics.label_issues.per_item import by_class

HELD = 2**10  # candidates beyond those wanted that are held before the lesser ones are dropped
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
    Whether an item is flagged for any other class, shape ``(n_samples,)``. Items whose given class
    is the most probable take their part of a quota, but are not flagged.
    """
    flagged = np.zeros(len(evidence.given), dtype=bool)
    doubtful = (evidence.given >= 0) & ~evidence.agrees
    # Only these have margins above twice what counts as equal, and most quotas end there.
    found = _flag(flagged, evidence, blocks, quota, 2 * CLOSE, doubtful)
    open_classes = np.bincount(evidence.given[doubtful & ~flagged], minlength=len(quota)) > 0
    rest = np.where((found < quota) & open_classes[:, None], quota, 0)
    of_rest = rest.max(axis=1) > 0
    if of_rest.any():
        _flag(flagged, evidence, blocks, rest, -np.inf, of_rest[evidence.given])
    flagged &= doubtful
    return flagged


def _flag(
    flagged: NDArray[np.bool_],
    evidence: Evidence,
    blocks: Blocks,
    quota: NDArray[np.int64],
    floor: float,
    among: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Flag the largest margins above a floor among some items; return how many each pair has."""
    search = _Search(evidence, quota, floor)
    for items, rows in blocks():
        are_among = among[items]
        search.look_at(items[are_among], rows[are_among])
    pairs, best = search.found()
    if evidence.sort_kind is None and search.tied.any():
        flagged[best[~search.tied[pairs]]] = True
        for chosen in _sorted_whole(evidence, blocks, quota, np.flatnonzero(search.tied)):
            flagged[chosen] = True
    else:
        flagged[best] = True
    return np.bincount(pairs, minlength=quota.size).reshape(quota.shape)


class _Search:
    """The best items of each pair so far; pairs are numbered row by row.

    ``tied`` tells, where that matters, for which pairs items were left out that equal the last one
    in.
    """

    def __init__(self, evidence: Evidence, quota: NDArray[np.int64], floor: float) -> None:
        self._evidence = evidence
        self._quota = quota.ravel()
        kind = evidence.own.dtype
        self._bars = np.full(quota.size, floor, dtype=kind)
        self._least = np.where(quota > 0, floor, np.inf).astype(kind)
        self._limit = int(1.25 * quota.sum()) + HELD
        self._number = np.min_scalar_type(-max(quota.size, len(evidence.given)))
        nothing = np.empty(0, dtype=self._number)
        self._held = [(nothing, nothing, np.empty(0, dtype=kind))]
        self._n_held = 0
        self.tied = np.zeros(quota.size, dtype=bool)

    def look_at(self, items: NDArray[np.int64], rows: NDArray[np.floating]) -> None:
        """Hold what of a block may be among the best."""
        given, n_classes = self._evidence.given[items], len(self._least)
        margins = rows - self._evidence.own[items][:, None]
        hits = np.flatnonzero(margins >= self._least[given])
        row, other = np.divmod(hits, n_classes)
        pairs = (given[row].astype(np.int64) * n_classes + other).astype(self._number)
        self._held.append((pairs, items[row].astype(self._number), margins.ravel()[hits]))
        self._n_held += len(hits)
        if self._n_held > self._limit:
            self._drop_the_lesser()

    def found(self) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """Return the pairs and the items that are best for them."""
        self._drop_the_lesser()
        return self._held[0][:2]

    def _drop_the_lesser(self) -> None:
        """Keep of each pair what its quota allows, the first of equals, and raise its bar."""
        pairs, items, margins = (np.concatenate(column) for column in zip(*self._held, strict=True))
        self._held.clear()
        order = np.lexsort((-margins, pairs))
        pairs = pairs[order]
        items = items[order]
        margins = margins[order]
        first = np.flatnonzero(np.diff(pairs, prepend=-1))
        rank = np.arange(len(pairs))
        rank -= np.repeat(first, np.diff(first, append=len(pairs)))
        within = self._quota[pairs]
        last, kept = rank == within - 1, rank < within
        self._raise_bars(pairs[last], margins[last])
        left_out = pairs[~kept]
        self.tied[left_out[margins[~kept] == self._bars[left_out]]] = True
        self._held = [(pairs[kept], items[kept], margins[kept])]
        self._n_held = int(kept.sum())

    def _raise_bars(self, full: NDArray[np.integer], margins: NDArray[np.floating]) -> None:
        """Ask of new items to exceed the last one in, or to reach it while that tells of ties."""
        self.tied[full[margins > self._bars[full]]] = False
        self._bars[full] = margins
        exceed = full if self._evidence.sort_kind else full[self.tied[full]]
        self._least.flat[full] = margins
        above = np.nextafter(self._bars[exceed], np.array(np.inf, dtype=margins.dtype))
        self._least.flat[exceed] = above


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
