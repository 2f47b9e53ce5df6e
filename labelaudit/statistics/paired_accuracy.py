"""How far two models are apart on the same items."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from labelaudit.statistics.intervals import Z_95


@dataclass(frozen=True, slots=True)
class Gap:
    """Accuracy of one model less that of another on the same items.

    Attributes
    ----------
    value
        The difference, in ``[-1, 1]``; above 0 the first model is ahead.
    low, high
        Ends of its 95 % interval, which hold the value.
    center, variance
        Of the adjusted estimate that the interval is built on.
    n
        Items; of weighted items as many as the weights leave effective.
    """

    value: float
    low: float
    high: float
    center: float
    variance: float
    n: float


def paired_gap(first_only: float, second_only: float, n: float) -> Gap:
    """Compare two models by the items that one of them alone gets right.

    With b and c such items of n, the difference is ``(b - c) / n``. Its interval is the adjusted
    Wald interval of Bonett and Price: with ``p = (b + 1) / (n + 2)`` and ``q = (c + 1) / (n + 2)``
    it is ``p - q`` plus and minus 1.96 times the root of ``(p + q - (p - q)^2) / (n + 2)``.

    Parameters
    ----------
    first_only, second_only
        Items that only the first or only the second model gets right; of weighted items, effective
        numbers that need not be whole.
    n
        All items, above 0.

    References
    ----------
    Bonett and Price, Adjusted Wald confidence interval for a difference of binomial proportions
    based on paired data, Journal of Educational and Behavioral Statistics 37, 2012.

    Examples
    --------
    >>> gap = paired_gap(30, 10, 1000)
    >>> [round(number, 4) for number in (gap.value, gap.low, gap.high)]
    [0.02, 0.0073, 0.0326]
    """
    p, q = (first_only + 1) / (n + 2), (second_only + 1) / (n + 2)
    value, center = (first_only - second_only) / n, p - q
    variance = max(p + q - center**2, 0) / (n + 2)
    half = Z_95 * math.sqrt(variance)
    return Gap(
        value=value,
        low=max(min(center - half, value), -1),
        high=min(max(center + half, value), 1),
        center=center,
        variance=variance,
        n=n,
    )


def gap_of(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    weights: NDArray[np.float64] | None = None,
) -> Gap:
    """Compare two models by which items each gets right.

    Parameters
    ----------
    first, second
        Whether each model is right, shape ``(n,)``, with n above 0.
    weights
        How many items each stands for, above 0. The items then count as the number that unequal
        weights leave effective, ``(sum w)^2 / sum w^2`` (Kish).
    """
    one, other = first & ~second, second & ~first
    if weights is None:
        return paired_gap(int(one.sum()), int(other.sum()), len(first))
    n = effective_number(weights)
    total = float(weights.sum())
    return paired_gap(float(weights @ one) / total * n, float(weights @ other) / total * n, n)


def effective_number(weights: NDArray[np.float64]) -> float:
    """Return of how many equal weights some weights are worth.

    References
    ----------
    Kish, Survey Sampling, 1965.

    Examples
    --------
    >>> effective_number(np.ones(7)), effective_number(np.array([3.0, 1.0]))
    (7.0, 1.6)
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def mcnemar(first_only: int, second_only: int) -> float:
    """Return how probable so uneven a split of the discordant items is between equal models.

    It is the exact two-sided test: a split at least as uneven of ``b + c`` tosses of a fair coin.

    References
    ----------
    McNemar, Note on the sampling error of the difference between correlated proportions,
    Psychometrika 12, 1947.

    Examples
    --------
    >>> mcnemar(9, 1), mcnemar(5, 5), mcnemar(0, 0)
    (0.021484375, 1.0, 1.0)
    """
    discordant = first_only + second_only
    return float(min(1.0, 2 * bdtr(min(first_only, second_only), discordant, 0.5)))


def spread_by_groups(numbers: NDArray[np.float64], groups: NDArray[np.integer]) -> float:
    """Return how many times the standard error of a mean is, if groups were drawn and not items.

    Parameters
    ----------
    numbers
        One an item, shape ``(n,)``.
    groups
        Group of each item, ``-1`` for one of its own, shape ``(n,)``.

    Returns
    -------
    About 1 where groups tell nothing, and 1 where the numbers do not vary.

    Examples
    --------
    Pairs of equal numbers are worth half as many:

    >>> round(spread_by_groups(np.repeat([1.0, 0, -1, 0], 2), np.repeat([0, 1, 2, 3], 2)), 3)
    1.414
    """
    apart = numbers - numbers.mean()
    alone = float(apart @ apart)
    of_group = np.bincount(groups[groups >= 0], weights=apart[groups >= 0])
    own = apart[groups < 0]
    together = float(of_group @ of_group + own @ own)
    return math.sqrt(together / alone) if alone > 0 else 1.0
