"""How many positives of a label may be missing: the ends of what can be said.

Both ends assume that the given positives are a random draw, with one probability c, of the items
that have the label (Elkan and Noto, 2008): selected completely at random. The probability that a
label is given is then nowhere above c. The low end further assumes that the items of which a model
is surest do have the label, so that c is the share of them that was given; where the model is never
sure, it overstates what is missing, and nothing in the data tells the two apart. The high end takes
for c the mean probability of the given positives (their e1), which lies below c the more the label
overlaps with its absence, and so overstates what is missing, too.
"""

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.cell_channel import CENTERS
from labelaudit.statistics.intervals import wilson

N_SUREST = 20
LEAST_DEVIATIONS = 2.0


def missing_range(
    positive: NDArray[np.float64], negative: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a low and a high estimate of the missing positives of each label.

    With n given positives, ``n (1 / c - 1)`` are missing. For the low end c is the upper end of
    the 95 % Wilson interval of the share given among the 20 most probable cells. For the high end
    it is the lower end of that of n in n / e, with e the mean probability of the given positives.

    Parameters
    ----------
    positive, negative
        Known cells by out-of-sample log odds, as of `histogram`, shape ``(N_BINS, n_labels)``.

    Returns
    -------
    Counts, from 0 to the number of cells that are not positive, each of shape ``(n_labels,)``; NaN
    where the given are not ranked above the others (Mann and Whitney's U, two standard deviations).
    """
    given, empty = positive.sum(axis=0), negative.sum(axis=0)
    mean = (positive / (1 + np.exp(-CENTERS))[:, None]).sum(axis=0) / np.maximum(given, 1e-12)
    c_low = wilson(given, given / np.maximum(mean, 1e-12))[0]
    high = np.minimum(given * (1 / np.maximum(c_low, 1e-12) - 1), empty)
    found = _given_among_surest(positive, positive + negative)
    low = given * (1 / wilson(found, np.minimum(N_SUREST, given + empty))[1] - 1)
    told = _is_told(positive, negative)
    return np.where(told, np.minimum(low, high), np.nan), np.where(told, high, np.nan)


def _is_told(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell for which labels the given cells are more probable than the others, beyond chance."""
    given, empty = positive.sum(axis=0), negative.sum(axis=0)
    below = negative.cumsum(axis=0) - negative / 2
    wins, pairs = (positive * below).sum(axis=0), np.maximum(given * empty, 1e-12)
    deviation = np.sqrt((given + empty + 1) / (12 * pairs))
    told: NDArray[np.bool_] = wins / pairs - 0.5 > LEAST_DEVIATIONS * deviation
    return told


def _given_among_surest(
    positive: NDArray[np.float64], cells: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how many of each label's most probable cells were given."""
    above = cells[::-1].cumsum(axis=0)
    share = positive / np.maximum(cells, 1e-300)
    taken = np.clip(N_SUREST - (above - cells[::-1]), 0, cells[::-1])
    found: NDArray[np.float64] = (taken * share[::-1]).sum(axis=0)
    return found
