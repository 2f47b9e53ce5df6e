"""Shares of items that come in groups: items of one patient are no independent draws."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

N_DRAWS: Final = 2000
MOST_LABELS: Final = 100
FEWEST_GROUPS: Final = 10


def membership(groups: NDArray[np.integer]) -> csr_array:
    """Return which rows each group has, a matrix of ones ``(n_groups, n)``.

    Parameters
    ----------
    groups
        Number of the group of each row; a row of ``-1`` is a group of its own.
    """
    n = len(groups)
    alone = np.where(groups < 0, -1 - np.arange(n), groups.astype(np.int64))
    codes = pd.factorize(alone)[0]
    return csr_array((np.ones(n, dtype=np.int64), (codes, np.arange(n))))


def squared_residuals(
    positive: csr_array, members: csr_array, share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ``sum (c_g - p n_g)^2`` over the groups with c_g of n_g rows with each label.

    Parameters
    ----------
    positive
        Boolean, shape ``(n, n_classes)``.
    members
        As of `membership`.
    share
        The p of each label, shape ``(n_classes,)``.
    """
    sizes = members.sum(axis=1)
    counts = (members @ positive.astype(np.int64)).tocsr()
    squares = counts.multiply(counts).sum(axis=0) - 2 * share * (counts.T @ sizes)
    found: NDArray[np.float64] = np.maximum(squares + share**2 * (sizes**2).sum(), 0)
    return found


def likeness(positive: csr_array, members: csr_array) -> NDArray[np.float64]:
    """Return how alike the rows of a group are in each label, for tests of pairs of labels.

    With ``a`` of two labels that are independent, n rows tell as much of how often both are given
    as ``n / (1 + a_1 a_2)`` independent rows. It is ``rho sqrt(m - 1)``, where
    ``m = sum n_g^2 / n`` is the size of the group of a row, and rho the correlation of the label
    between two rows of a group: ``(ratio - 1) / (m - 1)``, no less than 0 and no more than 1, where
    the ratio is that of the variance of its share p to that of independent rows:
    ``G / (G - 1) sum (c_g - p n_g)^2 / n p (1 - p)`` for G groups with c_g of n_g rows.

    Parameters
    ----------
    positive
        Boolean, shape ``(n, n_classes)``.
    members
        As of `membership`.

    Returns
    -------
    Shape ``(n_classes,)``, 0 or more; 0 where every row is a group of its own.

    References
    ----------
    Kish, Survey sampling, 1965, for the ratio: the design effect.

    Examples
    --------
    >>> alike = csr_array(np.repeat([[True], [False]], [20, 60], axis=0))
    >>> found = likeness(alike, membership(np.repeat(np.arange(40), 2)))
    >>> found.round(3).tolist()
    [1.0]
    """
    (n_groups, n_rows), sizes = members.shape, members.sum(axis=1)
    size = float((sizes**2).sum() / max(n_rows, 1))
    share = positive.sum(axis=0, dtype=np.int64) / max(n_rows, 1)
    if size <= 1:
        return np.zeros(len(share))
    if n_groups == 1:
        return np.full(len(share), np.sqrt(size - 1))
    spread = squared_residuals(positive, members, share) * n_groups / (n_groups - 1)
    alone = n_rows * share * (1 - share)
    ratio = np.divide(spread, alone, out=np.ones(len(share)), where=alone > 0)
    found: NDArray[np.float64] = np.clip((ratio - 1) / (size - 1), 0, 1) * np.sqrt(size - 1)
    return found


def share_intervals(
    positive: csr_array, members: csr_array, random_state: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return 95 % intervals of the share of rows that have each label, by drawing groups anew.

    A bootstrap over groups: 2,000 draws of as many groups, with replacement, each with all of its
    rows; the middle 95 % of the shares. Groups of equal size and equal count are drawn together,
    which is the same and needs no more time for more groups.

    Parameters
    ----------
    positive
        Boolean, shape ``(n, n_classes)``.
    members
        As of `membership`.
    random_state
        Seed of the draws.

    Returns
    -------
    Shape ``(n_classes,)`` each; NaN beyond the 100 most common labels, and for a label that
    fewer than 10 groups have, or that fewer than 10 groups are without.
    """
    sizes = members.sum(axis=1)
    counts = (members @ positive.astype(np.int64)).tocsc()
    low = np.full(positive.shape[1], np.nan)
    high = low.copy()
    common = np.argsort(-positive.sum(axis=0, dtype=np.int64), kind="stable")[:MOST_LABELS]
    for label in common.tolist():
        cells = slice(counts.indptr[label], counts.indptr[label + 1])
        having, of_group = counts.indices[cells], counts.data[cells]
        n_lacking = len(sizes) - int((of_group == sizes[having]).sum())
        if min(len(having), n_lacking) >= FEWEST_GROUPS:
            shares = _drawn_shares(sizes, having, of_group, random_state)
            low[label], high[label] = np.quantile(shares, (0.025, 0.975))
    return low, high


def _drawn_shares(
    sizes: NDArray[np.int64],
    having: NDArray[np.int32],
    of_group: NDArray[np.int64],
    random_state: int,
) -> NDArray[np.float64]:
    """Return the share of rows with a label in each draw of groups.

    ``having`` are the groups that have it, on so many rows as ``of_group`` says.
    """
    without = np.bincount(sizes) - np.bincount(sizes[having], minlength=int(sizes.max()) + 1)
    codes, n_having = np.unique(sizes[having] * (of_group.max() + 1) + of_group, return_counts=True)
    size, count = np.divmod(codes, of_group.max() + 1)
    sizes_without = np.flatnonzero(without)
    numbers = np.concatenate([without[sizes_without], n_having])
    drawn = np.random.default_rng(random_state).multinomial(
        len(sizes), numbers / len(sizes), size=N_DRAWS
    )
    rows_having = drawn[:, len(sizes_without) :] @ count
    shares: NDArray[np.float64] = rows_having / (drawn @ np.concatenate([sizes_without, size]))
    return shares
