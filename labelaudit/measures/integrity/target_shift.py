"""Whether labels that are numbers are spread alike over the splits."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings, measure
from labelaudit.report import Table, Value
from labelaudit.statistics.distributions import compared_pairs
from labelaudit.statistics.proportions import adjusted
from labelaudit.statistics.quantiles import PROBABILITIES, QuantileShift, quantile_shift
from labelaudit.tabulate import Specification, bounded, exact_values, ranked_table

MEAN_BY_CHANCE: Final = math.sqrt(math.pi / 2) * math.log(2)  # of Kolmogorov's distribution
MEDIAN: Final = PROBABILITIES.index(0.5)
KS: Final[tuple[Specification, ...]] = (
    ("ks_statistic", "Kolmogorov-Smirnov statistic", "", "lower"),
    ("ks_excess", "of it, beyond what chance alone would make", "", "lower"),
)
OTHERS: Final[tuple[Specification, ...]] = (
    ("median_difference", "Difference of the medians", "", "neither"),
    ("target_shift_p_value", "p-value of one distribution, adjusted for all pairs", "", "neither"),
)
IN_GROUPS: Final = "the items come in groups, and are no independent draws"
GROUPED: Final = f"undefined: {IN_GROUPS}"
BIASED: Final = "exact of these splits; as an estimate it reads high, by what chance makes"


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two splits, and how far apart their numbers are."""

    one: int
    other: int
    statistic: float
    by_chance: float
    p_value: float
    shift: QuantileShift


@measure(family="integrity", title="Target shift between splits")
def target_shift(
    targets: NDArray[np.float64], splits: Splits, item_groups: NDArray[np.int32] | None = None
) -> Findings:
    """Compare how labels that are numbers are distributed in the splits, two splits at a time.

    All pairs of up to five splits are compared, of more each split with the largest. The numbers
    on top are those of the pair that is furthest apart beyond chance.

    Formula
    -------
    - Kolmogorov-Smirnov statistic: the largest distance of the two empirical distribution
      functions, max |F - G|; by chance, were there one distribution without ties,
      sqrt(pi / 2) ln 2 sqrt(1/n + 1/m) = 0.87 sqrt(1/n + 1/m) on average;
    - its p-value is exact in small samples, else of Kolmogorov's distribution, adjusted by
      Benjamini and Hochberg over the pairs; with ties it reads high;
    - quantiles at 5, 25, 50, 75 and 95 %; the interval of each lies between order statistics, and
      those of two splits are joined by MOVER.

    Range
    -----
    The statistic 0 to 1, lower is better; differences are in the unit of the numbers.

    Undefined
    ---------
    With fewer than two splits that have labels. The p-value, what chance makes and the intervals,
    where the manifest names groups (patients, sources) of several items: their items are no
    independent draws, which all of these take them for.

    Not comparable
    --------------
    The statistic between datasets of different size, but for its excess over chance.

    Parameters
    ----------
    targets
        Number of each item, NaN when unlabelled, shape ``(n_samples,)``.
    splits
        Split of each item.
    item_groups
        Group of each item, ``-1`` for none; None without groups.

    Returns
    -------
    Values of the pair that is furthest apart, and tables of pairs and quantiles.

    Raises
    ------
    MissingInputError
        With fewer than two splits that have labels.

    References
    ----------
    Hodges, The significance probability of the Smirnov two-sample test, Arkiv foer Matematik 3,
    1958.

    Examples
    --------
    >>> halves = Splits(("a", "b"), np.repeat(np.array([0, 1], dtype=np.int32), 4))
    >>> found = target_shift(np.array([1.0, 2, 3, 4, 3, 4, 5, 6]), halves)
    >>> {value.name: value.value for value in found.values}["ks_statistic"]
    0.5
    """
    labelled = ~np.isnan(targets)
    samples = [targets[labelled & (splits.codes == at)] for at in range(len(splits.names))]
    pairs = compared_pairs([len(sample) for sample in samples])
    if not pairs:
        n_labelled = sum(len(sample) > 0 for sample in samples)
        raise MissingInputError(f"splits with labels: {n_labelled}, and two are needed to compare")
    found = [_compare(one, other, samples) for one, other in pairs]
    found.sort(key=lambda each: each.by_chance - each.statistic)
    if item_groups is not None and _in_groups(item_groups[labelled & (splits.codes >= 0)]):
        found = [_without_chance(each) for each in found]
    return Findings(
        values=_values(found, splits.names),
        tables=(_pair_table(found, samples, splits.names), _quantile_table(found, splits.names)),
        parameters={"pairs": len(pairs)},
    )


def _compare(one: int, other: int, samples: list[NDArray[np.float64]]) -> Compared:
    from scipy.stats import ks_2samp

    first, second = samples[one], samples[other]
    test = ks_2samp(first, second)
    return Compared(
        one=one,
        other=other,
        statistic=float(test.statistic),
        by_chance=MEAN_BY_CHANCE * math.sqrt(1 / len(first) + 1 / len(second)),
        p_value=float(test.pvalue),
        shift=quantile_shift(first, second),
    )


def _in_groups(groups: NDArray[np.int32]) -> bool:
    """Tell whether two items share a group."""
    known = groups[groups >= 0]
    return len(np.unique(known)) < len(known)


def _without_chance(found: Compared) -> Compared:
    """Return a comparison without what holds for independent items alone."""
    nan = np.full(len(PROBABILITIES), np.nan)
    shift = replace(found.shift, low=nan, high=nan)
    return replace(found, by_chance=math.nan, p_value=math.nan, shift=shift)


def _p_values(found: list[Compared]) -> NDArray[np.float64]:
    return adjusted(np.array([each.p_value for each in found]))


def _values(found: list[Compared], names: tuple[str, ...]) -> tuple[Value, ...]:
    """Return the numbers of the pair that is furthest apart."""
    first = found[0]
    numbers = {
        "ks_statistic": first.statistic,
        "ks_excess": first.statistic - first.by_chance,
        "median_difference": float(first.shift.difference[MEDIAN]),
        "target_shift_p_value": float(_p_values(found)[0]),
    }
    which = f"Of {names[first.one]!r} and {names[first.other]!r}"
    more = f", the furthest apart of {len(found):,} pairs" if len(found) > 1 else ""
    notes = {
        "ks_statistic": f"{which}{more}.",
        "median_difference": f"{names[first.one]!r} less {names[first.other]!r}.",
    }
    if math.isnan(first.p_value):
        grouped = dict.fromkeys(("ks_excess", "target_shift_p_value"), GROUPED)
        return (
            *exact_values(KS, numbers, notes | grouped, BIASED),
            *exact_values(OTHERS, numbers, notes | grouped, IN_GROUPS),
        )
    median, p_value = exact_values(OTHERS, numbers, notes)
    ends = first.shift.low[MEDIAN], first.shift.high[MEDIAN]
    return (
        *exact_values(KS, numbers, notes, BIASED),
        bounded(median, *ends, "95 % over samples of this size, by order statistics"),
        p_value,
    )


def _pair_table(
    found: list[Compared], samples: list[NDArray[np.float64]], names: tuple[str, ...]
) -> Table:
    """Return one row a pair, the furthest apart first."""
    columns = (
        ("split", "", [names[each.one] for each in found]),
        ("other_split", "", [names[each.other] for each in found]),
        ("labelled", "count", np.array([len(samples[each.one]) for each in found])),
        ("other_labelled", "count", np.array([len(samples[each.other]) for each in found])),
        ("ks_statistic", "", np.array([each.statistic for each in found])),
        ("expected_by_chance", "", np.array([each.by_chance for each in found])),
        ("p_value", "", np.array([each.p_value for each in found])),
        ("adjusted_p_value", "", _p_values(found)),
    )
    title = "Distance of the numbers, by pair of splits"
    return ranked_table("pairs", title, columns, np.arange(len(found)))


def _quantile_table(found: list[Compared], names: tuple[str, ...]) -> Table:
    """Return one row a pair and quantile."""
    n = len(PROBABILITIES)

    def column(name: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(each.shift, name) for each in found])

    columns = (
        ("split", "", [names[each.one] for each in found for _ in range(n)]),
        ("other_split", "", [names[each.other] for each in found for _ in range(n)]),
        ("quantile", "", [f"{each:.0%}" for each in PROBABILITIES] * len(found)),
        ("target", "", column("values")),
        ("other_target", "", column("other")),
        ("difference", "", column("difference")),
        ("low", "", column("low")),
        ("high", "", column("high")),
    )
    title = "Quantiles of the numbers, by pair of splits"
    return ranked_table("quantiles", title, columns, np.arange(n * len(found)))
