"""Confidence intervals of shares."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
