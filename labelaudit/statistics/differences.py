"""How far two estimates are apart, with an interval of that."""

import math
from statistics import NormalDist
from typing import Final, NamedTuple

COVERED: Final = 0.95


class Ends(NamedTuple):
    """A number and the ends of its interval."""

    value: float
    low: float
    high: float


def mover_difference(old: Ends, new: Ends, *, n_compared: int = 1) -> Ends:
    """Return how much a number rose between two independent estimates of it.

    The interval is MOVER's (method of variance estimates recovery): with ``[l, u]`` around each
    number p, it reaches ``sqrt((p_new - l_new)^2 + (u_old - p_old)^2)`` below the difference and
    ``sqrt((u_new - p_new)^2 + (p_old - l_old)^2)`` above it. Two estimates of the same items
    agree more than independent ones; the interval is then wider than it need be.

    Parameters
    ----------
    old, new
        The estimates, with intervals of 95 %.
    n_compared
        Differences that are looked at together. The interval is widened, as a normal one would
        be, so that all of them hold with 95 % (Bonferroni).

    References
    ----------
    Zou and Donner, Construction of confidence limits about effect measures: a general approach,
    Statistics in Medicine 27, 2008.

    Examples
    --------
    Newcombe's hybrid score interval of 56 of 70 and 48 of 80, from two intervals of Wilson's:

    >>> new, old = Ends(0.8, 0.6918, 0.8772), Ends(0.6, 0.4904, 0.7004)
    >>> [round(end, 3) for end in mover_difference(old, new)]
    [0.2, 0.052, 0.334]
    """
    wider = _quantile(n_compared) / _quantile(1)
    below = math.hypot(_up(new.value - new.low), _up(old.high - old.value))
    above = math.hypot(_up(new.high - new.value), _up(old.value - old.low))
    risen = new.value - old.value
    return Ends(risen, risen - wider * below, risen + wider * above)


def range_difference(old: Ends, new: Ends) -> Ends:
    """Return how much a number rose, from its least to its most, where ranges bound it.

    A range that is no interval of 95 % says nothing of what is likely within it, so that nothing
    cancels.

    Examples
    --------
    >>> range_difference(Ends(0.1, 0.0, 0.2), Ends(0.4, 0.3, 0.6))
    Ends(value=0.30000000000000004, low=0.09999999999999998, high=0.6)
    """
    return Ends(new.value - old.value, new.low - old.high, new.high - old.low)


def _quantile(n_compared: int) -> float:
    """Return how many standard errors a normal interval reaches to a side."""
    return NormalDist().inv_cdf(1 - (1 - COVERED) / (2 * n_compared))


def _up(length: float) -> float:
    return max(length, 0.0)
