"""Two shares beside each other: how far apart, and whether chance explains it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labelaudit.statistics.cooccurrence import adjust
from labelaudit.statistics.intervals import wilson

LEAST_EXPECTED: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Shares of two samples.

    Attributes
    ----------
    share, other
        The two shares; NaN of nothing.
    difference
        The first less the second, in ``[-1, 1]``.
    low, high
        Newcombe's 95 % interval of the difference.
    p_value
        Two-sided, that the two samples have one share; NaN where neither can tell.
    """

    share: NDArray[np.float64]
    other: NDArray[np.float64]
    difference: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p_value: NDArray[np.float64]


def share_difference(
    wins: ArrayLike,
    tries: ArrayLike,
    other_wins: ArrayLike,
    other_tries: ArrayLike,
    effect: ArrayLike = 1,
) -> Difference:
    """Compare shares of two independent samples, one pair an entry.

    Parameters
    ----------
    wins, tries
        Counts of the first sample, of one shape.
    other_wins, other_tries
        Counts of the second, of the same shape.
    effect
        How many times as large the variance of a difference is as that of so many single items,
        where items come in groups: the samples then count as so many times smaller.

    Returns
    -------
    The differences. A p-value is that of the pooled z-test where all four expected counts are 5
    or more, else twice the smaller tail of the hypergeometric distribution, at most 1.

    References
    ----------
    Newcombe, Interval estimation for the difference between independent proportions, Statistics
    in Medicine 17, 1998, method 10: Wilson intervals of the two, joined.

    Examples
    --------
    >>> found = share_difference(56, 70, 48, 80)
    >>> [round(float(end), 4) for end in (found.difference, found.low, found.high)]
    [0.2, 0.0524, 0.3339]
    """
    given = wins, tries, other_wins, other_tries, effect
    *counts, times = np.broadcast_arrays(*(np.asarray(each, dtype=np.float64) for each in given))
    a, n, b, m = (each / times for each in counts)
    share, other = (w / np.where(t > 0, t, np.nan) for w, t in ((a, n), (b, m)))
    (low_a, high_a), (low_b, high_b) = wilson(a, n), wilson(b, m)
    difference = share - other
    return Difference(
        share=share,
        other=other,
        difference=difference,
        low=difference - np.hypot(share - low_a, high_b - other),
        high=difference + np.hypot(high_a - share, other - low_b),
        p_value=_p_values(a, n, b, m),
    )


def _p_values(
    a: NDArray[np.float64], n: NDArray[np.float64], b: NDArray[np.float64], m: NDArray[np.float64]
) -> NDArray[np.float64]:
    from scipy.stats import hypergeom, norm

    whole = np.where(n + m > 0, n + m, np.nan)
    pooled = (a + b) / whole
    spread = np.sqrt(pooled * (1 - pooled) * whole) / np.sqrt(np.where(n * m > 0, n * m, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        normal = 2 * norm.sf(np.abs(a / n - b / m) / spread)
    least = np.minimum(n, m) * np.minimum(pooled, 1 - pooled)
    a, n, b, m = (np.rint(each) for each in (a, n, b, m))
    tail = np.minimum(hypergeom.cdf(a, n + m, a + b, n), hypergeom.sf(a - 1, n + m, a + b, n))
    found = np.where(least >= LEAST_EXPECTED, normal, np.minimum(2 * tail, 1))
    testable = (n > 0) & (m > 0) & (a + b > 0) & (a + b < n + m)
    return np.where(testable, found, np.nan)


def adjusted(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p-values adjusted for their number (Benjamini and Hochberg, 1995), NaN left out."""
    found = np.full(p_values.shape, np.nan)
    known = np.isfinite(p_values)
    found[known] = adjust(p_values[known])
    return found
