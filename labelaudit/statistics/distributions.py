"""How far two distributions of labels are apart, and whether chance explains it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.grouped_labels import GroupEffect

LEAST_EXPECTED: Final = 5
MOST_DRAWS, LEAST_DRAWS = 9999, 999
DRAWN_CELLS: Final = 2**21
MOST_ALL_PAIRS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far two samples of classes are apart.

    Attributes
    ----------
    jensen_shannon
        Divergence in bits, 0 to 1.
    by_chance
        What it would be on average, were both drawn from one distribution.
    total_variation
        Share of one sample that would have to change its class, 0 to 1.
    hellinger
        Distance, 0 to 1.
    psi
        Population stability index, 0 or more; NaN where a class is in one sample only.
    cramers_v
        Association of class and sample, 0 to 1.
    chi_squared, degrees
        Statistic of equality, and its degrees of freedom.
    p_value
        Of equality; by permutations where an expected count is below 5, by Rao and Scott's
        correction where items come in groups. NaN for a single class.
    permuted
        Whether it is by permutations.
    """

    jensen_shannon: float
    by_chance: float
    total_variation: float
    hellinger: float
    psi: float
    cramers_v: float
    chi_squared: float
    degrees: int
    p_value: float
    permuted: bool


def distance(
    counts: NDArray[np.int64],
    other: NDArray[np.int64],
    random_state: int = 0,
    effect: GroupEffect | None = None,
) -> Distance:
    """Compare the classes of two samples.

    Parameters
    ----------
    counts, other
        Items of each class in the two samples, each with some, shape ``(n_classes,)``. Classes
        that neither has count for nothing.
    random_state
        Seed of the permutations.
    effect
        Of groups of items, where these were drawn and not single items: the p-value is then Rao
        and Scott's, NaN where a sample has a single group, and by chance there is more.

    References
    ----------
    Lin, Divergence measures based on the Shannon entropy, IEEE Transactions on Information Theory
    37, 1991. Its mean under equality is (C - 1) / 8 (1 / n + 1 / m) nats to first order, as
    8 n m / (n + m) times the divergence is then nearly chi-squared with C - 1 degrees of freedom.

    Examples
    --------
    >>> found = distance(np.array([50, 30, 20]), np.array([30, 30, 40]))
    >>> round(found.jensen_shannon, 6), round(found.chi_squared, 6), round(found.psi, 6)
    (0.042738, 11.666667, 0.240795)
    """
    from scipy.stats import chi2, f

    seen = counts + other > 0
    first, second = counts[seen], other[seen]
    n, m = int(first.sum()), int(second.sum())
    p, q = first / n, second / m
    middle = (p + q) / 2
    totals = first + second
    expected = totals * n / (n + m)
    statistic = float(np.sum((first - expected) ** 2 * (n + m) / m / expected))
    degrees = len(totals) - 1
    permuted = effect is None and bool(totals.min() * min(n, m) < LEAST_EXPECTED * (n + m))
    p_value = float(chi2.sf(statistic, degrees)) if degrees else math.nan
    by_chance = degrees / 8 * (1 / n + 1 / m) / math.log(2)
    if effect is not None and degrees:
        ratio = statistic / (effect.mean * degrees)
        p_value = float(f.sf(ratio, effect.degrees, effect.degrees * effect.freedom))
        by_chance *= effect.mean if effect.freedom else 1
    elif degrees and permuted:
        p_value = _permutation_p(first, totals, statistic, random_state)
    with np.errstate(divide="ignore"):
        psi = float(np.sum((p - q) * np.log(p / q))) if (first * second > 0).all() else math.nan
    return Distance(
        jensen_shannon=min(max((_relative(p, middle) + _relative(q, middle)) / 2, 0.0), 1.0),
        by_chance=by_chance,
        total_variation=float(np.abs(p - q).sum() / 2),
        hellinger=float(np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2)),
        psi=psi,
        cramers_v=min(math.sqrt(statistic / (n + m)), 1.0) if degrees else math.nan,
        chi_squared=statistic,
        degrees=degrees,
        p_value=p_value,
        permuted=permuted,
    )


def _relative(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """Return the Kullback-Leibler divergence in bits."""
    some = p > 0
    return float(np.sum(p[some] * np.log2(p[some] / q[some])))


def _permutation_p(
    first: NDArray[np.int64], totals: NDArray[np.int64], statistic: float, random_state: int
) -> float:
    """Return the share of tables with these sums that are as far from equality, this one too."""
    n, m = int(first.sum()), int((totals - first).sum())
    ordered = np.sort(totals)  # so that the order of classes changes no draw
    expected = ordered * n / (n + m)
    weight = (n + m) / m / expected
    draws = int(np.clip(DRAWN_CELLS // len(totals), LEAST_DRAWS, MOST_DRAWS))
    rng = np.random.default_rng(random_state)
    drawn = rng.multivariate_hypergeometric(ordered, n, size=draws, method="marginals")
    as_far = ((drawn - expected) ** 2 @ weight) >= statistic * (1 - 1e-9)
    return (1 + int(as_far.sum())) / (draws + 1)


def compared_pairs(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return which samples to compare: all pairs of up to five, else each with the largest.

    Parameters
    ----------
    sizes
        Items of each sample; empty ones are left out.

    Examples
    --------
    >>> compared_pairs([10, 0, 30, 20])
    [(0, 2), (0, 3), (2, 3)]
    """
    some = [at for at, size in enumerate(sizes) if size > 0]
    if len(some) <= MOST_ALL_PAIRS:
        return list(combinations(some, 2))
    largest = max(some, key=lambda at: sizes[at])
    return [(largest, at) for at in some if at != largest]
