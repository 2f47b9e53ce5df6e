"""What a calibrated joint says of each class, and of pairs that are taken for each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.label_issues.joint import Joint


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


def class_quality(calibrated: Joint) -> ClassQuality:
    """Return the estimated quality of the labels of each class.

    Parameters
    ----------
    calibrated
        Items by given and estimated true class.

    Examples
    --------
    >>> from labelaudit.statistics.label_issues.joint import confident_joint
    >>> joint = confident_joint(2, [(np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]))])
    >>> found = class_quality(joint)
    >>> found.wrong.tolist(), found.quality.round(2).tolist(), found.missed.tolist()
    ([2, 0], [0.33, 1.0], [0, 2])
    """
    given, true = calibrated.of_given, calibrated.of_true
    wrong, missed = given - calibrated.diagonal, true - calibrated.diagonal
    with np.errstate(invalid="ignore"):
        noise, inverse_noise = wrong / given, missed / true
    return ClassQuality(
        wrong=wrong,
        missed=missed,
        noise=noise,
        inverse_noise=inverse_noise,
        quality=1 - noise,
    )


def overlapping_pairs(calibrated: Joint, *, directed: bool = False) -> OverlappingPairs:
    """Return the pairs of classes that are taken for each other at all, most often first.

    Parameters
    ----------
    calibrated
        Items by given and estimated true class.
    directed
        Count what is given ``first`` and seems to be ``second`` apart from the opposite.

    Examples
    --------
    >>> from labelaudit.statistics.label_issues.joint import confident_joint
    >>> joint = confident_joint(3, [(np.array([2, 2, 1, 0]), np.array([1, 1, 2, 1]))])
    >>> pairs = overlapping_pairs(joint)
    >>> list(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.count.tolist(), strict=True))
    [(1, 2, 3), (0, 1, 1)]
    """
    off = (calibrated.given != calibrated.true) & (calibrated.count > 0)
    first, second, count = calibrated.given[off], calibrated.true[off], calibrated.count[off]
    if not directed:
        codes = np.minimum(first, second) * calibrated.n_classes + np.maximum(first, second)
        pairs, places = np.unique(codes, return_inverse=True)
        first, second = np.divmod(pairs, calibrated.n_classes)
        count = np.bincount(places, count, len(pairs)).astype(np.int64)
    order = np.argsort(-count, kind="stable")
    return OverlappingPairs(
        first=first[order],
        second=second[order],
        count=count[order],
        share=count[order] / calibrated.count.sum(),
    )
