"""How much more the shares of classes vary where items come in groups that share their class."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

MOST_DENSE: Final = 2000


@dataclass(frozen=True, slots=True, eq=False)
class GroupEffect:
    """What groups do to the comparison of two samples; NaN where a sample has a single group.

    Attributes
    ----------
    by_class
        Variance of the difference of each class's shares, over what it would be of as many single
        items, at least 1, shape ``(n_classes,)``.
    mean
        The same of chi-squared: its mean under equality, over its degrees of freedom.
    degrees
        Of freedom of the chi-squared that has the same mean and variance.
    freedom
        Groups less samples; 0 where a sample has a single group.
    """

    by_class: NDArray[np.float64]
    mean: float
    degrees: float
    freedom: int


def group_effect(
    labels: NDArray[np.int32],
    groups: NDArray[np.int32],
    is_other: NDArray[np.bool_],
    n_classes: int,
) -> GroupEffect:
    """Compare the variance between groups with that of single items, were both samples of one kind.

    Parameters
    ----------
    labels
        Class of each item of the two samples, 0 or more.
    groups
        Group of each item, ``-1`` for an item of its own. A group with items in both samples
        counts as one in each.
    is_other
        Whether each item is of the second sample.
    n_classes
        Number of classes.

    References
    ----------
    Rao and Scott, On chi-squared tests for multiway contingency tables with cell proportions
    estimated from survey data, Annals of Statistics 12, 1984, for both corrections.
    """
    own = np.where(
        groups < 0, np.int64(groups.max(initial=-1)) + 1 + np.arange(len(groups)), groups
    )
    totals = np.bincount(labels, minlength=n_classes)
    seen = np.flatnonzero(totals)
    p = totals[seen] / len(labels)
    samples = [_units(labels[side], own[side], n_classes) for side in (~is_other, is_other)]
    if min(len(sizes) for _, sizes in samples) < 2:  # noqa: PLR2004 - no variance of one
        return GroupEffect(np.full(n_classes, np.nan), np.nan, np.nan, 0)
    by_items = sum(1 / sizes.sum() for _, sizes in samples)
    variance, dense = np.zeros(len(seen)), len(seen) <= MOST_DENSE
    whole = np.zeros((len(seen), len(seen)) if dense else (0, 0))
    for counts, sizes in samples:
        scale = len(sizes) / (len(sizes) - 1) / sizes.sum() ** 2
        of_class = counts[:, seen]
        share, cross, square = of_class.sum(axis=0) / sizes.sum(), of_class.T @ sizes, sizes @ sizes
        squares = of_class.power(2).sum(axis=0)
        variance += scale * (squares - 2 * share * cross + share**2 * square)
        if dense:
            both = np.outer(share, cross)
            products = (of_class.T @ of_class).toarray()
            whole += scale * (products - both - both.T + square * np.outer(share, share))
    effect = np.ones(n_classes)
    if len(seen) > 1:
        effect[seen] = np.maximum(variance / (p * (1 - p) * by_items), 1)
    most = float(max(len(seen) - 1, 1))
    total = float((variance / p).sum()) / by_items
    squared = float((whole**2 / np.outer(p, p)).sum()) / by_items**2 if dense else 0.0
    degrees = min(total**2 / squared, most) if squared > 0 else most
    freedom = sum(len(sizes) for _, sizes in samples) - 2
    return GroupEffect(effect, float(total / most), float(degrees), freedom)


def _units(
    labels: NDArray[np.int32], own: NDArray[np.int64], n_classes: int
) -> tuple[csr_array, NDArray[np.float64]]:
    """Return the counts of each group's classes, and its sizes."""
    _, of_item, sizes = np.unique(own, return_inverse=True, return_counts=True)
    counts = csr_array((np.ones(len(labels)), (of_item, labels)), shape=(len(sizes), n_classes))
    counts.sum_duplicates()
    return counts, sizes.astype(np.float64)
