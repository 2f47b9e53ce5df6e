"""How much of the weighted vote of an item is against what most of it is for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.statistics.votes import Votes

LEAST_WEIGHT = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Risk:
    """The weighted votes, and their risk.

    Attributes
    ----------
    shares
        Share of the weight of an item's judgements that names each class, shape
        ``(n_items, n_classes)``, by item, then class; a row adds up to 1.
    risk
        One less the largest share, in ``[0, 1 - 1 / n_classes]``, shape ``(n_items,)``.
    n_judgements, n_against
        Judgements, and those that do not name the class of the largest share.
    """

    shares: csr_array
    risk: NDArray[np.float64]
    n_judgements: NDArray[np.int64]
    n_against: NDArray[np.int64]


def consensus_risk(votes: Votes, weights: NDArray[np.float64]) -> Risk:
    """Return the shares of the weighted votes of each item, and the risk.

    Parameters
    ----------
    votes
        Judgements; every item has one at least.
    weights
        Weight of a judgement of each annotator, shape ``(n_annotators,)``; one below 1e-6 counts
        as that.

    References
    ----------
    Estes and others, arXiv 2412.18483, 2024: of two classes, with the weighted share C of one,
    the risk is min(C, 1 - C).

    Examples
    --------
    >>> from labelaudit.statistics.votes import count_votes
    >>> votes = count_votes(np.array([0, 0, 0]), np.arange(3), np.int32([0, 0, 1]), 1, 2)
    >>> consensus_risk(votes, np.array([0.9, 0.9, 0.6])).risk.tolist()
    [0.25]
    """
    weighty = np.maximum(weights, LEAST_WEIGHT)[votes.annotators]
    by_weight = ((votes.counts * weighty) @ votes.one_hot).tocsr()
    total = np.asarray(by_weight.sum(axis=1)).ravel()
    shares = (by_weight / total[:, None]).tocsr()
    shares.sort_indices()
    largest = shares.max(axis=1).toarray().ravel()
    cells, by_class = shares.tocoo(), votes.by_class
    n_judgements = np.asarray(by_class.sum(axis=1)).ravel()
    top = cells.data >= largest[cells.row] * (1 - 1e-12)
    rows, columns = cells.row[top], cells.col[top]
    first = np.unique(rows, return_index=True)[1]
    of_top = np.asarray(by_class[rows[first], columns[first]]).ravel()
    return Risk(
        shares=shares,
        risk=np.clip(1 - largest, 0, None),
        n_judgements=n_judgements.round().astype(np.int64),
        n_against=(n_judgements - of_top).round().astype(np.int64),
    )
