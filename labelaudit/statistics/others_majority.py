"""How often an annotator says what most of the others say of the same item."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.statistics.votes import Votes

Floats = NDArray[np.float64]


def agreement_with_others(votes: Votes) -> tuple[Floats, Floats]:
    """Count the judgements that can be compared with the majority of the others, and those alike.

    A label is alike when more of the others name it than any other class, and not compared when as
    many name another, or there are no others. One's own label has no part in this, however often
    it was given; another label that one gave the same item, too, is a judgement of the others.

    Parameters
    ----------
    votes
        Judgements; every item has one at least.

    Returns
    -------
    Compared and alike, each of shape ``(n_annotators,)``.

    Examples
    --------
    >>> from labelaudit.statistics.votes import count_votes
    >>> votes = count_votes(np.array([0, 0, 0]), np.arange(3), np.int32([1, 1, 0]), 1, 2)
    >>> [counts.tolist() for counts in agreement_with_others(votes)]
    [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    cells = votes.counts.tocoo()
    who, label = votes.annotators[cells.col], votes.labels[cells.col]
    by_class = votes.by_class
    top, most, runner_up = _top_two(by_class)
    own = np.asarray(by_class[cells.row, label]).ravel() - cells.data
    rival = np.where(top[cells.row] == label, runner_up[cells.row], most[cells.row])
    compared = cells.data * (own != rival)
    alike = compared * (own > rival)
    n_compared = np.bincount(who, compared, minlength=votes.n_annotators)
    n_alike = np.bincount(who, alike, minlength=votes.n_annotators)
    return n_compared.astype(np.float64), n_alike.astype(np.float64)


def _top_two(by_class: csr_array) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return a class that is named most, its votes, and those of the next."""
    cells = by_class.tocoo()
    order = np.lexsort((cells.col, -cells.data, cells.row))
    rows, columns, counts = cells.row[order], cells.col[order], cells.data[order]
    starts = np.unique(rows, return_index=True)[1]
    ends = np.append(starts[1:], len(rows))
    second = np.minimum(starts + 1, len(rows) - 1)
    runner_up = np.where(starts + 1 < ends, counts[second], 0)
    return columns[starts].astype(np.int64), counts[starts].astype(np.float64), runner_up
