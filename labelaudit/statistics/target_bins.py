"""Bins of labels that are numbers, by a rule that depends on the numbers alone."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MAX_BINS: Final = 256
ONE_A_VALUE: Final = "one bin a value"
BY_SPREAD: Final = "Freedman and Diaconis"
MAX_RATINGS: Final = 32
MAX_DECIMALS: Final = 6
MAX_DIGITS: Final = 15
EXACT_INTEGERS: Final = 2.0**53
ROUND_WIDTHS: Final = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetBins:
    """Bins of equal width that hold every target that they were made for.

    Attributes
    ----------
    edges
        Where a bin starts and the next does, shape ``(n_bins + 1,)``.
    lows, highs
        What is printed of each bin: the first and last target it can hold where targets lie on a
        grid, else its edges, shape ``(n_bins,)``.
    step
        Distance of the grid that all targets lie on; 0 when there is none.
    rule
        How the width was chosen.
    """

    edges: NDArray[np.float64]
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]
    step: float
    rule: str

    @property
    def width(self) -> float:
        """Width of a bin."""
        return float(self.edges[1] - self.edges[0])

    def count(self, targets: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return how many of some targets each bin holds; none holds what is beyond the ends."""
        places = np.searchsorted(self.edges, targets, side="right")
        return np.bincount(places, minlength=len(self.edges) + 1)[1:-1]


def target_bins(targets: NDArray[np.float64]) -> TargetBins:
    """Return the bins of some numbers, of which at least two differ.

    Integers that span at most 256 get one bin each, and so do other numbers on a grid of at most
    32 points, such as ratings. All else gets the width of Freedman and Diaconis,
    ``2 IQR / n^(1/3)`` (of Sturges where the IQR is 0), widened to a round number, to whole steps
    of the grid that the numbers lie on, if any, and to at most 256 bins.

    References
    ----------
    Freedman and Diaconis, On the histogram as a density estimator, 1981.

    Examples
    --------
    >>> bins = target_bins(np.array([3.0, 5, 5, 6]))
    >>> bins.lows.tolist(), bins.count(np.array([3.0, 5, 5, 6])).tolist(), bins.rule
    ([3.0, 4.0, 5.0, 6.0], [1, 0, 2, 1], 'one bin a value')
    """
    distinct = np.unique(targets)
    width = max(wanted_width(targets), (distinct[-1] - distinct[0]) / (MAX_BINS - 1))
    decimals = decimals_of(distinct)
    if decimals is None:
        return _plain_bins(distinct[0], distinct[-1], width)
    scaled = np.rint(distinct * 10.0**decimals).astype(np.int64)
    step = int(np.gcd.reduce(np.diff(scaled)))
    points = int(scaled[-1] - scaled[0]) // step + 1
    if points <= (MAX_BINS if decimals == 0 else MAX_RATINGS):
        return _grid_bins(scaled, step, 1, decimals)
    steps = math.ceil(_round_up(width * 10.0**decimals / step) * (1 - 1e-12))
    return _grid_bins(scaled, step, max(1, steps), decimals)


def decimals_of(numbers: NDArray[np.float64]) -> int | None:
    """Return the fewest decimals, up to 6, that all numbers are written with; None beyond.

    Examples
    --------
    >>> [decimals_of(np.array([number])) for number in (7.0, 0.25, 0.1 + 0.2)]
    [0, 2, None]
    """
    for decimals in range(MAX_DECIMALS + 1):
        if np.abs(numbers).max() * 10.0**decimals >= EXACT_INTEGERS:
            return None
        if np.array_equal(np.round(numbers, decimals), numbers):
            return decimals
    return None


def wanted_width(targets: NDArray[np.float64]) -> float:
    """Return the width of Freedman and Diaconis, or of Sturges where the IQR is 0."""
    low, quarter, three_quarters, high = np.quantile(targets, (0, 0.25, 0.75, 1))
    if three_quarters > quarter:
        return float((three_quarters - quarter) * (2 / len(targets) ** (1 / 3)))
    return float((high - low) / (np.log2(len(targets)) + 1))


def _round_up(width: float) -> float:
    """Return the next round number."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(each for each in ROUND_WIDTHS if each * power >= width * (1 - 1e-9)) * power


def _grid_bins(scaled: NDArray[np.int64], step: int, steps: int, decimals: int) -> TargetBins:
    """Return bins of so many steps of a grid, given in units of the last decimal."""
    wide = step * steps
    aligned = steps > 1 and scaled[0] % step == 0
    start = scaled[0] // wide * wide if aligned else scaled[0]
    n_bins = int(scaled[-1] - start) // wide + 1
    lows = start + wide * np.arange(n_bins + 1)
    unit = 10.0**decimals
    return TargetBins(
        edges=(lows - step / 2) / unit,
        lows=lows[:-1] / unit,
        highs=(lows[1:] - step) / unit,
        step=step / unit,
        rule=ONE_A_VALUE if steps == 1 else BY_SPREAD,
    )


def _plain_bins(low: float, high: float, width: float) -> TargetBins:
    """Return bins whose edges are multiples of their round width."""
    width = _round_up(max(width, 4 * float(np.spacing(max(abs(low), abs(high))))))
    first, last = math.floor(low / width), math.floor(high / width)
    edges = width * np.arange(first - 1, last + 3, dtype=np.float64)
    if (digits := 2 - math.floor(math.log10(width))) <= MAX_DIGITS:
        edges = np.round(edges, digits)  # 0.6, not 0.6000000000000001
    edges = edges[
        np.searchsorted(edges, low, "right") - 1 : np.searchsorted(edges, high, "right") + 1
    ]
    return TargetBins(edges=edges, lows=edges[:-1], highs=edges[1:], step=0.0, rule=BY_SPREAD)
