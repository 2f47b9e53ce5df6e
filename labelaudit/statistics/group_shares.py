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
