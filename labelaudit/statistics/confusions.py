"""Which class annotators name where the consensus is another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.statistics.votes import Votes

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Confusions:
    """Pairs of a consensus and another label that was judged, the most frequent first.

    Attributes
    ----------
    consensus, judged
        The two classes, shape ``(n_pairs,)``.
    judgements
        How many, at least one.
    share
        Share of the judgements of items with that consensus.
    """

    consensus: Codes
    judged: Codes
    judgements: Codes
    share: NDArray[np.float64]


def confusions(votes: Votes, consensus: Codes, annotator: int | None = None) -> Confusions:
    """Return how judgements differ from the consensus.

    Parameters
    ----------
    votes
        Judgements.
    consensus
        Consensus class of each item, ``-1`` for none, shape ``(n_items,)``.
    annotator
        Whose judgements; all when None.

    Examples
    --------
    >>> from labelaudit.statistics.votes import count_votes
    >>> votes = count_votes(np.array([0, 0, 1]), np.array([0, 1, 0]), np.int32([1, 1, 0]), 2, 2)
    >>> found = confusions(votes, np.array([0, 0]))
    >>> found.judged.tolist(), found.judgements.tolist(), found.share.round(3).tolist()
    ([1], [2], [0.667])
    """
    cells = votes.counts.tocoo()
    taken = consensus[cells.row] >= 0
    if annotator is not None:
        taken &= votes.annotators[cells.col] == annotator
    pairs = consensus[cells.row[taken]] * votes.n_classes + votes.labels[cells.col[taken]]
    named, at = np.unique(pairs, return_inverse=True)
    counts = np.bincount(at, cells.data[taken], minlength=len(named)).astype(np.int64)
    right, judged = named // votes.n_classes, named % votes.n_classes
    totals = np.bincount(right, counts, minlength=votes.n_classes)
    order = np.lexsort((named, -counts))
    order = order[right[order] != judged[order]]
    right, judged, counts = right[order], judged[order], counts[order]
    return Confusions(right, judged, counts, counts / totals[right])
