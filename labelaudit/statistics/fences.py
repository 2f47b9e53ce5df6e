"""Values that are far from the others of their dataset, by a factor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FENCE = 3.0
LEAST_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class Fences:
    """The median of positive values, and the fences below and above which one is odd."""

    median: float
    low: float
    high: float

    def beyond(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which values are odd."""
        return (values < self.low) | (values > self.high)


def fences_of(values: NDArray[np.float64]) -> Fences:
    """Return Tukey's outer fences of the logarithms, at least a factor of 2 from the median.

    With the quartiles of the logarithms, Q1 - 3 (Q3 - Q1) and Q3 + 3 (Q3 - Q1). Logarithms, for
    sizes and proportions are apart by factors; and never nearer than a factor of 2, for where most
    values are equal the quartiles coincide, and the slightest difference would be odd.

    Parameters
    ----------
    values
        Positive; at least one.

    Examples
    --------
    >>> fences_of(np.array([60.0, 64, 64, 64, 66]))
    Fences(median=64.0, low=32.0, high=128.0)
    """
    low, median, high = np.quantile(np.log(values), (0.25, 0.5, 0.75)).tolist()
    reach = FENCE * (high - low)
    middle = float(np.exp(median))
    return Fences(
        median=round(middle, 9),
        low=round(min(float(np.exp(low - reach)), middle / LEAST_FACTOR), 9),
        high=round(max(float(np.exp(high + reach)), middle * LEAST_FACTOR), 9),
    )
