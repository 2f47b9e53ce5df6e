"""How many dimensions points fill, from the distances to their nearest neighbors.

Every function takes the sorted distances of some points to their neighbors, nearest first, the
point itself left out and none of them 0: duplicates are to be removed before. Where all neighbors
that it looks at are at one distance, it returns NaN: there is no dimension to be had.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

INFLATION: Final = 1.4
KEPT: Final = 0.9


def mle(near: NDArray[np.float64], k: int) -> float:
    """Return the maximum-likelihood dimension, averaged over points as it should be.

    Within a small ball the logarithms of ``T_k / T_j`` add up to a gamma variable whose rate is
    the dimension; the estimate is ``(k - 1)`` over the mean of the sums.

    Parameters
    ----------
    near
        Shape ``(n, at least k)``.
    k
        Neighbors of each point, from 2.

    References
    ----------
    Levina and Bickel (2004), "Maximum likelihood estimation of intrinsic dimension", NIPS;
    averaged as by MacKay and Ghahramani (2005), "Comments on 'Maximum likelihood estimation of
    intrinsic dimension'".

    Examples
    --------
    >>> near = np.array([[1, 3, 7], [1, 2, 6], [2, 3, 4], [4, 6, 7], [8, 12, 14]], dtype=float)
    >>> round(mle(near, 3), 9)
    1.235797297
    """
    return _over(k - 1, log_ratios(near, k).mean())


def mle_of_each(near: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Return the estimate of each point, ``(k - 1)`` over its sum; their mean is biased upward."""
    found: NDArray[np.float64] = (k - 1) / log_ratios(near, k)
    return found


def log_ratios(near: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Return the sum over j < k of ``ln(T_k / T_j)`` of each point, shape ``(n,)``."""
    found: NDArray[np.float64] = np.log(near[:, k - 1 : k] / near[:, : k - 1]).sum(axis=1)
    return found


def mle_error(dimension: float, n: int, k: int) -> float:
    """Return the standard error of `mle`, times 1.4 as the neighborhoods overlap."""
    return float(INFLATION * dimension / np.sqrt(n * (k - 1)))


def two_nn(near: NDArray[np.float64]) -> float:
    """Return the TwoNN dimension by maximum likelihood, ``(n - 1)`` over the sum of ln(T_2 / T_1).

    References
    ----------
    Facco, d'Errico, Rodriguez and Laio (2017), "Estimating the intrinsic dimension of datasets by
    a minimal neighborhood information", Scientific Reports 7.
    """
    return _over(len(near) - 1, log_ratios(near, 2).sum())


def two_nn_error(dimension: float, n: int) -> float:
    """Return the standard error of `two_nn`, times 1.4 as the neighborhoods overlap."""
    return float(INFLATION * dimension / np.sqrt(n - 2))


def two_nn_line(near: NDArray[np.float64]) -> float:
    """Return the TwoNN dimension as it was published: the slope of a line through the origin.

    The line is fitted to ``-ln(1 - i / n)`` over the sorted ``ln(T_2 / T_1)``, less the largest
    tenth of them.
    """
    ratios = np.sort(log_ratios(near, 2))[: int(KEPT * len(near))]
    heights = -np.log1p(-np.arange(1, len(ratios) + 1) / len(near))
    return _over(float(ratios @ heights), float(ratios @ ratios))


def gride(near: NDArray[np.float64], rank: int) -> tuple[float, float]:
    """Return the dimension from the ratio of distances at two ranks, and its standard error.

    At rank 1 it is `two_nn`; higher ranks look at larger neighborhoods, where noise no longer
    tells.

    Parameters
    ----------
    near
        Shape ``(n, at least 2 * rank)``.
    rank
        The nearer of the two ranks; the other is twice it.

    Returns
    -------
    The root of the likelihood's slope, with ``n - 1`` in place of ``n`` as in `two_nn`; and one
    over the root of the information at it, times 1.4 as the neighborhoods overlap.

    References
    ----------
    Denti, Doimo, Laio and Mira (2022), "The generalized ratios intrinsic dimension estimator",
    Scientific Reports 12.
    """
    from scipy.optimize import brentq

    logs = np.log(near[:, 2 * rank - 1] / near[:, rank - 1])
    if not logs.any():
        return np.nan, np.nan
    logs = np.maximum(logs, 1e-12)  # equal distances: as good as equal
    n, total = len(logs), float(logs.sum())

    def slope(dimension: float) -> float:
        between = (rank - 1) * np.sum(logs / -np.expm1(-dimension * logs))
        return float((n - 1) / dimension + between - (2 * rank - 1) * total)

    highest = 1.0
    while slope(highest) > 0:
        highest *= 2
    found = float(brentq(slope, 1e-9, highest, xtol=1e-10))
    half = np.minimum(found * logs / 2, 300.0)
    information = n / found**2 + (rank - 1) * np.sum((logs / (2 * np.sinh(half))) ** 2)
    return found, float(INFLATION / np.sqrt(information))


def _over(number: float, divisor: float) -> float:
    """Return a ratio; NaN over 0."""
    return float(number / divisor) if divisor > 0 else np.nan


def too_near(near: NDArray[np.float64], dimension: float, *, expected: float = 1e-4) -> int:
    """Count the points whose nearest neighbor is nearer than points of this dimension would be.

    In a small ball ``(T_1 / T_10)**d`` is the least of nine uniform numbers; a point counts where
    that happens to one in 10,000. Near duplicates do it, and they bring the dimension down.
    """
    least = 1 - (1 - expected) ** (1 / 9)
    return int((dimension * np.log(near[:, 0] / near[:, 9]) < np.log(least)).sum())
