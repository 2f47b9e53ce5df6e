"""How the labels of items with several of them are shared out among splits."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, triu

from labelaudit.statistics.group_shares import membership, squared_residuals
from labelaudit.statistics.proportions import adjusted, share_difference

N_DRAWS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairCounts:
    """Pairs of labels that some row has, a label with itself among them.

    Attributes
    ----------
    first, second
        The labels, ``first <= second``, in order, shape ``(n_pairs,)``.
    by_split
        Rows of each split that have both, shape ``(n_splits, n_pairs)``.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    by_split: NDArray[np.int64]


def pair_counts(parts: list[csr_array]) -> PairCounts:
    """Count the pairs of labels in each split.

    Parameters
    ----------
    parts
        The rows of each split, boolean, ``(n_rows, n_classes)``.
    """
    crossed = []
    for part in parts:
        numbers = part.astype(np.int64)
        upper = triu(numbers.T @ numbers).tocoo()
        crossed.append((upper.row.astype(np.int64) * part.shape[1] + upper.col, upper.data))
    codes = np.unique(np.concatenate([found for found, _ in crossed]))
    by_split = np.zeros((len(parts), len(codes)), dtype=np.int64)
    for split, (found, counts) in enumerate(crossed):
        by_split[split, np.searchsorted(codes, found)] = counts
    first, second = np.divmod(codes, parts[0].shape[1])
    return PairCounts(first=first, second=second, by_split=by_split)


def odds_distance(by_split: NDArray[np.int64], sizes: NDArray[np.int64]) -> float:
    """Return how far the odds of labels in splits are from those in all, on average.

    The mean over labels, and over splits, of the absolute difference of
    ``with / without`` in a split and in all splits together. LD of labels, LPD of pairs. Labels
    that no row has are left out, and so are those that every row of a split has. NaN without any.

    Parameters
    ----------
    by_split
        Rows of each split that have each label, or pair of labels, ``(n_splits, n)``.
    sizes
        Rows of each split, each with some, ``(n_splits,)``.

    References
    ----------
    Katakis, Tsoumakas and Vlahavas, Multilabel text classification for automated tag suggestion,
    2008; Szymanski and Kajdanowicz, A network perspective on stratification of multi-label data,
    2017; as in scikit-multilearn.

    Examples
    --------
    Odds of 1 and 3, and of 5 to 3 in all: differences of 2/3 and 4/3.

    >>> round(odds_distance(np.array([[2], [3]]), np.array([4, 4])), 6)
    1.0
    """
    total = by_split.sum(axis=0)
    used = (total > 0) & (by_split < sizes[:, None]).all(axis=0)
    if not used.any():
        return math.nan
    own = by_split[:, used] / (sizes[:, None] - by_split[:, used])
    of_all = total[used] / (sizes.sum() - total[used])
    return float(np.abs(own - of_all).mean())


def odds_distance_by_chance(
    counts: NDArray[np.int64], sizes: NDArray[np.int64], random_state: int
) -> float:
    """Return the mean of `odds_distance` over 200 ways to share rows out at random.

    Parameters
    ----------
    counts
        Rows that have each label, ``(n_classes,)``.
    sizes
        Rows of each split, ``(n_splits,)``.
    random_state
        Seed of the draws; labels of equal counts have the same ones.
    """
    found, numbers = np.unique(counts[(counts > 0) & (counts < sizes.sum())], return_counts=True)
    means = np.full(len(found), np.nan)
    for at, count in enumerate(found.tolist()):
        rng = np.random.default_rng([random_state, count])
        drawn = rng.multivariate_hypergeometric(sizes, count, size=N_DRAWS, method="marginals")
        means[at] = odds_distance(drawn.T, sizes)
    known = ~np.isnan(means)
    return float(np.average(means[known], weights=numbers[known])) if known.any() else math.nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """Shares of labels in two splits; columns of equal length, one entry a label and pair.

    Attributes
    ----------
    label, split, other_split
        What is compared.
    share, other_share, difference
        The shares of rows, and the first less the second.
    p_value
        That the two are one, adjusted over all entries (Benjamini and Hochberg); NaN where
        neither split, or every row of both, has the label.
    """

    label: NDArray[np.int64]
    split: NDArray[np.int64]
    other_split: NDArray[np.int64]
    share: NDArray[np.float64]
    other_share: NDArray[np.float64]
    difference: NDArray[np.float64]
    p_value: NDArray[np.float64]


def compared_shares(
    by_split: NDArray[np.int64],
    sizes: NDArray[np.int64],
    pairs: list[tuple[int, int]],
    group_variances: NDArray[np.float64] | None = None,
) -> Compared:
    """Compare the share of each label between pairs of splits.

    Parameters
    ----------
    by_split, sizes
        As of `odds_distance`.
    pairs
        The splits to compare.
    group_variances
        As of `share_variances`; with them a p-value is that of the z-test with these variances, or
        that of as many items as the groups are worth, where one is larger.
    """
    n_labels = by_split.shape[1]
    one, other = (np.repeat([pair[side] for pair in pairs], n_labels) for side in (0, 1))
    label = np.tile(np.arange(n_labels), len(pairs))
    found = share_difference(by_split[one, label], sizes[one], by_split[other, label], sizes[other])
    p_value = found.p_value
    if group_variances is not None:
        counts = by_split[one, label], sizes[one], by_split[other, label], sizes[other]
        variance = group_variances[one, label] + group_variances[other, label]
        p_value = np.fmax(p_value, _p_of_groups(counts, found.difference, variance))
    return Compared(
        label=label,
        split=one,
        other_split=other,
        share=found.share,
        other_share=found.other,
        difference=found.difference,
        p_value=adjusted(p_value),
    )


def _p_of_groups(
    counts: tuple[NDArray[np.int64], ...],
    difference: NDArray[np.float64],
    variance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return p-values of differences that vary as groups do; NaN where these tell nothing."""
    from scipy.stats import norm

    wins, tries, other_wins, other_tries = counts
    pooled = (wins + other_wins) / (tries + other_tries)
    of_items = pooled * (1 - pooled) * (1 / tries + 1 / other_tries)
    effect = np.divide(variance, of_items, out=np.ones(len(variance)), where=of_items > 0)
    by_worth = share_difference(*(np.rint(each / np.maximum(effect, 1)) for each in counts))
    spread = np.sqrt(variance)
    z = np.divide(np.abs(difference), spread, out=np.zeros(len(spread)), where=spread > 0)
    return np.fmax(np.where(spread > 0, 2 * norm.sf(z), np.nan), by_worth.p_value)


def share_variances(
    parts: list[csr_array], groups: list[NDArray[np.integer]]
) -> NDArray[np.float64]:
    """Return the variance of the share of each label in each split, were the groups drawn.

    All splits are drawn from the same groups: with c_g of n_g rows in group g, and p the share in
    all, ``G / (G - 1) sum (c_g - p n_g)^2 / sum n_g^2`` over the G groups of all splits is the
    variance of a row of its own, and ``sum n_g^2 / n^2`` over the groups of a split what it is
    worth there. Of each split alone it would be the lower the fewer of its few groups have a label.

    Parameters
    ----------
    parts
        The rows of each split, boolean, ``(n_rows, n_classes)``.
    groups
        Number of the group of each of these rows, ``-1`` for none.

    Returns
    -------
    Shape ``(n_splits, n_classes)``; NaN of a single group.
    """
    members = [membership(numbers) for numbers in groups]
    n_groups = sum(each.shape[0] for each in members)
    squares = [int((each.sum(axis=1) ** 2).sum()) for each in members]
    share = sum(part.sum(axis=0, dtype=np.int64) for part in parts) / sum(map(len, groups))
    residuals = sum(
        squared_residuals(part, each, share) for part, each in zip(parts, members, strict=True)
    )
    if n_groups < 2:  # noqa: PLR2004 - it takes two to differ
        return np.full((len(parts), len(share)), np.nan)
    of_a_row = residuals / sum(squares) * n_groups / (n_groups - 1)
    worth = [own / len(numbers) ** 2 for own, numbers in zip(squares, groups, strict=True)]
    return np.outer(worth, of_a_row)
