"""The interval of a weighted share, each end of which is made to be wrong in 2.5 % of samples."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv

from labelaudit.statistics.intervals import clopper_pearson

TAIL = 0.025


def weighted_share(
    wrong: NDArray[np.int64],
    judged: NDArray[np.int64],
    weights: NDArray[np.float64],
    left: NDArray[np.float64],
) -> tuple[float, float, float]:
    """Return ``sum W_h x_h / n_h`` of strata, and the ends of a 95 % interval of it.

    With c_h = W_h / n_h and f_h what is left of a stratum, the variance is ``sum c_h^2 f_h x_h
    (1 - q_h)``. The lower end is Clopper and Pearson's for as many judgements as are effective,
    ``y (1 - y) / v`` of the share y (Korn and Graubard). What a stratum adds to v has the rate
    that it may have at least, ``q_h = l_h + W_h^2 (x_h / n_h - l_h)`` with Clopper and Pearson's
    lower end l_h: its count varies more where its rate is lower, and with x_h / n_h the end would
    be wrong in up to 4 % of samples whose errors are all in one small stratum. The upper end is
    Fay and Feuer's: one more error is added where it counts most, m = max c_h sqrt(f_h), and it
    is a quantile of the gamma distribution with mean ``y + m`` and variance ``v + m^2``, with
    ``q_h = (x_h - 1) / n_h``. Strata of which more than half is wrong are counted by what is not,
    and the two parts joined by MOVER. So each end keeps its level by itself, which a one-sided
    question asks for; MOVER's interval over all strata keeps it as a whole only.

    Parameters
    ----------
    wrong, judged
        x_h of n_h in each stratum, shape ``(n_strata,)``; ``n_h > 0``.
    weights
        W_h, which sum to 1.
    left
        f_h, share of the stratum that was not judged, the correction of a finite population.

    Returns
    -------
    The share, its lower and its upper end, in ``[0, 1]``.

    References
    ----------
    Korn and Graubard, Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data, Survey Methodology 24, 1998. Fay and Feuer,
    Confidence intervals for directly standardized rates, Statistics in Medicine 16, 1997. Zou and
    Donner, Construction of confidence limits about effect measures: a general approach,
    Statistics in Medicine 27, 2008, for MOVER.

    Examples
    --------
    One stratum, 5 of 100; Clopper and Pearson's interval is 0.0164 to 0.1128:

    >>> one = np.ones(1)
    >>> found = weighted_share(np.array([5]), np.array([100]), one, one)
    >>> [round(number, 4) for number in found]
    [0.05, 0.0164, 0.1156]
    """
    mostly = 2 * wrong > judged
    share = float(weights @ (wrong / judged))
    below = above = 0.0
    for part in (~mostly, mostly):
        if not part.any():
            continue
        counted = judged[part] - wrong[part] if part is mostly else wrong[part]
        down, up = _distances(counted, judged[part], weights[part], left[part])
        down, up = (up, down) if part is mostly else (down, up)
        below, above = math.hypot(below, down), math.hypot(above, up)
    return share, max(share - below, 0.0), min(share + above, 1.0)


def _distances(
    wrong: NDArray[np.int64],
    judged: NDArray[np.int64],
    weights: NDArray[np.float64],
    left: NDArray[np.float64],
) -> tuple[float, float]:
    """Return how far the ends are below and above the share of some of the strata."""
    total = float(weights.sum())
    each = weights / total / judged
    share = float(each @ wrong)
    squares = each**2 * left * wrong
    rates = wrong / judged
    least = clopper_pearson(wrong, judged)[0]
    variance = float(squares @ (1 - least - (weights / total) ** 2 * (rates - least)))
    low = share
    if variance > 0:
        effective = share * (1 - share) / variance
        low = float(betaincinv(effective * share, effective * (1 - share) + 1, TAIL))
    most = float((each * np.sqrt(left)).max())
    mean = share + most
    spread = float(squares @ (1 - np.maximum(wrong - 1, 0) / judged)) + most**2
    high = share
    if spread > 0:
        high = float(gammaincinv(mean**2 / spread, 1 - TAIL)) * spread / mean
    return total * max(share - low, 0), total * max(min(high, 1.0) - share, 0)
