"""Which classes are plausible for an item: a quarter as probable as for items that have them.

The usual probability of a class is its mean over the items that were given it (the self-confidence
of confident learning, Northcutt, Jiang and Chuang, 2021), so that a class of which the model is
never sure has a low one. That mean itself is a threshold which two classes hardly ever pass at
once, as probabilities add up to 1: an item that shows several classes divides its probability among
them. A quarter of it lets up to four classes pass.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.statistics.label_issues.blocks import Blocks

PART: Final = 4  # of the usual probability of a class
FEWEST: Final = 20  # items of a class, for its threshold


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plausible:
    """What is plausible for each item.

    Attributes
    ----------
    items
        Those with probabilities, in their order, shape ``(n,)``.
    counts
        Plausible classes of each.
    first, second
        The two most probable of them, ``-1`` where there are fewer than two.
    score
        How many times as probable the second is as it usually is beside the first: as the mean
        over items given the first of the probability of the second, or the other way round, where
        that is higher. 0 or more, higher is more telling; NaN where there are fewer than two
        plausible classes.
    screened
        Whether a class has items enough for a threshold, shape ``(n_classes,)``.
    """

    items: NDArray[np.int64]
    counts: NDArray[np.int64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    score: NDArray[np.float64]
    screened: NDArray[np.bool_]


def plausible_classes(blocks: Blocks, labels: NDArray[np.int32], n_classes: int) -> Plausible:
    """Return the plausible classes of every item that has probabilities.

    Parameters
    ----------
    blocks
        Items and the logarithms of their class probabilities, in blocks; out of sample.
    labels
        Class of each item.
    n_classes
        Number of declared classes.
    """
    thresholds = _thresholds(blocks, labels, n_classes)
    found = []
    for items, logs in blocks():
        likely = logs >= thresholds
        rows = np.arange(len(items))
        counts = likely.sum(axis=1)
        left = np.where(likely, logs, -np.inf)
        first = left.argmax(axis=1)
        left[rows, first] = -np.inf
        second = left.argmax(axis=1)
        probable = np.exp(left[rows, second].astype(np.float64))
        two = (np.where(counts >= 2, best, -1) for best in (first, second))  # noqa: PLR2004
        found.append((items, counts, *two, probable))
    items, counts, first, second, probs = map(np.concatenate, zip(*found, strict=True))
    score = np.full(len(items), np.nan)
    several = np.flatnonzero(second >= 0)
    if len(several):
        usual = _usual(blocks, labels, n_classes, (first[several], second[several]))
        score[several] = probs[several] / np.maximum(usual, 1e-12)
    return Plausible(
        items=items,
        counts=counts,
        first=first,
        second=second,
        score=score,
        screened=np.isfinite(thresholds),
    )


def _thresholds(blocks: Blocks, labels: NDArray[np.int32], n_classes: int) -> NDArray[np.float64]:
    """Return the log probability from which each class is plausible, infinite for small ones."""
    counts, sums = np.zeros(n_classes), np.zeros(n_classes)
    for items, logs in blocks():
        given = labels[items]
        own = np.exp(logs[np.arange(len(items)), given].astype(np.float64))
        counts += np.bincount(given, minlength=n_classes)
        sums += np.bincount(given, own, minlength=n_classes)
    found = np.full(n_classes, np.inf)
    enough = counts >= FEWEST
    found[enough] = np.log(np.maximum(sums[enough] / counts[enough] / PART, 1e-12))
    return found


def _usual(
    blocks: Blocks,
    labels: NDArray[np.int32],
    n_classes: int,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Return how probable one class of each pair is on average for items given the other.

    The higher of the two means. Only those of the pairs are kept, never a table of all classes.
    """
    both = (pairs[0] * n_classes + pairs[1], pairs[1] * n_classes + pairs[0])
    codes = np.unique(np.concatenate(both))
    given, other = np.divmod(codes, n_classes)
    sums, counts = np.zeros(len(codes)), np.zeros(n_classes)
    for items, logs in blocks():
        present, rows = np.unique(labels[items], return_inverse=True)
        ones = np.ones(len(items), dtype=np.float64)
        sorting = csr_array((ones, (rows, np.arange(len(items)))))
        summed = sorting @ np.exp(logs.astype(np.float64))
        wanted = np.flatnonzero(np.isin(given, present))
        sums[wanted] += summed[np.searchsorted(present, given[wanted]), other[wanted]]
        counts[present] += sorting.sum(axis=1)
    means = sums / np.maximum(counts[given], 1)
    found: NDArray[np.float64] = np.maximum(*(means[np.searchsorted(codes, each)] for each in both))
    return found
