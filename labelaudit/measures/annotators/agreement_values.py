"""The statistics of agreement as values: with an interval, and how to read them."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.report import Value
from labelaudit.statistics.agreement import (
    UNDEFINED_IN_REPLICATES,
    Patterns,
    agreement_statistics,
)
from labelaudit.tabulate import Specification, bounded, exact_values

RELIABLE: Final = 0.8
TENTATIVE: Final = 2 / 3
ORDERED: Final[tuple[Specification, ...]] = (
    ("ordinal_alpha", "Krippendorff's alpha, ordinal", "", "higher"),
    ("interval_alpha", "Krippendorff's alpha of the classes' ranks", "", "higher"),
)
STATISTICS: Final[tuple[Specification, ...]] = (
    ("krippendorff_alpha", "Krippendorff's alpha", "", "higher"),
    ("raw_agreement", "Agreement of two judgements of an item", "share", "higher"),
    ("gwet_ac1", "Gwet's AC1", "", "higher"),
    ("fleiss_kappa", "Fleiss' kappa", "", "higher"),
    ("full_agreement_share", "Items on which all agree", "share", "higher"),
)
Replicates = Mapping[str, NDArray[np.float64]]


def agreement_values(
    patterns: Patterns, replicates: Replicates, redrawn: Replicates, *, ordered: bool
) -> tuple[Value, ...]:
    """Return the statistics of agreement with their intervals."""
    numbers = agreement_statistics(patterns, ordered=ordered)
    notes = {
        name: _read(number) if name in {"krippendorff_alpha", "ordinal_alpha"} else ""
        for name, number in numbers.items()
    } | {
        name: "undefined: every judgement names the same class"
        for name, number in numbers.items()
        if np.isnan(number)
    }
    if "fleiss_kappa" not in numbers:
        numbers["fleiss_kappa"] = np.nan
        notes["fleiss_kappa"] = "undefined: the items differ in their number of judgements"
    specifications = (*ORDERED, *STATISTICS) if ordered else STATISTICS
    values = exact_values(specifications, numbers, notes, UNDEFINED_IN_REPLICATES)
    over = (
        "95 % bootstrap over items, for these annotators"
        + "; over annotators in the table" * bool(redrawn)
    )
    return tuple(_bounded(value, replicates, over) for value in values)


def _read(alpha: float) -> str:
    """Return how Krippendorff reads an alpha."""
    this = "neither"
    if alpha >= TENTATIVE:
        this = "the former" if alpha >= RELIABLE else "the latter"
    return (
        "Krippendorff reads 0.8 and more as reliable, 0.667 to 0.8 as fit for tentative "
        f"conclusions: this is {this}."
    )


def _bounded(value: Value, replicates: Replicates, over: str) -> Value:
    """Return a value with its bootstrap interval, if nearly all replicates define it."""
    drawn = replicates.get(value.name, np.full(1, np.nan))
    defined = drawn[~np.isnan(drawn)]
    if value.value is None or len(defined) < 0.95 * len(drawn):
        return value
    low, high = np.quantile(defined, [0.025, 0.975])
    return bounded(value, low, high, over)
