"""Tables and rankings of items for which several classes are plausible."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures import Ranking
from labelaudit.report import Table
from labelaudit.statistics.plausible_classes import Plausible
from labelaudit.tabulate import ranked_table

MOSTLY: Final = 0.5
MOST_LISTED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByClass:
    """Means over the items given each class, shape ``(n_classes,)``; NaN where there is none.

    Attributes
    ----------
    counts
        Items given the class.
    plausible
        Plausible classes of an item.
    several
        Share of items with two plausible classes or more.
    entropy
        Entropy of the labels of an item's neighbors, in nats.
    """

    counts: NDArray[np.int64]
    plausible: NDArray[np.float64]
    several: NDArray[np.float64]
    entropy: NDArray[np.float64]


def by_class(
    labels: NDArray[np.int32],
    n_classes: int,
    plausible: Plausible | None,
    entropy: NDArray[np.float64] | None,
) -> ByClass:
    """Return the proxies of each class; NaN where there are none."""
    nothing = np.full(n_classes, np.nan)
    counts, several, mixed = nothing, nothing, nothing
    if plausible is not None:
        given = labels[plausible.items]
        counts = _means(given, plausible.counts.astype(np.float64), n_classes)
        several = _means(given, (plausible.counts > 1).astype(np.float64), n_classes)
    if entropy is not None:
        known = ~np.isnan(entropy)
        mixed = _means(labels[known], entropy[known], n_classes)
    return ByClass(
        counts=np.bincount(labels[labels >= 0], minlength=n_classes),
        plausible=counts,
        several=several,
        entropy=mixed,
    )


def _means(
    given: NDArray[np.int32], numbers: NDArray[np.float64], n_classes: int
) -> NDArray[np.float64]:
    counts = np.bincount(given, minlength=n_classes)
    sums = np.bincount(given, numbers, minlength=n_classes)
    means: NDArray[np.float64] = np.divide(
        sums, counts, out=np.full(n_classes, np.nan), where=counts > 0
    )
    return means


def class_table(found: ByClass, class_names: tuple[str, ...], n_items: int) -> Table:
    """Return one row a class, those that seem to have several labels most often first."""
    source = f"calibrated on the given labels of {n_items:,} items" if n_items else "of neighbors"
    return ranked_table(
        "screening_by_class",
        f"Screening by class: proxies, {source}",
        (
            ("class", "", class_names),
            ("items", "count", found.counts),
            ("several_plausible_share", "share", found.several),
            ("plausible_classes", "", found.plausible),
            ("neighbor_entropy", "nats", found.entropy),
        ),
        np.lexsort((-np.nan_to_num(found.entropy), -np.nan_to_num(found.several))),
    )


def pair_table(plausible: Plausible, class_names: tuple[str, ...]) -> Table:
    """Return the pairs of classes that are plausible together, the most frequent first."""
    n_classes = len(class_names)
    two = plausible.second >= 0
    low = np.minimum(plausible.first, plausible.second)[two]
    high = np.maximum(plausible.first, plausible.second)[two]
    codes, counts = np.unique(low * n_classes + high, return_counts=True)
    names = np.array(class_names, dtype=object)
    return ranked_table(
        "plausible_pairs",
        "Proxy: classes that are plausible for the same items",
        (
            ("class", "", names[codes // n_classes]),
            ("other_class", "", names[codes % n_classes]),
            ("items", "count", counts),
            ("share", "share", counts / max(len(plausible.items), 1)),
        ),
        np.argsort(-counts, kind="stable"),
    )


def likely_several(
    plausible: Plausible, labels: NDArray[np.int32], class_names: tuple[str, ...]
) -> Ranking:
    """Return the items for which two classes are plausible, the likeliest to have both first.

    That is where they are classes that the model does not take for each other otherwise.
    Suggested is the more probable of the two that is not the given one.
    """
    several = np.flatnonzero(plausible.second >= 0)
    order = several[np.argsort(-plausible.score[several], kind="stable")][:MOST_LISTED]
    items = plausible.items[order]
    first, second = plausible.first[order], plausible.second[order]
    details = tuple(
        f"both {class_names[one]} and {class_names[other]} are plausible; the latter is "
        f"{score:.1f} times as probable as is usual between the two"
        for one, other, score in zip(
            first.tolist(), second.tolist(), plausible.score[order].tolist(), strict=True
        )
    )
    return Ranking(
        name="likely_several_labels",
        title="Items that may show several classes, by a model",
        items=items,
        scores=plausible.score[order],
        suggested=np.where(first == labels[items], second, first).astype(np.int32),
        details=details,
    )
