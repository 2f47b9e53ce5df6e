"""How well a score ranks what is sought before the rest."""

import numpy as np
from numpy.typing import NDArray


def average_precision(
    scores: NDArray[np.floating], sought: NDArray[np.bool_], weights: NDArray[np.floating]
) -> float:
    """Return the mean precision at each item that is sought, the lowest score first.

    Items of one score are taken together, so their order does not matter.

    Parameters
    ----------
    scores
        Of each item, the most suspicious lowest.
    sought
        Which items are sought; one at least, of a weight above 0.
    weights
        How much each item counts, not below 0.

    Returns
    -------
    In ``[0, 1]``, higher is better; the share of the weight that is sought where the scores say
    nothing.

    Examples
    --------
    >>> scores, sought = np.array([-3.0, -2.0, -1.0, 0.0]), np.array([True, False, True, False])
    >>> average_precision(scores, sought, np.ones(4))
    0.8333333333333333
    """
    order = np.argsort(scores)
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    found = np.cumsum(np.where(sought, weights, 0)[order], dtype=np.float64)[ends]
    seen = np.cumsum(weights[order], dtype=np.float64)[ends]
    steps = np.diff(found, prepend=0)
    precision = np.divide(found, seen, out=np.zeros(len(ends)), where=seen > 0)
    return float((steps * precision).sum() / found[-1])
