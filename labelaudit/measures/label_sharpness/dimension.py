"""Intrinsic dimension in any space: the values and tables that its measures share."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings
from labelaudit.measures.label_sharpness.dimension_points import Points
from labelaudit.measures.label_sharpness.dimension_tables import (
    RANKS,
    K,
    class_table,
    mean_at,
    neighbor_table,
    scale_table,
    size_table,
)
from labelaudit.report import EXACT, Scalar, Value
from labelaudit.statistics.intervals import Z_95, wilson
from labelaudit.statistics.intrinsic_dimension import (
    mle,
    mle_error,
    too_near,
    two_nn,
    two_nn_error,
    two_nn_line,
)
from labelaudit.tabulate import bounded

LEAST: Final = 200
FEW: Final = 500
ROWS_A_NEIGHBOR: Final = 10
N_ANCHORS: Final = 4000
EQUAL_N: Final = 1000
TRUSTED: Final = 10.0
MOST_CHANGE: Final = 0.25
MOST_TOO_NEAR: Final = 0.005
MOST_TIED: Final = 0.05
SMALLEST_CHANGE: Final = 0.0005
NO_RATIO: Final = "undefined: the two nearest neighbors of every point are at one distance"
SAMPLING_ONLY: Final = "95 %, sampling only: 1.96 x 1.4 standard errors; bias is usually larger"


def dimension_findings(points: Points, class_names: Sequence[str], random_state: int) -> Findings:
    """Return the intrinsic dimension of some points; everything but where they come from.

    Raises
    ------
    MissingInputError
        When fewer than 200 points differ, or the neighbors of each are all at one distance.
    """
    n = len(points.rows)
    if n <= 1 < n + points.n_removed:
        raise MissingInputError(f"all {n + points.n_removed:,} {points.what} are equal")
    if n < LEAST:
        raise MissingInputError(
            f"{n:,} different {points.what} are too few (of {n + points.n_removed:,}): an "
            f"intrinsic dimension needs {LEAST}"
        )
    anchors = points.rows[:N_ANCHORS]
    most = min(2 * RANKS[-1], n // ROWS_A_NEIGHBOR)
    near = points.nearest(points.rows, anchors, most)
    if np.isnan(mle(near, K)):
        raise MissingInputError(
            f"the {K} nearest neighbors of every one of {len(near):,} {points.what} are at one "
            "distance: that has no dimension"
        )
    close = too_near(near, mle(near, K))
    distances = points.between(anchors)
    by_class = class_table(points, class_names, random_state) if len(points.classes) else None
    parameters: dict[str, Scalar] = {
        "k": K,
        "points": n,
        "anchors": len(anchors),
        "duplicates_removed": points.n_removed,
        "inflation": 1.4,
    }
    return Findings(
        values=(
            *_estimates(near, n, points.what),
            _at_equal_n(points, distances, random_state),
            *_removed(points, near),
            _too_near(close, len(anchors), n),
        ),
        tables=(
            neighbor_table(near),
            scale_table(near),
            size_table(distances, random_state),
            *(() if by_class is None or not by_class.rows else (by_class,)),
        ),
        notes=_notes(near, points, close),
        parameters=parameters,
    )


def _estimates(near: NDArray[np.float64], n: int, what: str) -> tuple[Value, ...]:
    """Return the dimension by three estimators, with what the spread of samples is."""
    by_mle, by_ratio = mle(near, K), two_nn(near)
    found = (
        ("intrinsic_dimension", f"Intrinsic dimension of the {what}", by_mle, "MLE, 20 neighbors"),
        ("twonn_dimension", "The same by TwoNN, maximum likelihood", by_ratio, "2 neighbors"),
    )
    errors = (mle_error(by_mle, len(near), K), two_nn_error(by_ratio, len(near)))
    values = []
    for (name, title, number, how), error in zip(found, errors, strict=True):
        note = f"at N = {n:,}; {how}"
        if number > TRUSTED:
            note += "; a lower bound: above about 10, estimates read too low; noise counts, too"
        value = Value(name=name, title=title, value=number, note=note)
        if np.isnan(number):
            values.append(replace(value, value=None, note=NO_RATIO))
            continue
        half = Z_95 * error
        values.append(bounded(value, max(0.0, number - half), number + half, SAMPLING_ONLY))
    slope = two_nn_line(near)
    line = Value(
        name="twonn_line_dimension",
        title="The same by TwoNN, line through 90 % of the points",
        value=None if np.isnan(slope) else slope,
        note=NO_RATIO if np.isnan(slope) else f"at N = {n:,}; as TwoNN was published",
        no_interval="the points of the line are sorted, so that its fit has no sampling error",
    )
    return (*values, line)


def _at_equal_n(points: Points, distances: NDArray[np.float32], seed: int) -> Value:
    """Return the value at 1,000 points, to compare datasets by."""
    value = Value(
        name="dimension_at_1000",
        title=f"Intrinsic dimension of 1,000 {points.what}, to compare datasets by",
        value=None,
        note=f"undefined: there are {len(points.rows):,}; compare at a smaller number",
    )
    if len(distances) < EQUAL_N:
        return value
    found, n_draws = mean_at(distances, EQUAL_N, seed)
    if np.isnan(found):
        return replace(value, note="undefined: neighbors are at one distance")
    half = Z_95 * mle_error(found, EQUAL_N, K)
    note = "MLE, 20 neighbors"
    if n_draws > 1:
        note += f"; mean of {n_draws} draws of 1,000"
    if found > TRUSTED:
        note += "; a lower bound, too"
    value = Value(name=value.name, title=value.title, value=found, note=note)
    return bounded(value, found - half, found + half, f"{SAMPLING_ONLY}; of one draw")


def _removed(points: Points, distances: NDArray[np.float64]) -> tuple[Value, Value]:
    """Return how many copies there were, and what became of them."""
    exact = Value(
        name="duplicates_removed_count",
        title=f"Exact copies of other {points.what}, removed before",
        value=points.n_removed,
        unit="count",
        no_interval=EXACT,
    )
    done = "more than a tenth, and so not removed"
    if points.near_removed:
        done = _with_near_copies(points, distances) if points.n_near else ""
    near = Value(
        name="near_copies_count",
        title=f"Near copies of other {points.what}, removed before",
        value=points.n_near,
        unit="count",
        no_interval=EXACT,
        note="undefined: it takes embeddings to find them" if points.n_near is None else done,
    )
    return exact, near


def _with_near_copies(points: Points, distances: NDArray[np.float64]) -> str:
    """Return what removing near copies did to the dimension, by the first 1,000 points."""
    asked = points.rows[:EQUAL_N]
    more = mle(points.nearest(points.with_near, asked, K), K) / mle(distances[: len(asked)], K) - 1
    if not abs(more) >= SMALLEST_CHANGE:
        return "with them the dimension would read the same"
    how = "lower" if more < 0 else "higher"
    return f"with them the dimension would read {100 * abs(more):.2g} % {how}"


def _too_near(close: int, n_anchors: int, n: int) -> Value:
    value = Value(
        name="too_near_share",
        title="Points with a neighbor too near for this dimension: near copies, or dense spots",
        value=close / n_anchors,
        unit="share",
        better="lower",
        no_interval=EXACT,
        note=f"{close:,} of {n_anchors:,}; they pull the dimension down",
    )
    if n_anchors == n:
        return value
    low, high = wilson(close, n_anchors)
    return bounded(value, float(low), float(high), "95 % Wilson interval over the points asked")


def _notes(near: NDArray[np.float64], points: Points, close: int) -> tuple[str, ...]:
    """Return the warnings that belong beside the values."""
    notes = []
    n, what, copied = len(points.rows), points.what, points.n_near or 0
    if copied > MOST_TOO_NEAR * (n + copied):
        done = "one of each group was kept" if points.near_removed else "too many to leave out"
        notes.append(f"{copied:,} {what} are near copies of others: {done}")
    tied = int((near[:, 0] == near[:, 1]).sum())
    if tied > MOST_TIED * len(near):
        notes.append(
            f"the two nearest neighbors of {tied:,} of {len(near):,} {what} are at one "
            "distance, as on a grid: estimates from so few neighbors say little"
        )
    if n < FEW:
        notes.append(f"{n:,} {what} are few: below {FEW} the dimension reads low, and spreads")
    if near.shape[1] >= 50:  # noqa: PLR2004 - reference: the ends of the range of k
        small, large = mle(near, 5), mle(near, 50)
        if abs(small - large) > MOST_CHANGE * min(small, large):
            notes.append(
                f"the dimension depends on the scale: {small:.3g} over 5 neighbors, {large:.3g} "
                "over 50; no single number describes it"
            )
    if close > MOST_TOO_NEAR * len(near):
        notes.append(
            f"{close:,} of {len(near):,} {what} have a neighbor that is too near for this "
            "dimension: near copies, or dense spots, pull it down; look at near duplicates"
        )
    return tuple(notes)
