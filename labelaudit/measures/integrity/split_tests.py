"""Two-sample tests of pairs of splits on their embeddings, as a whole and within each class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.inputs.copies import some_of
from labelaudit.inputs.near_copies import joined
from labelaudit.statistics.groups import groups_of
from labelaudit.statistics.imbalance import count_labels
from labelaudit.statistics.label_flips import mixed_keys
from labelaudit.statistics.two_samples import (
    TwoSampleTest,
    classifier_test,
    cross_scores,
    main_components,
)

MOST_OF_SPLIT: Final = 5000
MOST_OF_CLASS: Final = 1000
FEWEST_OF_FOLD: Final = 15
FEWEST_GROUPS: Final = 5
MOST_CLASSES: Final = 20
N_COMPONENTS: Final = 64
MOST_FEATURES: Final = 512
MOST_OF_BASIS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SplitTest:
    """Two splits, how well they can be told apart, and which of their items best.

    Attributes
    ----------
    one, other
        The splits.
    label
        The class that the test was made within, ``-1`` for all items.
    items
        The items that were drawn, of both splits.
    scores
        Log odds that each is of its own split rather than of the other, by a fit without it.
    test
        The test on the held-out half.
    """

    one: int
    other: int
    label: int
    items: NDArray[np.int64]
    scores: NDArray[np.float64]
    test: TwoSampleTest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """What the items of a test are drawn from.

    Attributes
    ----------
    embeddings
        Their embeddings.
    splits
        Split of each item, ``-1`` for an item that is not to be drawn.
    hashes
        A hash of each item's embedding, by which it is drawn.
    folds
        Fold of each item; copies, near copies and items of one group share it.
    units
        Group of each item, ``-1`` for an item of its own; None where there are no groups.
    center, axes
        Mean of a sample of all splits, and its directions of most variance, at most 512.
    """

    embeddings: Embeddings
    splits: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    folds: NDArray[np.bool_]
    units: NDArray[np.int32] | None
    center: NDArray[np.float64]
    axes: NDArray[np.float64]

    def components(self, items: NDArray[np.int64], most: int) -> NDArray[np.float64]:
        """Return items along the directions of most variance, at most so many."""
        centered = self.embeddings.vectors[items].astype(np.float64) - self.center
        found: NDArray[np.float64] = centered @ self.axes[:, :most]
        return found


def candidates_of(
    embeddings: Embeddings,
    hashes: NDArray[np.uint64],
    splits: NDArray[np.int32],
    together: Sequence[NDArray[np.integer]],
    random_state: int,
    units: NDArray[np.int32] | None = None,
) -> Candidates:
    """Return what to draw from; the folds follow from the embeddings, not from the order.

    Items that share a number in any of ``together`` share a fold; a negative one is shared by none.
    """
    keys = hashes
    if together:
        chains = np.concatenate([_chains(codes.astype(np.int64)) for codes in together])
        parts = joined(chains, len(hashes))
        keys = np.full(int(parts.max(initial=0)) + 1, np.iinfo(np.uint64).max, dtype=np.uint64)
        np.minimum.at(keys, parts, hashes)
        keys = keys[parts]
    folds = mixed_keys(keys, random_state) % np.uint64(2) == 1
    known = np.where(embeddings.present, splits, np.int32(-1))
    names = np.unique(known[known >= 0])
    most = max(MOST_OF_BASIS // len(names), 1)
    every = [drawn(np.flatnonzero(known == split), most, hashes) for split in names]
    sample = embeddings.vectors[np.concatenate(every)]
    center, axes = main_components(sample.astype(np.float32), MOST_FEATURES)
    return Candidates(
        embeddings=embeddings,
        splits=known,
        hashes=hashes,
        folds=folds,
        units=units,
        center=center,
        axes=axes,
    )


def drawn(items: NDArray[np.int64], most: int, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return at most so many of some items, no two copies, in the order of their hashes."""
    _, first = np.unique(hashes[items], return_index=True)
    items = items[first]
    items = items[some_of(items, most, hashes)]
    return items[np.argsort(hashes[items])]


def _chains(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each item of a group with the next one of it, shape ``(n, 2)``."""
    found = groups_of(codes)
    following = np.diff(found.numbers) == 0
    return np.stack([found.items[:-1][following], found.items[1:][following]], axis=1)


def pair_test(candidates: Candidates, one: int, other: int) -> SplitTest | None:
    """Test whether two splits can be told apart; None with fewer than 15 items of each a fold."""
    sides = [
        drawn(np.flatnonzero(candidates.splits == split), MOST_OF_SPLIT, candidates.hashes)
        for split in (one, other)
    ]
    return _tested(candidates, (one, other, -1), sides, MOST_FEATURES)


def class_tests(
    candidates: Candidates, one: int, other: int, labels: NDArray[np.int32]
) -> list[SplitTest]:
    """Test two splits within each class that has 30 items of each split.

    Of more than 20 such classes the commonest are tested, at most 1,000 items of each in a split,
    on the 64 main components of all.
    """
    n_classes = int(labels.max(initial=0)) + 1
    n_splits = int(candidates.splits.max()) + 1
    fewer = count_labels(labels, n_classes, candidates.splits, n_splits)
    fewer = fewer[[one, other]].min(axis=0)
    first = np.full(n_classes + 1, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(first, labels, candidates.hashes)  # of equal classes, by their items
    enough = np.flatnonzero(fewer >= 2 * FEWEST_OF_FOLD)
    tests = []
    for label in enough[np.lexsort((first[enough], -fewer[enough]))][:MOST_CLASSES].tolist():
        rows = np.flatnonzero(labels == label)
        sides = [
            drawn(rows[candidates.splits[rows] == split], MOST_OF_CLASS, candidates.hashes)
            for split in (one, other)
        ]
        tests.append(_tested(candidates, (one, other, label), sides, N_COMPONENTS))
    return [test for test in tests if test is not None]


def _tested(
    candidates: Candidates,
    which: tuple[int, int, int],
    sides: list[NDArray[np.int64]],
    n_components: int,
) -> SplitTest | None:
    """Fit on one fold, and test on as many items of both samples in the other."""
    items = np.concatenate(sides)
    is_other = np.repeat([False, True], [len(side) for side in sides])
    fold = candidates.folds[items]
    cells = np.bincount(2 * is_other + fold, minlength=4)
    if cells.min() < FEWEST_OF_FOLD:
        return None
    scores = cross_scores(candidates.components(items, n_components), is_other, fold)
    asked = [np.flatnonzero(fold & (is_other == side)) for side in (False, True)]
    n = min(map(len, asked))
    first, second = (each[:n] for each in asked)
    units = None
    if candidates.units is not None:
        of_item = candidates.units[items].astype(np.int64)
        of_item = np.where(of_item < 0, -1 - np.arange(len(items)), of_item)
        units = of_item[first], of_item[second]
        if min(len(np.unique(each)) for each in units) < FEWEST_GROUPS:
            return None
    one, other, label = which
    return SplitTest(
        one=one,
        other=other,
        label=label,
        items=items,
        scores=np.where(is_other, scores, -scores),
        test=classifier_test(scores[first], scores[second], units),
    )
