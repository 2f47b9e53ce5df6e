"""Label sharpness in any space: the values that its measures share."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures import Findings
from labelaudit.report import EXACT, Scalar, Value
from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.nearest_enemy import (
    MIN_ROWS,
    N_PERMUTATIONS,
    Draws,
    content_order,
    draw_sharpness,
    nearest,
    pairwise_distances,
)
from labelaudit.tabulate import bounded

ONE_DRAW: Final = "a single draw of all samples has no spread"


def sharpness_findings(
    labels: NDArray[np.int32], vectors: NDArray[np.floating], random_state: int, *, total: int
) -> Findings:
    """Return the label sharpness of a pool of rows; everything but where they come from.

    Parameters
    ----------
    labels
        Class of each row, shape ``(n,)``.
    vectors
        Shape ``(n, n_features)``.
    random_state
        Seed of the draws.
    total
        Labelled rows that the pool was drawn from.
    """
    order = content_order(vectors, labels)
    labels, distances = labels[order], pairwise_distances(vectors[order])
    enemy, friend = (found.astype(np.float64) for found in nearest(distances, labels))
    draws = draw_sharpness(distances, labels, random_state)
    pairs = (distances == 0) & (labels[:, None] != labels[None, :])
    values = (
        *_draw_values(draws),
        *_neighbor_values(enemy, friend, sampled=len(labels) < total),
        Value(
            name="contradictory_duplicates",
            title="Pairs of equal samples with different labels",
            value=int(np.count_nonzero(pairs)) // 2,
            unit="count",
            better="lower",
            no_interval=EXACT,
            note="among the samples drawn; left out of K_F, which they would make infinite",
        ),
    )
    parameters: Mapping[str, Scalar] = {
        "pool": len(labels),
        "labelled": total,
        "draws": len(draws.steepest),
        "draw_size": draws.size,
        "permutations": N_PERMUTATIONS,
    }
    return Findings(values=values, notes=_notes(draws, values), parameters=parameters)


def _draw_values(draws: Draws) -> tuple[Value, ...]:
    """Return what is averaged over draws, with t-intervals."""
    measured = np.isfinite(draws.steepest)
    steepest, quantile = draws.steepest[measured], draws.quantile[measured]
    shuffled = draws.shuffled[measured]
    each = f"one draw of all {draws.size:,} samples"
    if len(draws.steepest) > 1:
        each = f"mean of {len(steepest)} draws of {draws.size:,} samples"
    value = Value(
        name="kf_max",
        title="Label sharpness K_F (1 / distance)",
        value=None,
        better="lower",
        note=each if len(steepest) else "undefined: no two samples of different classes differ",
    )
    quantile_value = replace(
        value, name="kf_q05", title="K_F at the 5 % quantile of nearest-enemy distances"
    )
    ratio = replace(value, name="kf_null_ratio", title="K_F against shuffled labels", unit="ratio")
    if not len(steepest):
        return value, quantile_value, ratio
    against = float(steepest.mean() / shuffled.mean())
    return (
        _with_interval(value, float(steepest.mean()), steepest),
        _with_interval(quantile_value, float(quantile.mean()), quantile),
        # Linearization of a ratio of two means over the same draws.
        _with_interval(ratio, against, (steepest - against * shuffled) / shuffled.mean()),
    )


def _with_interval(value: Value, mean: float, spread: NDArray[np.float64]) -> Value:
    """Return a value with the t-interval that the spread of its draws gives it."""
    from scipy.stats import t

    if len(spread) < 2:  # noqa: PLR2004 - one draw has no spread
        return replace(value, value=mean, no_interval=ONE_DRAW)
    half = float(t.ppf(0.975, len(spread) - 1) * spread.std(ddof=1) / np.sqrt(len(spread)))
    value = replace(value, value=mean)
    return bounded(value, max(0.0, mean - half), mean + half, "95 % t-interval over the draws")


def _neighbor_values(
    enemy: NDArray[np.float64], friend: NDArray[np.float64], *, sampled: bool
) -> tuple[Value, ...]:
    """Return the ratio of nearest enemy to nearest friend, and how often it is below 1."""
    from scipy.stats import binom

    ties = np.where(enemy == 0, 1.0, np.inf)
    ratios = np.sort(np.divide(enemy, friend, out=ties, where=friend > 0))
    size, wrong = len(ratios), int((ratios < 1).sum())
    below = int(binom.ppf(0.025, size, 0.5))
    middle, low, high = float(np.median(ratios)), float(ratios[below - 1]), float(ratios[-below])
    ratio = Value(
        name="enemy_friend_ratio",
        title="Distance to the nearest enemy over that to the nearest friend, median",
        value=middle if np.isfinite(middle) else None,
        unit="ratio",
        better="higher",
        no_interval=EXACT if np.isfinite(high) or not sampled else "its upper end is infinite",
        note="" if np.isfinite(middle) else "undefined: half of the samples have an equal friend",
    )
    error = Value(
        name="nearest_neighbor_error",
        title="Samples whose nearest neighbor has another label",
        value=wrong / size,
        unit="share",
        better="lower",
        no_interval=EXACT,
        note=f"{wrong:,} of {size:,}; it falls as more samples are compared",
    )
    if not sampled:
        return ratio, error
    ends = wilson(wrong, size)
    covers = "95 % {} interval over the samples drawn"
    if np.isfinite(high):
        ratio = bounded(ratio, low, high, covers.format("order-statistic"))
    return ratio, bounded(error, float(ends[0]), float(ends[1]), covers.format("Wilson"))


def _notes(draws: Draws, values: tuple[Value, ...]) -> tuple[str, ...]:
    """Return the warnings that belong beside the values."""
    notes = []
    found = {value.name: value.value for value in values}
    if (found["kf_null_ratio"] or 0) > 0.9:  # noqa: PLR2004 - reference: gate of the ratio
        notes.append(
            "K_F is hardly lower than with shuffled labels: here it says little about the "
            "classes; read the enemy-to-friend ratio"
        )
    if draws.n_rarest < MIN_ROWS:
        notes.append(
            f"a class has only {draws.n_rarest:,} samples in a draw: with fewer than {MIN_ROWS} "
            "the distances from it are chance"
        )
    missing = int(np.isnan(draws.steepest).sum())
    if missing:
        notes.append(f"{missing} of {len(draws.steepest)} draws had no two classes apart")
    return tuple(notes)
