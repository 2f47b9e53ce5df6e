"""Label sharpness in any space: the values that its measures share."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.measures import Findings
from labelaudit.measures.label_sharpness.sharpness_pool import Pool
from labelaudit.measures.label_sharpness.sharpness_tables import (
    class_table,
    distance_table,
    size_table,
)
from labelaudit.report import EXACT, Value
from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.label_steepness import N_PERMUTATIONS, Draws, draw_sharpness
from labelaudit.statistics.nearest_enemy import (
    MIN_ROWS,
    Nearest,
    effective_size,
    enemy_friend_ratios,
    nearest,
)
from labelaudit.tabulate import bounded

ONE_DRAW: Final = "a single draw of all samples has no spread"
NO_DIFFERENCE: Final = "undefined: no two samples with different labels differ"
OVER_DRAWS: Final = "95 % over other samples as large: t-interval, widened as draws share items"
SHARED: Final = "samples share neighbors, so that their spread is no error"


def sharpness_findings(
    pool: Pool, labels: LabelDifferences, class_names: Sequence[str], random_state: int
) -> Findings:
    """Return the label sharpness of a pool of samples; everything but where they come from."""
    draws = draw_sharpness(pool.distances, pool.differences, pool.classes, random_state)
    near = nearest(pool.distances, pool.classes) if labels.kind == "classes" else None
    beside = _neighbor_change(pool) if near is None else _neighbor_values(near, pool)
    tables = () if near is None else (class_table(pool, near, class_names), distance_table(near))
    return Findings(
        values=(*_draw_values(draws, labels), *beside, _contradictory(pool)),
        tables=(*tables, size_table(pool, draws, random_state)),
        notes=_notes(draws, class_names),
        parameters={
            "pool": len(pool.items),
            "labelled": pool.total,
            "draws": len(draws.steepest),
            "draw_size": draws.size,
            "permutations": N_PERMUTATIONS,
            "numerator": labels.numerator,
        },
    )


def _draw_values(draws: Draws, labels: LabelDifferences) -> tuple[Value, ...]:
    """Return what is averaged over draws, with t-intervals."""
    single = labels.kind == "classes"
    measured = draws.measured
    steepest, quantile = draws.steepest[measured], draws.quantile[measured]
    shuffled = draws.shuffled[measured]
    each = f"at M = {draws.size:,}: one draw of all samples"
    if len(draws.steepest) > 1:
        each = f"at M = {draws.size:,}: mean of {len(steepest)} draws"
    left = f"{draws.used:,.0f} in classes with {MIN_ROWS} of them"
    few = f"undefined: of a draw of {draws.size:,}, only {left}"
    too_rare = single and draws.used < draws.size
    if too_rare:
        each += f", {left}"
    value = Value(
        name="kf_max",
        title="Label sharpness K_F (label difference / distance)",
        value=None,
        better="lower",
        note=f"{each}; it grows with M" if len(steepest) else few if too_rare else NO_DIFFERENCE,
    )
    title = "K_F that 5 % of the samples exceed"
    if single:
        title = "K_F at the 5 % quantile of nearest-enemy distances"
    quantile_value = replace(value, name="kf_q05", title=title)
    if not single:
        value = replace(value, note=f"{value.note}; label difference: {labels.numerator}")
    ratio = replace(value, name="kf_null_ratio", title="K_F against shuffled labels", unit="ratio")
    if not len(steepest):
        return value, quantile_value, ratio
    against = float(steepest.mean() / shuffled.mean())
    return (
        _with_interval(value, float(steepest.mean()), steepest, draws),
        _with_interval(quantile_value, float(quantile.mean()), quantile, draws),
        # Linearization of a ratio of two means over the same draws.
        _with_interval(
            replace(ratio, note=each),
            against,
            (steepest - against * shuffled) / shuffled.mean(),
            draws,
        ),
    )


def _with_interval(value: Value, mean: float, spread: NDArray[np.float64], draws: Draws) -> Value:
    """Return a value with the interval that the spread of its draws gives it."""
    if len(spread) < 2:  # noqa: PLR2004 - one draw has no spread
        return replace(value, value=mean, no_interval=ONE_DRAW)
    half = draws.half_width(spread)
    value = replace(value, value=mean)
    return bounded(value, max(0.0, mean - half), mean + half, OVER_DRAWS)


def _neighbor_values(near: Nearest, pool: Pool) -> tuple[Value, ...]:
    """Return the ratio of nearest enemy to nearest friend, and how often it is below 1."""
    enemy, friend, _ = near
    ratios = enemy_friend_ratios(enemy, friend)
    size, wrong = len(ratios), ratios < 1
    middle, share = float(np.median(ratios)), float(wrong.mean())
    counts = np.bincount(pool.classes)
    by_chance = 1 - float(counts @ (counts - 1)) / (size * (size - 1))
    sampled = size < pool.total
    ratio = Value(
        name="enemy_friend_ratio",
        title="Distance to the nearest enemy over that to the nearest friend, median",
        value=middle if np.isfinite(middle) else None,
        unit="ratio",
        better="higher",
        no_interval=SHARED if sampled else EXACT,
        note="" if np.isfinite(middle) else "undefined: half of the samples have an equal friend",
    )
    error = Value(
        name="nearest_neighbor_error",
        title="Samples whose nearest neighbor has another label",
        value=share,
        unit="share",
        better="lower",
        no_interval=EXACT,
        note=f"{int(wrong.sum()):,} of {size:,}; {100 * by_chance:.3g} % with shuffled labels; "
        "it falls as more samples are compared",
    )
    if not sampled:
        return ratio, error
    worth = effective_size(wrong, pool.distances.argmin(axis=1))
    low, high = wilson(share * worth, worth)
    covers = (
        f"95 % Wilson interval over the samples drawn, as of {worth:,.0f}: they share neighbors"
    )
    return ratio, bounded(error, float(low), float(high), covers)


def _neighbor_change(pool: Pool) -> tuple[Value, ...]:
    """Return how much labels of nearest neighbors differ, beside those of any two samples."""
    rows = np.arange(len(pool.items))
    nearby = float(pool.differences[rows, pool.distances.argmin(axis=1)].mean())
    any_two = float(pool.differences.mean(dtype=np.float64)) * len(rows) / (len(rows) - 1)
    return (
        Value(
            name="neighbor_change_ratio",
            title="Label difference of nearest neighbors over that of any two samples",
            value=nearby / any_two,
            unit="ratio",
            better="lower",
            no_interval=EXACT if len(rows) == pool.total else SHARED,
            note=f"near 0 labels follow distance, near 1 they do not; of {len(rows):,} samples",
        ),
    )


def _contradictory(pool: Pool) -> Value:
    pairs = (pool.distances == 0) & (pool.differences > 0)
    return Value(
        name="contradictory_duplicates",
        title="Pairs of equal samples with different labels",
        value=int(np.count_nonzero(pairs)) // 2,
        unit="count",
        better="lower",
        no_interval=EXACT,
        note="among the samples compared; left out of K_F, which they would make infinite",
    )


def _notes(draws: Draws, class_names: Sequence[str]) -> tuple[str, ...]:
    """Return the warnings that belong beside the values."""
    notes = []
    measured = draws.measured
    ratio = draws.steepest[measured].sum() / max(draws.shuffled[measured].sum(), 1e-300)
    if ratio > 0.9:  # noqa: PLR2004 - reference: gate of the ratio
        notes.append(
            "K_F is hardly lower than with shuffled labels: here it says little about the "
            "labels; read what compares neighbors"
        )
    rare = np.flatnonzero(draws.n_left_out)
    if len(rare):
        named = ", ".join(sorted(class_names[at] for at in rare.tolist())[:3])
        notes.append(
            f"classes with fewer than {MIN_ROWS} samples in a draw of {draws.size:,} are left out "
            f"of K_F there: {len(rare):,} of {len(class_names):,} ({named}"
            + (", ...)" if len(rare) > 3 else ")")  # noqa: PLR2004 - as many as are named
        )
    if 0 < measured.sum() < len(measured):
        notes.append(f"{int((~measured).sum())} of {len(measured)} draws had no two labels apart")
    return tuple(notes)
