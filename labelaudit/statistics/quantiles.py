"""Quantiles of two samples of numbers beside each other."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

PROBABILITIES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class QuantileShift:
    """Quantiles of two samples, one entry a probability.

    Attributes
    ----------
    values, other
        Quantiles of the two samples.
    difference
        The first less the second.
    low, high
        Its 95 % interval.
    """

    values: NDArray[np.float64]
    other: NDArray[np.float64]
    difference: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def quantile_shift(sample: NDArray[np.float64], other: NDArray[np.float64]) -> QuantileShift:
    """Compare the quantiles of two samples of numbers.

    The interval of a quantile lies between order statistics, whatever the distribution; those of
    the two are joined as Zou and Donner join intervals.

    References
    ----------
    Conover, Practical Nonparametric Statistics, section 3.2, for the order statistics. Zou and
    Donner, Construction of confidence limits about effect measures, Statistics in Medicine 27,
    2008.
    """
    one, low, high = _with_interval(np.sort(sample))
    two, other_low, other_high = _with_interval(np.sort(other))
    difference = one - two
    return QuantileShift(
        values=one,
        other=two,
        difference=difference,
        low=difference - np.hypot(one - low, other_high - two),
        high=difference + np.hypot(high - one, two - other_low),
    )


def _with_interval(
    ordered: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return quantiles and their 95 % intervals, which end with the sample where it is small."""
    from scipy.stats import binom

    n, probabilities = len(ordered), np.array(PROBABILITIES)
    values = np.quantile(ordered, probabilities)
    low = ordered[np.clip(binom.ppf(0.025, n, probabilities) - 1, 0, n - 1).astype(int)]
    high = ordered[np.clip(binom.ppf(0.975, n, probabilities), 0, n - 1).astype(int)]
    return values, np.minimum(low, values), np.maximum(high, values)
