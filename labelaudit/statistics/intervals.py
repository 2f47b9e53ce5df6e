"""Confidence intervals of shares."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

Z_95 = 1.959963984540054


def wilson(
    successes: ArrayLike, trials: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 95 % Wilson interval of shares; NaN without a trial.

    Parameters
    ----------
    successes, trials
        Counts, of one shape.

    References
    ----------
    Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927.

    Examples
    --------
    >>> [round(float(end), 6) for end in wilson(5, 100)]
    [0.021544, 0.11175]
    """
    wins, tries = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    tries = np.where(tries > 0, tries, np.nan)
    share, z2 = wins / tries, Z_95**2
    center = (share + z2 / (2 * tries)) / (1 + z2 / tries)
    spread = share * (1 - share) / tries + z2 / (4 * tries**2)
    half = Z_95 * np.sqrt(spread) / (1 + z2 / tries)
    return np.maximum(center - half, 0), np.minimum(center + half, 1)


def jeffreys(
    successes: ArrayLike, trials: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 95 % Jeffreys interval of shares; from 0 to 1 without a trial.

    It holds the middle 95 % of the posterior under the prior Beta(1/2, 1/2), but begins at 0
    without a success and ends at 1 without a failure.

    Parameters
    ----------
    successes, trials
        Counts, of one shape.

    References
    ----------
    Brown, Cai and DasGupta, Interval estimation for a binomial proportion, Statistical Science
    16, 2001.

    Examples
    --------
    >>> [round(float(end), 6) for end in jeffreys(5, 100)]
    [0.019332, 0.1061]
    """
    wins, tries = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    losses = tries - wins
    low = np.where(wins > 0, betaincinv(wins + 0.5, losses + 0.5, 0.025), 0.0)
    high = np.where(losses > 0, betaincinv(wins + 0.5, losses + 0.5, 0.975), 1.0)
    return low, high


def clopper_pearson(
    successes: ArrayLike, trials: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the Clopper-Pearson interval of shares; from 0 to 1 without a trial.

    Parameters
    ----------
    successes, trials
        Counts, of one shape; of a weighted sample they need not be whole.
    level
        Confidence level, at least reached.

    References
    ----------
    Clopper and Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934.

    Examples
    --------
    >>> [round(float(end), 6) for end in clopper_pearson(5, 100)]
    [0.016432, 0.112835]
    """
    wins, tries = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    losses, tail = tries - wins, (1 - level) / 2
    low = np.where(wins > 0, betaincinv(np.maximum(wins, 1e-9), losses + 1, tail), 0.0)
    high = np.where(losses > 0, betaincinv(wins + 1, np.maximum(losses, 1e-9), 1 - tail), 1.0)
    return low, high


def half_width(numbers: NDArray[np.float64]) -> float:
    """Return half the width of the 95 % t-interval of a mean; NaN for a single number."""
    from scipy.stats import t

    if len(numbers) < 2:  # noqa: PLR2004 - one number has no spread
        return float("nan")
    error = numbers.std(ddof=1) / np.sqrt(len(numbers))
    return float(t.ppf(0.975, len(numbers) - 1) * error)
