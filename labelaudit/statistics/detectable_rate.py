"""What a number of judgements can tell of a rate: exact binomial, no approximation."""

from collections.abc import Callable
from typing import Final

from scipy.special import betainc, betaincinv

POWER: Final = 0.8
MOST: Final = 10_000_000  # judgements that are looked for


def detectable_rate(n: int, limit: float, level: float = 0.95) -> float:
    """Return the smallest rate that n judgements find to be beyond a limit in 80 % of samples.

    A sample finds it beyond when the lower end of its Clopper-Pearson interval is above the limit:
    with c wrong labels or more, c being the smallest number that a rate at the limit reaches with
    a probability of at most ``(1 - level) / 2``.

    Parameters
    ----------
    n
        Judgements, drawn at random.
    limit
        The most that the rate may be, from 0 to 1.
    level
        Level of the two-sided interval.

    Returns
    -------
    The rate; 1 where not even a rate of 1 is found, because there are too few judgements.

    References
    ----------
    Clopper and Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934.

    Examples
    --------
    >>> [round(detectable_rate(n, 0.02), 3) for n in (200, 500, 1000, 2000, 5000)]
    [0.056, 0.043, 0.034, 0.03, 0.026]
    """
    critical = _critical(n, limit, (1 - level) / 2)
    if critical > n:
        return 1.0
    return float(betaincinv(critical, n - critical + 1, POWER))


def judgements_to_certify(limit: float, wrong: int = 0, level: float = 0.95) -> int:
    """Return how many judgements show a rate to be at most a limit, with so many wrong labels.

    The smallest n of which the one-sided Clopper-Pearson bound of ``wrong`` in n is at most the
    limit.

    Parameters
    ----------
    limit
        Above 0 and below 1.
    wrong
        Wrong labels that are found.
    level
        One-sided level.

    Examples
    --------
    >>> [judgements_to_certify(limit) for limit in (0.005, 0.01, 0.02, 0.05)]
    [598, 299, 149, 59]
    """

    def is_enough(n: int) -> bool:
        return n > wrong and float(betaincinv(wrong + 1, n - wrong, level)) <= limit

    return _smallest(is_enough) or MOST


def judgements_to_decide(rate: float, limit: float, level: float = 0.95) -> int | None:
    """Return how many judgements, drawn at random, decide in 80 % of samples on which side it is.

    They decide when the two-sided Clopper-Pearson interval of their sample keeps clear of the
    limit: above it where the rate is higher, at it or below where it is lower. As wrong labels are
    counted one by one, a few judgements more may again decide in a little under 80 %.

    Parameters
    ----------
    rate
        What the rate is taken to be.
    limit
        The most that it may be.
    level
        Level of the two-sided interval.

    Returns
    -------
    The judgements; None where ten million are not enough, as at the limit itself.

    Examples
    --------
    >>> judgements_to_decide(0.04, 0.02), judgements_to_decide(0.01, 0.02)
    (589, 1295)
    >>> judgements_to_decide(0.02, 0.02) is None
    True
    """
    tail = (1 - level) / 2

    def is_enough(n: int) -> bool:
        if rate > limit:
            critical = _critical(n, limit, tail)
            return critical <= n and _at_least(critical, n, rate) >= POWER
        most = _most_within(n, limit, tail)
        return most >= 0 and 1 - _at_least(most + 1, n, rate) >= POWER

    return None if rate == limit else _smallest(is_enough)


def _smallest(is_enough: Callable[[int], bool]) -> int | None:
    """Return about the smallest number that is enough: power goes up and down between steps."""
    high = 1
    while not is_enough(high):
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _at_least(wrong: int, n: int, rate: float) -> float:
    """Return the probability of so many wrong labels or more in n."""
    return 1.0 if wrong <= 0 else 0.0 if wrong > n else float(betainc(wrong, n - wrong + 1, rate))


def _critical(n: int, limit: float, tail: float) -> int:
    """Return the fewest wrong labels in n whose lower bound is above the limit; n + 1 for none."""
    low, high = 0, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _at_least(middle, n, limit) < tail else (middle, high)
    return high


def _most_within(n: int, limit: float, tail: float) -> int:
    """Return the most wrong labels in n whose upper bound is within the limit; -1 for none."""
    low, high = -1, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        is_within = _at_least(middle + 1, n, limit) >= 1 - tail
        low, high = (middle, high) if is_within else (low, middle)
    return low
