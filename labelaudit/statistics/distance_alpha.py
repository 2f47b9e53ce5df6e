"""Krippendorff's alpha where some disagreements are worse than others."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def distance_alpha(coincidences: Floats, squared: Floats) -> Floats:
    """Return alpha for squared distances between classes.

    Parameters
    ----------
    coincidences
        Pairs of judgements of an item, each item's adding up to its judgements, shape
        ``(..., n_classes, n_classes)``.
    squared
        Squared distance between each two classes, the same shape, or without the leading axes.

    Returns
    -------
    Shape ``(...)``; at most 1, NaN where no two judgements differ at all.

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's alpha-reliability".

    Examples
    --------
    >>> two_apart = np.array([[2.0, 1.0, 1.0], [1.0, 2.0, 0.0], [1.0, 0.0, 2.0]])
    >>> round(float(distance_alpha(two_apart, interval_distances(3))), 6)
    0.347826
    """
    by_class = coincidences.sum(axis=-1)
    total = by_class.sum(axis=-1)
    observed = (coincidences * squared).sum(axis=(-2, -1)) * (total - 1)
    expected = np.einsum("...k,...kl,...l->...", by_class, squared, by_class)
    found = np.full(expected.shape, np.nan)
    np.divide(observed, expected, out=found, where=expected > 0)
    return 1 - found


def interval_distances(n_classes: int) -> Floats:
    """Return the squared differences of the classes' ranks, shape ``(n_classes, n_classes)``."""
    return _between(np.arange(n_classes, dtype=np.float64))


def ordinal_distances(by_class: Floats) -> Floats:
    """Return the squared numbers of judgements between classes, half of their own included.

    Parameters
    ----------
    by_class
        Judgements of each class, the lowest first, shape ``(..., n_classes)``.

    Returns
    -------
    Shape ``(..., n_classes, n_classes)``.
    """
    return _between(middle_ranks(by_class))


def middle_ranks(by_class: Floats) -> Floats:
    """Return the mean rank of the judgements of each class, shape ``(..., n_classes)``."""
    return np.cumsum(by_class, axis=-1) - by_class / 2


def _between(positions: Floats) -> Floats:
    return (positions[..., :, None] - positions[..., None, :]) ** 2
