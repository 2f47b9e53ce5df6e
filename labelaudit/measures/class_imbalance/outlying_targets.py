"""Targets far from the others: typing errors, wrong units, a 999 for "unknown"; or a long tail."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures import Ranking
from labelaudit.report import Value
from labelaudit.tabulate import exact_values

FENCE: Final = 3.0


def beyond_middle(targets: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Return how many IQR each target is away from the middle half, 0 where there is no IQR."""
    if low == high:
        return np.zeros(len(targets))
    with np.errstate(over="ignore"):
        beyond = np.maximum(low - targets, targets - high) / (high - low)
    return np.where(np.isfinite(targets), np.clip(beyond, 0, np.finfo(np.float64).max), 0)


def outlying_targets(
    targets: NDArray[np.float64], low: float, high: float
) -> tuple[Value, Ranking]:
    """Return how many targets lie beyond the outer fences, and which."""
    beyond = beyond_middle(targets, low, high)
    items = np.flatnonzero(beyond > FENCE)
    items = items[np.lexsort((targets[items], -beyond[items]))]
    (number,) = exact_values(
        (("outlying_targets_count", "Outlying targets", "count", "lower"),),
        {"outlying_targets_count": len(items) if high > low else None},
        {
            "outlying_targets_count": f"more than {FENCE:g} IQR from the middle half"
            if high > low
            else "undefined: at least half of the targets are one number"
        },
    )
    ranking = Ranking(
        name="outlying_targets",
        title="Outlying targets",
        items=items,
        scores=beyond[items],
        details=tuple(
            f"{targets[at]:.6g}: {beyond[at]:.3g} IQR "
            f"{'below' if targets[at] < low else 'above'} {low:.6g} to {high:.6g}"
            for at in items
        ),
    )
    return number, ranking
