"""The tables of class imbalance: by class, by number of shots, by weight and by split."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.report import Table
from labelaudit.statistics.imbalance import (
    BETAS,
    class_balanced_weights,
    effective_numbers,
    imbalance_statistics,
    shots,
)
from labelaudit.tabulate import MAX_ROWS, ranked_table

SHOTS: Final = ("few", "medium", "many")
SMALL: Final = 5
N_RAREST: Final = 50

Counts = NDArray[np.int64]


def by_size(counts: Counts, names: Sequence[str]) -> list[int]:
    """Return the classes from the largest to the smallest, those of equal size by name."""
    return sorted(range(len(names)), key=lambda at: (-int(counts[at]), names[at]))


def class_table(counts: Counts, names: tuple[str, ...]) -> Table:
    """Return one row a class, the most common first."""
    order = np.array(by_size(counts, names), dtype=np.int64)
    held = np.empty(len(counts))
    held[order] = np.cumsum(counts[order]) / counts.sum()
    return ranked_table(
        "classes",
        "Items by class",
        (
            ("class", "", names),
            ("count", "count", counts),
            ("share", "share", counts / counts.sum()),
            ("cumulative_share", "share", held),
            ("shots", "", np.array(SHOTS, dtype=object)[shots(counts)]),
            ("missing_for_parity", "count", counts.max() - counts),
        ),
        order,
    )


def rarest_table(counts: Counts, names: tuple[str, ...]) -> list[Table]:
    """Return the rarest classes, where there are too many for one table of all."""
    if len(names) <= MAX_ROWS:
        return []
    rarest = np.array(by_size(counts, names)[: -N_RAREST - 1 : -1], dtype=np.int64)
    return [
        ranked_table(
            "rarest_classes",
            "The rarest classes",
            (("class", "", names), ("count", "count", counts)),
            rarest,
        )
    ]


def shot_table(counts: Counts) -> Table:
    """Return the classes and items of each number of shots."""
    kind = shots(counts)
    n_items = np.bincount(kind, weights=counts, minlength=3).astype(np.int64)
    return ranked_table(
        "shots",
        "Classes and items by shots",
        (
            ("shots", "", SHOTS),
            ("classes", "count", np.bincount(kind, minlength=3)),
            ("items", "count", n_items),
            ("share", "share", n_items / n_items.sum()),
        ),
        np.array([2, 1, 0]),
    )


def weight_table(counts: Counts, names: tuple[str, ...]) -> Table:
    """Return the effective number of items and the class-balanced weight of each class."""
    weights = [(f"weight_at_{b}", "", class_balanced_weights(counts, b)) for b in BETAS]
    numbers = [(f"effective_number_at_{b}", "", effective_numbers(counts, b)) for b in BETAS]
    return ranked_table(
        "class_balanced_weights",
        "Class-balanced weights and effective numbers of items, by beta",
        (("class", "", names), ("count", "count", counts), *weights, *numbers),
        np.array(by_size(counts, names), dtype=np.int64),
    )


def split_tables(by_split: Counts, names: tuple[str, ...], classes: tuple[str, ...]) -> list[Table]:
    """Return the statistics of each split, and its items by class.

    Parameters
    ----------
    by_split
        Items of each split and class.
    names
        Names of the splits.
    classes
        Names of the classes.
    """
    found = [imbalance_statistics(counts) if counts.any() else {} for counts in by_split]

    def column(name: str) -> NDArray[np.float64]:
        return np.array([numbers.get(name) for numbers in found], dtype=np.float64)

    sizes = by_split.sum(axis=1)
    kind = shots(by_split)
    rows = np.arange(len(names))
    order = np.array(by_size(by_split.sum(axis=0), classes), dtype=np.int64)
    overview = ranked_table(
        "splits",
        "Imbalance by split",
        (
            ("split", "", names),
            ("labelled", "count", sizes),
            ("classes_present", "count", (by_split > 0).sum(axis=1)),
            ("many_shot_classes", "count", (kind == 2).sum(axis=1)),  # noqa: PLR2004 - as in SHOTS
            ("medium_shot_classes", "count", (kind == 1).sum(axis=1)),
            ("few_shot_classes", "count", (kind == 0).sum(axis=1)),
            ("imbalance_ratio", "ratio", column("imbalance_ratio")),
            ("ratio_with_items", "ratio", column("nonempty_imbalance_ratio")),
            ("effective_classes", "", column("effective_classes")),
            ("under_5_a_class", "", sizes < SMALL * len(classes)),
        ),
        rows,
    )
    statistics = ranked_table(
        "split_statistics",
        "Statistics by split",
        (
            ("split", "", names),
            ("entropy", "nats", column("entropy")),
            ("evenness", "share", column("evenness")),
            ("inverse_simpson", "", column("inverse_simpson")),
            ("gini", "share", column("gini")),
            ("normalized_gini", "share", column("normalized_gini")),
            ("distance_from_balance", "share", column("uniform_distance")),
            ("lrid", "", column("lrid")),
            ("lrid_per_sample", "nats", column("lrid_per_sample")),
            ("balance_p_value", "", column("balance_p_value")),
        ),
        rows,
    )
    crossed = ranked_table(
        "classes_by_split",
        "Items by class and split",
        (
            ("class", "", classes),
            *((n, "count", c) for n, c in zip(names, by_split, strict=True)),
        ),
        order,
    )
    return [overview, statistics, crossed]
