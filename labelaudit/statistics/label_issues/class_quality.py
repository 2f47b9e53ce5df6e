"""What a calibrated joint says of each class, and of pairs that are taken for each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassQuality:
    """Estimates of each class, all of shape ``(n_classes,)``; NaN for a class that no item has.

    Attributes
    ----------
    wrong, missed
        Items given the class that seem to be of another; items of the class given another.
    noise, inverse_noise
        The share of the items given the class that seem to be of another, lower is better; of the
        items that seem to be of the class, the share given another, lower is better.
    quality
        One less the noise, in ``[0, 1]``, higher is better.
    """

    wrong: NDArray[np.int64]
    missed: NDArray[np.int64]
    noise: NDArray[np.float64]
    inverse_noise: NDArray[np.float64]
    quality: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverlappingPairs:
    """Pairs of classes, those taken for each other most often first; columns of equal length.

    Attributes
    ----------
    first, second
        The two classes.
    count, share
        Items that seem to be given one of the two and to be of the other, and their share of all.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    count: NDArray[np.int64]
    share: NDArray[np.float64]


def class_quality(calibrated: NDArray[np.int64]) -> ClassQuality:
    """Return the estimated quality of the labels of each class.

    Parameters
    ----------
    calibrated
        Items by given and estimated true class, shape ``(n_classes, n_classes)``.

    Examples
    --------
    >>> found = class_quality(np.array([[6, 2], [0, 4]]))
    >>> found.wrong.tolist(), found.quality.tolist(), found.inverse_noise.round(2).tolist()
    ([2, 0], [0.75, 1.0], [0.0, 0.33])
    """
    given, true = calibrated.sum(axis=1), calibrated.sum(axis=0)
    right = calibrated.diagonal()
    with np.errstate(invalid="ignore"):
        noise, inverse_noise = (given - right) / given, (true - right) / true
    return ClassQuality(
        wrong=given - right,
        missed=true - right,
        noise=noise,
        inverse_noise=inverse_noise,
        quality=1 - noise,
    )


def overlapping_pairs(calibrated: NDArray[np.int64], *, directed: bool = False) -> OverlappingPairs:
    """Return the pairs of classes that are taken for each other at all, most often first.

    Parameters
    ----------
    calibrated
        Items by given and estimated true class, shape ``(n_classes, n_classes)``.
    directed
        Count what is given ``first`` and seems to be ``second`` apart from the opposite.

    Examples
    --------
    >>> pairs = overlapping_pairs(np.array([[5, 2, 0], [1, 4, 0], [0, 4, 4]]))
    >>> list(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.count.tolist(), strict=True))
    [(1, 2, 4), (0, 1, 3)]
    """
    off = calibrated - np.diag(calibrated.diagonal())
    if not directed:
        off = np.triu(off) + np.tril(off).T
    first, second = np.nonzero(off)
    count = off[first, second]
    order = np.argsort(-count, kind="stable")
    return OverlappingPairs(
        first=first[order],
        second=second[order],
        count=count[order],
        share=count[order] / calibrated.sum(),
    )
