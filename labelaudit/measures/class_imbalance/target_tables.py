"""The tables of a target's distribution: by bin, by split, and where it is thin."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.report import Table
from labelaudit.statistics.imbalance import FEW, imbalance_statistics, shots
from labelaudit.statistics.label_distribution_smoothing import (
    lds_density,
    lds_weights,
    smoothed_counts,
)
from labelaudit.statistics.target_bins import TargetBins
from labelaudit.tabulate import ranked_table

QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
SHOTS: Final = np.array(("few", "medium", "many"), dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A split, or all items: its name, its targets from the lowest up, and how many a bin has."""

    name: str
    targets: NDArray[np.float64]
    counts: NDArray[np.int64]


def bin_table(bins: TargetBins, counts: NDArray[np.int64]) -> Table:
    """Return one row a bin, from the lowest target up."""
    smoothed = smoothed_counts(counts)
    return ranked_table(
        "bins",
        "Items by target",
        (
            ("from", "", bins.lows),
            ("to", "", bins.highs),
            ("count", "count", counts),
            ("share", "share", counts / counts.sum()),
            ("shots", "", SHOTS[shots(counts)]),
            ("smoothed_count", "", smoothed),
            ("sparse", "", smoothed < FEW),
            ("lds_density", "", lds_density(counts)),
            ("lds_weight_inverse", "", lds_weights(counts, root=False)),
            ("lds_weight_square_root", "", lds_weights(counts, root=True)),
        ),
        np.arange(len(counts)),
    )


def sparse_table(bins: TargetBins, counts: NDArray[np.int64]) -> Table:
    """Return the stretches of bins whose smoothed count is below the few-shot limit, widest first.

    The share is that of the range.
    """
    starts, ends = _runs(smoothed_counts(counts) < FEW)
    held = np.concatenate([[0], np.cumsum(counts)])
    return ranked_table(
        "sparse_stretches",
        f"Stretches with fewer than {FEW} items a bin, after smoothing",
        (
            ("from", "", bins.lows[starts]),
            ("to", "", bins.highs[ends - 1]),
            ("bins", "count", ends - starts),
            ("range_share", "share", (ends - starts) / len(counts)),
            ("items", "count", held[ends] - held[starts]),
        ),
        np.lexsort((starts, starts - ends)),
    )


def _runs(chosen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where runs of chosen bins start, and where the first bin after each is."""
    changes = np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8))
    return np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)


def quantile_table(parts: list[Part]) -> Table:
    """Return the quantiles of all items and of each split."""
    points = (0.0, *QUANTILES, 1.0)
    quantiles = np.array(
        [
            np.quantile(part.targets, points) if len(part.targets) else [np.nan] * len(points)
            for part in parts
        ]
    )
    names = ("lowest", *(f"quantile_{point:g}" for point in QUANTILES), "highest")
    return ranked_table(
        "quantiles",
        "Quantiles of the target",
        (
            ("split", "", [part.name for part in parts]),
            ("labelled", "count", np.array([len(part.targets) for part in parts])),
            *((name, "", values) for name, values in zip(names, quantiles.T, strict=True)),
        ),
        np.arange(len(parts)),
    )


def split_table(parts: list[Part]) -> Table:
    """Return how evenly each split fills the bins of the dataset."""
    found = [imbalance_statistics(part.counts) if part.counts.any() else {} for part in parts]

    def column(name: str) -> NDArray[np.float64]:
        return np.array([numbers.get(name) for numbers in found], dtype=np.float64)

    counts = np.array([part.counts for part in parts])
    return ranked_table(
        "splits",
        "Bins by split",
        (
            ("split", "", [part.name for part in parts]),
            ("items_in_bins", "count", counts.sum(axis=1)),
            ("empty_bins", "count", (counts == 0).sum(axis=1)),
            ("few_shot_bins", "count", (shots(counts) == 0).sum(axis=1)),
            ("ratio_with_items", "ratio", column("nonempty_imbalance_ratio")),
            ("effective_bins", "", column("effective_classes")),
            ("evenness", "share", column("evenness")),
        ),
        np.arange(len(parts)),
    )


def bins_by_split_table(bins: TargetBins, parts: list[Part]) -> Table:
    """Return one row a bin and one column a split."""
    return ranked_table(
        "bins_by_split",
        "Items by target and split",
        (
            ("from", "", bins.lows),
            ("to", "", bins.highs),
            *((part.name, "count", part.counts) for part in parts),
        ),
        np.arange(len(bins.lows)),
    )
