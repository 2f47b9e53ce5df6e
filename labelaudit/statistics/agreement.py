"""Agreement statistics of a table of judgements, for any weights of its items."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

N_REPLICATES: Final = 1000
UNDEFINED_IN_REPLICATES: Final = "undefined in many bootstrap replicates"
MAX_CELLS: Final = 1 << 22


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


def vote_counts(
    items: NDArray[np.int64], labels: NDArray[np.int32], n_classes: int
) -> tuple[NDArray[np.int64], csr_array]:
    """Return each judgement's row in the table of votes, and the table.

    Parameters
    ----------
    items, labels
        Item and class of each judgement.
    n_classes
        Number of classes.

    Returns
    -------
    Rows as long as ``items``; votes of shape ``(n_items, n_classes)``, items ascending.
    """
    judged, rows = np.unique(items, return_inverse=True)
    ones = np.ones(len(items), dtype=np.int64)
    votes = csr_array((ones, (rows, labels)), shape=(len(judged), n_classes))
    votes.sum_duplicates()
    return rows, votes


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


def agreement_statistics(
    patterns: Patterns, weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the statistics of agreement for several weightings of the patterns.

    Parameters
    ----------
    patterns
        The patterns of votes.
    weights
        Items of each pattern, shape ``(n_weightings, n_patterns)``.

    Returns
    -------
    Arrays of shape ``(n_weightings,)``; NaN where one is undefined. Fleiss' kappa is left out
    unless every item has the same number of votes.
    """
    votes = patterns.votes
    n_votes = votes.sum(axis=1).astype(np.float64)
    squares = (votes**2).sum(axis=1)
    agreeing = (squares - n_votes) / (n_votes * (n_votes - 1))
    n_items, total = weights.sum(axis=1), weights @ n_votes
    by_class = (votes.T @ weights.T).T
    shares = ((votes / n_votes[:, None]).tocsr().T @ weights.T).T / n_items[:, None]
    raw = weights @ agreeing / n_items
    observed = weights @ (n_votes * (1 - agreeing)) / total
    expected = (total**2 - (by_class**2).sum(axis=1)) / (total * (total - 1))
    chance = (shares * (1 - shares)).sum(axis=1) / max(votes.shape[1] - 1, 1)
    found = {
        "raw_agreement": raw,
        "full_agreement_share": weights @ (squares == n_votes**2) / n_items,
        "krippendorff_alpha": _above_chance(1 - observed, 1 - expected),
        "gwet_ac1": np.where(expected > 0, _above_chance(raw, chance), np.nan),
    }
    if (n_votes == n_votes[0]).all():
        chance = ((by_class / total[:, None]) ** 2).sum(axis=1)
        found["fleiss_kappa"] = np.where(expected > 0, _above_chance(raw, chance), np.nan)
    return found


def bootstrap(patterns: Patterns, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return 1,000 replicates of the statistics, each of as many items drawn with replacement.

    Parameters
    ----------
    patterns
        The patterns of votes.
    seed
        Seed of the draws.
    """
    rng = np.random.default_rng(seed)
    total = int(patterns.items.sum())
    block = max(1, min(N_REPLICATES, MAX_CELLS // max(patterns.votes.shape)))
    found = []
    for start in range(0, N_REPLICATES, block):
        size = min(block, N_REPLICATES - start)
        drawn = rng.multinomial(total, patterns.items / total, size=size).astype(np.float64)
        found.append(agreement_statistics(patterns, drawn))
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


def _above_chance(
    agreement: NDArray[np.float64], chance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of the agreement beyond chance that was reached; NaN for 0 / 0."""
    possible = 1 - chance
    found = np.full(len(agreement), np.nan)
    np.divide(agreement - chance, possible, out=found, where=possible > 0)
    return found
