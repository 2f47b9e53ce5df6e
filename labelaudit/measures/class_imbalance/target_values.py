"""The values of a target's distribution: where it lies, how even it is, how it was rounded."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures.class_imbalance.imbalance_tables import SMALL
from labelaudit.report import Value
from labelaudit.statistics.imbalance import FEW, MANY, imbalance_statistics, shots
from labelaudit.statistics.label_distribution_smoothing import smoothed_counts
from labelaudit.statistics.target_bins import TargetBins, decimals_of
from labelaudit.tabulate import Specification, exact_values

MIN_SPAN: Final = 20
WIDE: Final = 100
SKEWED: Final = 2
MOMENTS: Final = ("mean_target", "standard_deviation", "skewness")
VALUES: Final[tuple[Specification, ...]] = (
    ("sparse_range_share", "Share of the range that is sparse", "share", "lower"),
    ("sparse_items_share", "Share of the items in sparse stretches", "share", "neither"),
    ("smoothed_imbalance_ratio", "Imbalance ratio of bins, smoothed", "ratio", "lower"),
    ("bin_imbalance_ratio", "Imbalance ratio of bins with items", "ratio", "lower"),
    ("effective_bins", "Effective number of bins", "", "higher"),
    ("bin_evenness", "Evenness over bins", "share", "higher"),
    ("bin_count", "Bins", "count", "neither"),
    ("bin_width", "Width of a bin", "", "neither"),
    ("empty_bin_count", "Bins without items", "count", "lower"),
    ("many_shot_bin_count", f"Many-shot bins (over {MANY} items)", "count", "neither"),
    ("medium_shot_bin_count", f"Medium-shot bins ({FEW} to {MANY} items)", "count", "neither"),
    ("few_shot_bin_count", f"Few-shot bins (under {FEW} items)", "count", "lower"),
    ("lowest_target", "Lowest target", "", "neither"),
    ("median_target", "Median", "", "neither"),
    ("mean_target", "Mean", "", "neither"),
    ("highest_target", "Highest target", "", "neither"),
    ("standard_deviation", "Standard deviation", "", "neither"),
    ("skewness", "Skewness", "", "neither"),
    ("distinct_share", "Distinct targets, of all items", "share", "neither"),
    ("most_common_target_share", "Items with the most common target", "share", "neither"),
    ("multiples_of_5_share", "Items on multiples of 5", "share", "neither"),
    ("multiples_of_10_share", "Items on multiples of 10", "share", "neither"),
)


def target_values(
    targets: NDArray[np.float64],
    binned: NDArray[np.float64],
    bins: TargetBins,
    counts: NDArray[np.int64],
) -> tuple[Value, ...]:
    """Return the values of some targets, which come sorted, as do those of them in the bins."""
    numbers: dict[str, float | None] = {}
    notes: dict[str, str] = {}
    for found, said in (
        _of_bins(bins, counts),
        _of_numbers(targets, binned),
        _of_rounding(targets),
    ):
        numbers |= found
        notes |= said
    return exact_values(VALUES, numbers, notes)


_Found = tuple[dict[str, float | None], dict[str, str]]


def _of_bins(bins: TargetBins, counts: NDArray[np.int64]) -> _Found:
    by_shots = np.bincount(shots(counts), minlength=3).tolist()
    smoothed = smoothed_counts(counts)
    sparse = smoothed < FEW
    even = imbalance_statistics(counts)
    fullest = int(counts.argmax())
    numbers = {
        "sparse_range_share": float(sparse.mean()),
        "sparse_items_share": float(counts[sparse].sum() / counts.sum()),
        "smoothed_imbalance_ratio": float(smoothed.max() / smoothed[counts > 0].min()),
        "bin_imbalance_ratio": even["nonempty_imbalance_ratio"],
        "effective_bins": even["effective_classes"],
        "bin_evenness": even["evenness"],
        "bin_count": len(counts),
        "bin_width": bins.width,
        "empty_bin_count": int((counts == 0).sum()),
        "many_shot_bin_count": by_shots[2],
        "medium_shot_bin_count": by_shots[1],
        "few_shot_bin_count": by_shots[0],
    }
    notes = {
        "bin_width": bins.rule,
        "bin_imbalance_ratio": f"fullest: {bin_name(bins, fullest)} ({counts[fullest]:,})",
        "smoothed_imbalance_ratio": "over bins with items",
    }
    if counts.sum() < SMALL * len(counts):
        why = f"exact of this dataset; of a source, too low: under {SMALL} items a bin"
        notes |= dict.fromkeys(("effective_bins", "bin_evenness"), why)
    return numbers, notes


def _of_numbers(targets: NDArray[np.float64], binned: NDArray[np.float64]) -> _Found:
    """Return where targets lie, and what the outlying ones, which are in no bin, do to it."""
    numbers: dict[str, float | None] = {
        "lowest_target": float(targets[0]),
        "median_target": float(np.quantile(targets, 0.5)),
        "highest_target": float(targets[-1]),
    }
    numbers |= dict(zip(MOMENTS, _moments(targets), strict=True))
    notes, skewness = {}, numbers["skewness"] or 0.0
    if len(binned) < len(targets):
        without = dict(zip(MOMENTS, _moments(binned), strict=True))
        skewness = without["skewness"]
        left_out = f"without the {len(targets) - len(binned):,} outlying"
        notes = {name: f"{number:.4g} {left_out}" for name, number in without.items()}
    notes["skewness"] = "; ".join(
        [
            *([notes["skewness"]] if notes else []),
            "0 is symmetric, above 0 the tail is of high targets",
            *(
                ["of a target that spans factors as this does, measure the logarithm, too"]
                if binned[0] > 0 and binned[-1] > WIDE * binned[0] and skewness > SKEWED
                else []
            ),
        ]
    )
    return numbers, notes


def _moments(targets: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return mean, standard deviation and skewness.

    Deviations are taken from the median, in units of the largest, so that none overflows.
    """
    median = float(np.quantile(targets, 0.5))
    largest = float(np.abs(targets - median).max())
    scaled = (targets - median) / largest
    mean, deviation = float(scaled.mean()), float(scaled.std())
    skewness = float((((scaled - mean) / deviation) ** 3).mean())
    return median + largest * mean, largest * deviation, skewness


def _of_rounding(targets: NDArray[np.float64]) -> _Found:
    """Return how often targets repeat, and how many integers are multiples of 5 and 10."""
    distinct, times = np.unique(targets, return_counts=True)
    common = int(times.argmax())
    numbers: dict[str, float | None] = {
        "distinct_share": len(distinct) / len(targets),
        "most_common_target_share": float(times[common] / len(targets)),
    }
    notes = {"most_common_target_share": f"{distinct[common]:.6g}, {times[common]:,} items"}
    span = distinct[-1] - distinct[0] + 1
    whole = decimals_of(distinct) == 0 and span >= MIN_SPAN
    for base in (5, 10):
        name = f"multiples_of_{base}_share"
        numbers[name] = float((targets % base == 0).mean()) if whole else None
        if whole:
            possible = distinct[-1] // base - np.ceil(distinct[0] / base) + 1
            notes[name] = f"{100 * possible / span:.3g} % of the integers in the range are"
        else:
            notes[name] = f"undefined: the targets are not integers that span {MIN_SPAN} or more"
    return numbers, notes


def bin_name(bins: TargetBins, at: int) -> str:
    """Return what a bin holds, in words."""
    low, high = bins.lows[at], bins.highs[at]
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"
