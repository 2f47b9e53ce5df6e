"""How well one number an item tells a class from the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

N_BINS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """Of each property and class, shape ``(n_properties, n_classes)``; NaN where undefined.

    Attributes
    ----------
    held_out
        True-positive less false-positive rate of a rule by bins, on items it was not made of.
    error
        Standard error of ``held_out``, at most: either half makes the rule that the other tries,
        so that both trials may go together, and the binomial variance counts twice.
    auc
        Probability that an item of the class has the higher number; ties count half.
    p_value
        Of independence of class and bin (chi-squared).
    """

    held_out: NDArray[np.float64]
    error: NDArray[np.float64]
    auc: NDArray[np.float64]
    p_value: NDArray[np.float64]


def separation(
    properties: NDArray[np.float64], members: csr_array, first_half: NDArray[np.bool_]
) -> Separation:
    """Return how well each property alone tells each class from the rest.

    A property is cut into eight bins of as many items, equal numbers always together. The rule of
    one half of the items says *class* in the bins that have a larger share of the class than of
    the rest; it is tried on the other half, and the other way around.

    Parameters
    ----------
    properties
        Shape ``(n_items, n_properties)``.
    members
        Which items are of which class, boolean, shape ``(n_items, n_classes)``.
    first_half
        Which items are of the first half, shape ``(n_items,)``.
    """
    n, n_properties = properties.shape
    positive = members.astype(np.float64)
    n_positive = positive.sum(axis=0)
    found = [np.full((n_properties, members.shape[1]), np.nan) for _ in range(4)]
    for number in range(n_properties):
        ranks = _ranks(properties[:, number])
        bins = np.minimum((ranks - 0.5) * N_BINS // n, N_BINS - 1).astype(np.int64)
        cells = csr_array(
            (np.ones(n), (np.where(first_half, bins, bins + N_BINS), np.arange(n))),
            shape=(2 * N_BINS, n),
        )
        inside = (cells @ positive).toarray().reshape(2, N_BINS, -1)
        outside = cells.sum(axis=1).reshape(2, N_BINS, 1) - inside
        found[0][number], found[1][number] = _held_out(inside, outside)
        found[2][number] = _auc(positive.T @ ranks, n_positive, n)
        found[3][number] = _chi_squared(inside.sum(axis=0), outside.sum(axis=0))
    return Separation(*found)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ranks from 1, their mean for equal values."""
    from scipy.stats import rankdata

    ranks: NDArray[np.float64] = rankdata(values)
    return ranks


def _held_out(
    inside: NDArray[np.float64], outside: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rates' difference and its error; counts are by half, bin and class."""
    totals = [each.sum(axis=1, keepdims=True) for each in (inside, outside)]
    with np.errstate(divide="ignore", invalid="ignore"):
        says = inside / totals[0] > outside / totals[1]
        hit, missed = (
            (each * says[::-1]).sum(axis=(0, 1)) / total.sum(axis=(0, 1))
            for each, total in zip((inside, outside), totals, strict=True)
        )
        spread = hit * (1 - hit) / totals[0].sum(axis=(0, 1))
        spread += missed * (1 - missed) / totals[1].sum(axis=(0, 1))
    return hit - missed, np.sqrt(2 * spread)


def _auc(
    rank_sums: NDArray[np.float64], n_positive: NDArray[np.float64], n: int
) -> NDArray[np.float64]:
    """Return the area under the curve from the sums of the members' ranks (Mann and Whitney)."""
    pairs = n_positive * (n - n_positive)
    above = rank_sums - n_positive * (n_positive + 1) / 2
    auc: NDArray[np.float64] = above / np.where(pairs > 0, pairs, np.nan)
    return auc


def _chi_squared(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the p-value of a table of bins by member or not, for each class."""
    from scipy.stats import chi2

    used = (inside + outside)[:, :1].sum(axis=1) > 0
    inside, outside = inside[used], outside[used]
    shares = (inside + outside) / (inside + outside).sum(axis=0)
    statistic = np.zeros(inside.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        for each in (inside, outside):
            expected = shares * each.sum(axis=0)
            statistic += ((each - expected) ** 2 / expected).sum(axis=0)
    p_value: NDArray[np.float64] = chi2.sf(statistic, max(int(used.sum()) - 1, 1))
    return p_value
