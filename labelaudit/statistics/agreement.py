"""Agreement statistics of a table of judgements, for any weights of its items."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from labelaudit.statistics.coincidences import coincidence_cells
from labelaudit.statistics.distance_alpha import (
    distance_alpha,
    interval_distances,
    ordinal_distances,
)

N_REPLICATES: Final = 1000
UNDEFINED_IN_REPLICATES: Final = "undefined in many bootstrap replicates"
MAX_CELLS: Final = 1 << 22
MAX_DRAWN: Final = 2000
N_SCALARS: Final = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Distinct ways in which items were judged; items judged alike are interchangeable.

    Attributes
    ----------
    votes
        Judgements for each class, shape ``(n_patterns, n_classes)``; two or more in a row.
    items
        Number of items judged that way, shape ``(n_patterns,)``.
    """

    votes: csr_array
    items: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What every statistic of agreement is a function of, one row a weighting of the items.

    Attributes
    ----------
    pairs, agreement
        Pairs of judgements of an item, each item's adding up to 1, and those that agree: sums
        of 1 and of A_i over the items.
    judgements, disagreement
        The same, each item's adding up to its judgements: sums of n_i and n_i (1 - A_i).
    full
        Items on which all agree; NaN where that cannot be told.
    by_class
        Judgements of each class, shape ``(n_weightings, n_classes)``.
    shares
        Sum of the items' shares of judgements of each class, the same shape.
    """

    pairs: Floats
    agreement: Floats
    judgements: Floats
    disagreement: Floats
    full: Floats
    by_class: Floats
    shares: Floats


def vote_counts(
    rows: NDArray[np.int64], labels: NDArray[np.int32], n_items: int, n_classes: int
) -> csr_array:
    """Return the votes of each item for each class, shape ``(n_items, n_classes)``.

    Parameters
    ----------
    rows, labels
        Item and class of each judgement.
    n_items, n_classes
        Numbers of items and of classes.
    """
    ones = np.ones(len(rows), dtype=np.int64)
    votes = csr_array((ones, (rows, labels)), shape=(n_items, n_classes))
    votes.sum_duplicates()
    return votes


def vote_patterns(votes: csr_array) -> Patterns:
    """Return the distinct rows of at least two votes, and how many items have each.

    They are found by numbering the rows as in a trie, one class and its votes at a time.
    """
    votes = votes[np.flatnonzero(votes.sum(axis=1) > 1)]
    n_rows, n_classes = votes.shape
    lengths = np.diff(votes.indptr)
    nodes = np.zeros(n_rows, dtype=np.int64)
    most = int(votes.data.max(initial=0)) + 1
    for depth in range(int(lengths.max(initial=0))):
        # A row that has ended repeats its last cell, which no longer row has there.
        cells = votes.indptr[:-1] + np.minimum(depth, lengths - 1)
        here = votes.indices[cells].astype(np.int64) * most + votes.data[cells]
        _, nodes = np.unique(nodes * (n_classes * most) + here, return_inverse=True)
    _, first, items = np.unique(nodes, return_index=True, return_counts=True)
    return Patterns(votes[first], items)


def agreement_statistics(patterns: Patterns, *, ordered: bool = False) -> dict[str, float]:
    """Return the statistics of agreement.

    Parameters
    ----------
    patterns
        The patterns of votes.
    ordered
        Whether the classes go from the lowest to the highest.

    Returns
    -------
    The statistics by name, NaN where one is undefined. Fleiss' kappa is left out unless every
    item has the same number of votes, alphas by distance unless the classes are ordered.
    """
    terms, weights = _terms(patterns.votes, ordered=ordered), patterns.items[None, :]
    found = _statistics(_dense(weights, terms), patterns)
    return {name: float(numbers[0]) for name, numbers in found.items()}


def bootstrap(patterns: Patterns, seed: int, *, ordered: bool = False) -> dict[str, Floats]:
    """Return 1,000 replicates of the statistics, each of as many items drawn with replacement.

    Items that were judged in more than 2,000 ways are drawn in 2,000 groups made at random.

    Parameters
    ----------
    patterns
        The patterns of votes.
    seed
        Seed of the draws.
    ordered
        Whether the classes go from the lowest to the highest.
    """
    rng = np.random.default_rng(seed)
    terms, items = _terms(patterns.votes, ordered=ordered), patterns.items
    total = int(items.sum())
    if len(items) > MAX_DRAWN:
        groups = rng.permutation(total) % MAX_DRAWN
        drawn_from = np.repeat(np.arange(len(items)), items)
        terms = csr_array((np.ones(total), (groups, drawn_from)), (MAX_DRAWN, len(items))) @ terms
        items = np.ones(MAX_DRAWN, dtype=np.int64)
    n_drawn = int(items.sum())
    block = max(1, min(N_REPLICATES, MAX_CELLS // max(terms.shape)))
    found = []
    for start in range(0, N_REPLICATES, block):
        size = min(block, N_REPLICATES - start)
        drawn = rng.multinomial(n_drawn, items / n_drawn, size=size)
        found.append(_statistics(_dense(drawn, terms), patterns))
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


def nominal_statistics(sums: Sums) -> dict[str, Floats]:
    """Return what the sums say of agreement of classes without an order.

    Returns
    -------
    Arrays of shape ``(n_weightings,)``; NaN where one is undefined.
    """
    total = sums.by_class.sum(axis=1)
    raw = _ratio(sums.agreement, sums.pairs)
    shares = sums.shares / sums.shares.sum(axis=1, keepdims=True)
    of_class = sums.by_class / total[:, None]
    expected = (total**2 - (sums.by_class**2).sum(axis=1)) / (total * (total - 1))
    chance = (shares * (1 - shares)).sum(axis=1) / max(shares.shape[1] - 1, 1)
    some = expected > 0
    return {
        "krippendorff_alpha": 1 - _ratio(_ratio(sums.disagreement, sums.judgements), expected),
        "raw_agreement": raw,
        "gwet_ac1": np.where(some, _ratio(raw - chance, 1 - chance), np.nan),
        "fleiss_kappa": 1 - _ratio(1 - raw, np.where(some, 1 - (of_class**2).sum(axis=1), 0)),
        "full_agreement_share": _ratio(sums.full, sums.pairs),
    }


def _terms(votes: csr_array, *, ordered: bool) -> csr_array:
    """Return what each pattern adds to the sums: five numbers, votes, shares, coincidences."""
    n_votes = votes.sum(axis=1).astype(np.float64)
    squares = (votes.astype(np.float64) ** 2).sum(axis=1)
    agreeing = (squares - n_votes) / (n_votes * (n_votes - 1))
    scalars = np.column_stack(
        [
            np.ones(len(n_votes)),
            agreeing,
            n_votes,
            n_votes * (1 - agreeing),
            squares == n_votes**2,
        ]
    )
    parts = [csr_array(scalars), votes, votes / n_votes[:, None]]
    if ordered:
        parts.append(coincidence_cells(votes))
    return hstack(parts, format="csr")


def _dense(weights: NDArray[np.int64], terms: csr_array) -> Floats:
    return np.asarray((terms.T @ weights.T.astype(np.float64)).T)


def _statistics(sums: Floats, patterns: Patterns) -> dict[str, Floats]:
    """Return the statistics from the summed terms, shape ``(n_weightings, n_terms)``."""
    n_classes, n_votes = patterns.votes.shape[1], patterns.votes.sum(axis=1)
    scalars, classes = sums[:, :N_SCALARS].T, sums[:, N_SCALARS:]
    by_class, shares = classes[:, :n_classes], classes[:, n_classes : 2 * n_classes]
    pairs, agreement, judgements, disagreement, full = scalars
    found = nominal_statistics(
        Sums(pairs, agreement, judgements, disagreement, full, by_class, shares)
    )
    if (n_votes != n_votes[0]).any():
        del found["fleiss_kappa"]
    cells = classes[:, 2 * n_classes :]
    if cells.shape[1]:
        coincidences = cells.reshape(-1, n_classes, n_classes)
        found["ordinal_alpha"] = distance_alpha(coincidences, ordinal_distances(by_class))
        found["interval_alpha"] = distance_alpha(coincidences, interval_distances(n_classes))
    return found


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return a part of a whole; NaN of nothing."""
    found = np.full(len(part), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found
